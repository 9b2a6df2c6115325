// What a job of a million shards costs the database: to open it, and to read it back after a restart when every shard is final.
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { postTransfers } from '../../server/ledger/post-transfers.ts';
import { createJournal } from '../../server/storage/journal.ts';
import type { AccountId, BlockId, JobId } from '../../src/protocol/ids.ts';
import { makeJobRecord } from '../support/make-job-record.ts';
import { startDatabase } from '../support/start-database.ts';

export interface MillionCost {
  readonly shards: number;
  readonly openMs: number;
  readonly loadMs: number;
  readonly loadCpuMs: number;
  readonly loadHeapBytes: number;
}

const CAP = 10n ** 15n;

/** As if each had been judged: the rows are made where they lie. */
const FILL = `
  insert into shards (id, verdict, digest, inline_outputs, judged_at)
  select k.id * 1024 + i, 'final', sha256(int8send(k.id * 1024 + i)), '\\x00', 1 from blocks k, generate_series(0, k.n - 1) i where k.job = $1`;

export async function measureMillion(shards = 1_000_000): Promise<MillionCost> {
  const db = await startDatabase();
  try {
    const journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP });
    await db.database.pool.query('update accounts set earned = $1 where id = 1', [CAP]);
    const draft = makeJobRecord({ workgroups: shards, quorum: 1 });
    const openedAt = performance.now();
    const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
    const job: JobRecord = {
      ...draft,
      id: id as JobId,
      escrow: escrow as AccountId,
      requester: 1 as AccountId,
      blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
    };
    const hold = { kind: 'hold', job: job.id, requester: job.requester, escrow: job.escrow, amount: job.escrowAmount } as const;
    await journal.commit([
      {
        changes: [
          { kind: 'job-created', job, owned: job.blocks.length },
          { kind: 'transfer', transfer: hold, atMs: 1 },
        ],
      },
    ]);
    const openMs = performance.now() - openedAt;
    await db.database.pool.query(FILL, [job.id]);
    const loadAt = performance.now();
    const cpu = process.cpuUsage();
    const before = process.memoryUsage().heapUsed;
    const loaded = await journal.load();
    const used = process.cpuUsage(cpu);
    const loadHeapBytes = process.memoryUsage().heapUsed - before;
    const counted = [...loaded.shards].length;
    if (counted !== shards) throw new Error(`${counted} shards came back.`);
    return { shards, openMs, loadMs: performance.now() - loadAt, loadCpuMs: (used.user + used.system) / 1_000, loadHeapBytes };
  } finally {
    await db.stop();
  }
}
