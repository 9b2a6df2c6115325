// The spine: one event in, messages, changes and notices out. No IO, no clock, no chance of its own.
import { acceptBytes } from './accept-bytes.ts';
import { acceptResults } from './accept-result.ts';
import { askReturned } from './ask-for-bytes.ts';
import { closeSession } from './close-session.ts';
import { endJob } from './end-job.ts';
import type { CoordinatorEvent, Outcome } from './event.ts';
import { expireLeases } from './expire-leases.ts';
import { leaseShards, serveSession, serveWaiting } from './lease-shards.ts';
import { addJob, type CoordinatorState, createOutcome, openSession } from './state.ts';

export function step(state: CoordinatorState, event: CoordinatorEvent, nowMs: number): Outcome {
  const out = createOutcome();
  switch (event.type) {
    case 'session-opened': {
      const { type: _, ...opening } = event;
      openSession(state, opening);
      askReturned(state, event.device, nowMs, out);
      break;
    }
    case 'session-closed':
      closeSession(state, event.session, nowMs);
      serveWaiting(state, nowMs, out);
      break;
    case 'shards-wanted':
      leaseShards(state, event, nowMs, out);
      serveWaiting(state, nowMs, out);
      break;
    case 'results-arrived':
      acceptResults(state, event, nowMs, out);
      serveSession(state, event.session, nowMs, out);
      serveWaiting(state, nowMs, out);
      break;
    case 'bytes-arrived':
      acceptBytes(state, event, nowMs, out);
      serveWaiting(state, nowMs, out);
      break;
    case 'job-opened':
      addJob(state, event.job);
      serveWaiting(state, nowMs, out);
      break;
    case 'job-cancelled': {
      const job = state.jobs.get(event.job);
      if (job) endJob(state, job, { state: 'cancelled', reason: null }, nowMs, out);
      break;
    }
    case 'clock':
      expireLeases(state, nowMs, out);
      serveWaiting(state, nowMs, out);
      break;
    case 'storage-low':
      state.isStorageLow = event.isLow;
      serveWaiting(state, nowMs, out);
      break;
    case 'draining':
      state.isDraining = true;
      for (const session of state.sessions.keys()) {
        out.messages.push({ session, message: { type: 'draining', retryAfterMs: 5_000 }, afterCommit: false });
      }
      break;
  }
  return out;
}
