// The workers of a peer, all in one process as our contributors are: takes every job of a queue, stores 64 bytes for it, and says how long it took.
import { createLatencyHistogram } from './latency-histogram.ts';
import { drainBullmq } from './peer-bullmq.ts';
import { drainGraphile } from './peer-graphile.ts';
import type { DrainAnswer, DrainOrder } from './peer-orders.ts';

/** What a driver reports of each job; the clock runs from the first job taken to the last one confirmed. */
export interface DrainWatch {
  taken(id: number): void;
  confirmed(id: number): void;
  /** Resolves when every job is confirmed. */
  readonly done: Promise<void>;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function drain(order: DrainOrder): Promise<DrainAnswer> {
  const waits = createLatencyHistogram();
  const takenAtMs = new Map<number, number>();
  const confirmed = new Set<number>();
  let firstMs = 0;
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const watch: DrainWatch = {
    done,
    taken(id) {
      const nowMs = performance.now();
      firstMs ||= nowMs;
      takenAtMs.set(id, nowMs);
    },
    confirmed(id) {
      waits.add(performance.now() - (takenAtMs.get(id) ?? firstMs));
      confirmed.add(id);
      if (confirmed.size === order.jobs) finish();
    },
  };
  const cpuBefore = cpuSeconds();
  const { place } = order;
  const stop = place.peer === 'bullmq' ? await drainBullmq(order, place, watch) : await drainGraphile(order, place, watch);
  await done;
  const seconds = (performance.now() - firstMs) / 1_000;
  const cpu = cpuSeconds() - cpuBefore;
  await stop();
  return { ok: true, seconds, cpuSeconds: cpu, p50Ms: waits.quantile(0.5), p99Ms: waits.quantile(0.99) };
}

process.on('message', (order: DrainOrder) => {
  drain(order).then(
    (answer) => process.send?.(answer),
    (cause: unknown) =>
      process.send?.({ ok: false, sentence: cause instanceof Error ? cause.message : String(cause) } satisfies DrainAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
