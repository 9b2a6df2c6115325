// How long a device waits for work it asked for, and for the receipt of a result: from the message's arrival to the answer's leaving.
import type { LatencyView } from '../src/protocol/api-operator.ts';
import type { Deliverer, SessionKey } from './coordinator/event.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { createPercentiles } from './operator/percentiles.ts';

export interface LatencyWatch {
  /** Sees what arrives. */
  post(runner: Pick<CoordinatorRunner, 'post' | 'shapeOf'>): Pick<CoordinatorRunner, 'post' | 'shapeOf'>;
  /** Sees what leaves. */
  deliverer(to: Deliverer): Deliverer;
  commit(tookMs: number): void;
  read(): { readonly handOut: LatencyView | null; readonly receipt: LatencyView | null; readonly commit: LatencyView | null };
}

export function watchLatency(nowMs: () => number): LatencyWatch {
  const handOut = createPercentiles();
  const receipt = createPercentiles();
  const commit = createPercentiles();
  const askedAt = new Map<SessionKey, number>();
  const broughtAt = new Map<SessionKey, number>();

  const settle = (waiting: Map<SessionKey, number>, session: SessionKey, into: { add(tookMs: number): void } | null): void => {
    const sinceMs = waiting.get(session);
    if (sinceMs === undefined) return;
    waiting.delete(session);
    into?.add(nowMs() - sinceMs);
  };
  return {
    post: (runner) => ({
      shapeOf: runner.shapeOf,
      post(event) {
        if (event.type === 'shards-wanted' || (event.type === 'results-arrived' && event.wanted > 0)) askedAt.set(event.session, nowMs());
        // several results may wait for one receipt: the oldest counts
        if (event.type === 'results-arrived' && !broughtAt.has(event.session)) broughtAt.set(event.session, nowMs());
        if (event.type === 'session-closed') {
          askedAt.delete(event.session);
          broughtAt.delete(event.session);
        }
        runner.post(event);
      },
    }),
    deliverer: (to) => ({
      resume: (session, fault) => to.resume(session, fault),
      deliver(session, message) {
        if (message.type === 'assignments') settle(askedAt, session, handOut);
        // there was no work: what it waits for now is no business of ours
        else if (message.type === 'idle') settle(askedAt, session, null);
        else if (message.type === 'receipts') settle(broughtAt, session, receipt);
        to.deliver(session, message);
      },
    }),
    commit: commit.add,
    read: () => ({ handOut: handOut.read(), receipt: receipt.read(), commit: commit.read() }),
  };
}
