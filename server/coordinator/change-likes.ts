// Woken by a device that says what it likes: from now on it is given nothing else; who waits may find that there is something after all.
import type { Likes } from '../../src/protocol/likes.ts';
import { makeTaste } from '../scheduling/judge-taste.ts';
import type { SessionKey } from './event.ts';
import { serveSession } from './lease-shards.ts';
import type { CoordinatorState, OutcomeBuilder } from './state.ts';

export function changeLikes(
  state: CoordinatorState,
  { session: key, likes }: { readonly session: SessionKey; readonly likes: Likes },
  nowMs: number,
  out: OutcomeBuilder,
): void {
  const session = state.sessions.get(key);
  if (!session) return;
  session.taste = makeTaste(likes);
  serveSession(state, key, nowMs, out);
}
