// The spine: one event in, messages, changes and notices out. No IO, no clock, no chance of its own.
import { acceptBytes } from './accept-bytes.ts';
import { acceptResults } from './accept-result.ts';
import { askReturned } from './ask-for-bytes.ts';
import { changeLikes } from './change-likes.ts';
import { closeSession } from './close-session.ts';
import { endJob } from './end-job.ts';
import type { CoordinatorEvent, Outcome } from './event.ts';
import { expireLeases } from './expire-leases.ts';
import { acknowledge, leaseShards, serveSession, serveWaiting } from './lease-shards.ts';
import { pushUrgent } from './push-urgent.ts';
import { completeJob } from './settle-shard.ts';
import { shareBlocks } from './share-blocks.ts';
import { addJob, addLoaded, type CoordinatorState, createOutcome, openSession, sealOutcome } from './state.ts';

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
    case 'likes-changed':
      changeLikes(state, event, nowMs, out);
      break;
    case 'shards-wanted':
      leaseShards(state, event, nowMs, out);
      serveWaiting(state, nowMs, out);
      break;
    case 'results-arrived':
      acceptResults(state, event, nowMs, out);
      if (event.wanted > 0) leaseShards(state, { ...event, count: event.wanted }, nowMs, out);
      else serveSession(state, event.session, nowMs, out);
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
    case 'blocks-claimed':
      addLoaded(state, event.loaded);
      serveWaiting(state, nowMs, out);
      break;
    case 'job-completed': {
      const job = state.jobs.get(event.job);
      if (job) completeJob(state, job, event.failed, nowMs, out);
      break;
    }
    case 'sharing-renewed':
      shareBlocks(state, event, out);
      break;
    case 'job-cancelled': {
      const job = state.jobs.get(event.job);
      if (job) endJob(state, job, { state: 'cancelled', reason: event.reason ?? null }, nowMs, out);
      break;
    }
    case 'clock':
      expireLeases(state, nowMs, out);
      serveWaiting(state, nowMs, out);
      pushUrgent(state, nowMs, out);
      break;
    case 'acknowledged':
      acknowledge(state, event.receipts, nowMs, out);
      break;
    case 'storage-low':
      state.isStorageLow = event.isLow;
      if (!event.isLow) state.hasNewWork = true;
      serveWaiting(state, nowMs, out);
      break;
    case 'overloaded':
      state.isOverloaded = event.isOverloaded;
      if (!event.isOverloaded) state.hasNewWork = true;
      serveWaiting(state, nowMs, out);
      break;
    case 'held':
      state.isHeld = event.isHeld;
      if (!event.isHeld) state.hasNewWork = true;
      serveWaiting(state, nowMs, out);
      break;
    case 'draining':
      state.isDraining = true;
      for (const session of state.sessions.keys()) {
        out.messages.push({ session, message: { type: 'draining', retryAfterMs: 5_000 }, afterCommit: false });
      }
      break;
  }
  return sealOutcome(out);
}
