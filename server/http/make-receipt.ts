// Writes and signs the receipt of a job: every shard and vote, who was outvoted, who was paid.
import type { JobReceipt, ShardView } from '../../src/protocol/api.ts';
import { receiptBytes } from '../../src/protocol/canonical.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import type { HttpDependencies } from './dependencies.ts';
import { MAX_RECEIPT_SHARDS, MAX_SHARDS_PAGE } from './limits.ts';
import { readJob } from './read-job.ts';
import { stringify } from './stringify.ts';

/** The same for every reader: `isMine` is false in it. Of a running job it says how things stand. */
export async function makeReceipt({ pages, receipts, settings }: HttpDependencies, id: JobId): Promise<JobReceipt> {
  const job = await readJob(pages, id, null);
  if (job.shards > MAX_RECEIPT_SHARDS) {
    throw new Fault(
      'too-large',
      `Receipts are written for up to ${MAX_RECEIPT_SHARDS} shards and this job has ${job.shards}; read its shards page by page.`,
    );
  }
  const manifest = await pages.readManifestDigest(id);
  if (manifest === null) throw new Fault('not-found', `Job ${id} has no manifest.`);
  const shards: ShardView[] = [];
  for (let from = 0; from < job.shards; from += MAX_SHARDS_PAGE)
    shards.push(...(await pages.readShards(id, { from, limit: MAX_SHARDS_PAGE })));
  const signed = {
    format: 'ostraka-receipt-1',
    coordinator: { name: settings.name, build: settings.build, publicKey: receipts.publicKey },
    job,
    manifest,
    shards,
    outvoted: await pages.readOutvoted(id),
    payments: await pages.readPayments(id),
  } as const;
  // What is signed is what the client reads back from JSON: no undefined, no bigint.
  const plain = JSON.parse(stringify(signed)) as typeof signed;
  return { ...plain, signature: receipts.sign(receiptBytes(plain)) };
}
