// Woken by a connection that ended: what it held comes back soon, unless the device returns with results first.
import type { SessionKey } from './event.ts';
import { releaseCanary } from './lease-shards.ts';
import type { CoordinatorState } from './state.ts';

/** A reload or a network change is over by then. */
export const RECLAIM_AFTER_CLOSE_MS = 5_000;

export function closeSession(state: CoordinatorState, key: SessionKey, nowMs: number): void {
  const session = state.sessions.get(key);
  if (!session) return;
  state.sessions.delete(key);
  if (state.byDevice.get(session.device) === key) {
    // an older connection of the device may still live
    const other = [...state.sessions.values()].findLast(({ device }) => device === session.device);
    if (other) state.byDevice.set(session.device, other.session);
    else state.byDevice.delete(session.device);
  }
  for (const lease of session.held) lease.expiresAtMs = Math.min(lease.expiresAtMs, nowMs + RECLAIM_AFTER_CLOSE_MS);
  for (const job of state.jobs.values()) releaseCanary(state, job, key);
}
