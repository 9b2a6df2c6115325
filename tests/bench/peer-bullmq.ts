// BullMQ as its pages advise for throughput: jobs put in by the thousand, one Worker with a concurrency; the result is the job's return value.
import { Queue, Worker } from 'bullmq';
import { type BullmqPlace, type DrainOrder, type JobData, makeJobData, makeResult } from './peer-orders.ts';
import type { DrainWatch } from './peer-process.ts';

const CHUNK = 1_000;

function connectionOf({ port }: BullmqPlace) {
  return { host: '127.0.0.1', port, maxRetriesPerRequest: null };
}

export async function fillBullmq(place: BullmqPlace, queue: string, jobs: number): Promise<void> {
  const filled = new Queue<JobData, string>(queue, { connection: connectionOf(place) });
  for (let from = 0; from < jobs; from += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, jobs - from) }, (_, at) => from + at);
    await filled.addBulk(ids.map((id) => ({ name: 'shard', data: makeJobData(id) })));
  }
  await filled.close();
}

export async function drainBullmq(order: DrainOrder, place: BullmqPlace, watch: DrainWatch): Promise<() => Promise<void>> {
  const worker = new Worker<JobData, string>(
    order.queue,
    async ({ data }) => {
      watch.taken(data.id);
      return makeResult(data.id);
    },
    { connection: connectionOf(place), concurrency: order.concurrency },
  );
  worker.on('completed', ({ data }) => watch.confirmed(data.id));
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  return () => worker.close(true);
}

/** Throws unless every job is there with its 64 bytes. */
export async function checkBullmq(place: BullmqPlace, queue: string, jobs: number): Promise<void> {
  const filled = new Queue<JobData, string>(queue, { connection: connectionOf(place) });
  const stored = await filled.getCompletedCount();
  const [sample] = await filled.getCompleted(0, 0);
  await filled.close();
  if (stored !== jobs || sample?.returnvalue.length !== 64) throw new Error(`BullMQ stored ${stored} of ${jobs} results.`);
}
