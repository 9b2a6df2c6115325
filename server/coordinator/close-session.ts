// Woken by a connection that ended: what it held comes back soon, unless the device returns with results first.
import type { SessionKey } from './event.ts';
import type { CoordinatorState } from './state.ts';

/** A reload or a network change is over by then. */
export const RECLAIM_AFTER_CLOSE_MS = 5_000;

export function closeSession(state: CoordinatorState, key: SessionKey, nowMs: number): void {
  const session = state.sessions.get(key);
  if (!session) return;
  state.sessions.delete(key);
  if (state.byDevice.get(session.device) === key) state.byDevice.delete(session.device);
  for (const job of state.jobs.values()) {
    if (job.canary.kind === 'out' && job.canary.session === key) job.canary = { kind: 'untried' };
    for (const shard of job.open.values()) {
      for (const lease of shard.leases) {
        if (lease.session === key) lease.expiresAtMs = Math.min(lease.expiresAtMs, nowMs + RECLAIM_AFTER_CLOSE_MS);
      }
    }
  }
}
