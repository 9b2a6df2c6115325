// From a message's arrival to its answer's leaving: asked to handed out, result to receipt, and no wait for work that was not there.
import { expect, test } from 'vitest';
import type { CoordinatorEvent } from '../../../server/coordinator/event.ts';
import { watchLatency } from '../../../server/watch-latency.ts';
import type { ServerMessage } from '../../../src/protocol/messages.ts';

function watch() {
  const clock = { nowMs: 0 };
  const latency = watchLatency(() => clock.nowMs);
  const posted: CoordinatorEvent[] = [];
  const delivered: ServerMessage[] = [];
  const runner = latency.post({ post: (event) => void posted.push(event), shapeOf: () => null });
  const out = latency.deliverer({ deliver: (_session, message) => void delivered.push(message), resume: () => undefined });
  const want = (session: number) => runner.post({ type: 'shards-wanted', session, count: 1, workgroupsPerSecond: 1 });
  const bring = (session: number, wanted = 0) =>
    runner.post({ type: 'results-arrived', session, results: [], outputs: [], wanted, workgroupsPerSecond: 1 });
  return { clock, latency, posted, delivered, runner, out, want, bring };
}

test('a hand-out and a receipt are timed by session', () => {
  const { clock, latency, out, want, bring, posted, delivered } = watch();
  want(1);
  bring(2, 3);
  clock.nowMs = 4;
  bring(2);
  out.deliver(1, { type: 'assignments', assignments: [] });
  clock.nowMs = 10;
  out.deliver(2, { type: 'receipts', receipts: [] });
  out.deliver(2, { type: 'assignments', assignments: [] });
  expect(latency.read()).toEqual({
    handOut: { p50Ms: 4, p95Ms: 10, count: 2 },
    receipt: { p50Ms: 10, p95Ms: 10, count: 1 },
    commit: null,
  });
  expect([posted.length, delivered.length]).toEqual([3, 3]);
});

test('who got nothing because there was none, or has gone, waits for nothing', () => {
  const { clock, latency, out, want, bring, runner } = watch();
  want(1);
  out.deliver(1, { type: 'idle', reason: 'no-jobs', retryAfterMs: 1 });
  bring(2, 1);
  runner.post({ type: 'session-closed', session: 2 });
  clock.nowMs = 60_000;
  out.deliver(1, { type: 'assignments', assignments: [] });
  out.deliver(2, { type: 'receipts', receipts: [] });
  latency.commit(7);
  expect(latency.read()).toEqual({ handOut: null, receipt: null, commit: { p50Ms: 7, p95Ms: 7, count: 1 } });
});
