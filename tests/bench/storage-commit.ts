// What a commit costs: units of votes through the real journal on a real PostgreSQL, as microseconds of CPU a vote; run by itself or by the bench.
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Change, CommitUnit, Journal } from '../../server/coordinator/change.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { postTransfers } from '../../server/ledger/post-transfers.ts';
import { createAccountStore } from '../../server/storage/account-store.ts';
import { createJournal } from '../../server/storage/journal.ts';
import type { AccountId, BlockId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import { makeShardId } from '../../src/protocol/ids.ts';
import { makeJobRecord } from '../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../support/start-database.ts';
import { measureMillion } from './storage-million.ts';

export interface CommitCost {
  readonly quorum: 1 | 2;
  readonly batchVotes: number;
  readonly votes: number;
  readonly nodeUs: number;
  readonly postgresUs: number;
  readonly votesPerSecond: number;
}

interface Person {
  readonly account: AccountId;
  readonly device: DeviceId;
}

const OUTPUT_BYTES = 64;
const PEOPLE = 64;
const CAP = 10n ** 15n;
const TICKS_PER_SECOND = 100;

/** CPU seconds of the postmaster and all that it forked, ended children included. */
function postgresSeconds(postmaster: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ');
      const isOurs = Number(name) === postmaster || Number(fields[1]) === postmaster;
      if (!isOurs) continue;
      ticks += Number(fields[11]) + Number(fields[12]);
      if (Number(name) === postmaster) ticks += Number(fields[13]) + Number(fields[14]);
    } catch {
      // ended meanwhile
    }
  }
  return ticks / TICKS_PER_SECOND;
}

const digestAt = (index: number): Digest => (index.toString(16).padStart(8, '0') + 'c'.repeat(56)) as Digest;

function cast(shard: ShardId, who: Person, copy: number, index: number): Change {
  return {
    kind: 'vote-cast',
    shard,
    copy,
    account: who.account,
    device: who.device,
    addressRange: '203.0.113.0/24',
    engine: 'cpu',
    digest: digestAt(index),
    elapsedMs: 12.5,
    outputs: null,
    state: 'waiting',
    atMs: 1_700_000_000_000,
  };
}

/** Everything that follows when a shard is final: the verdict with its bytes, payments, settled votes, device records. */
function finalise(job: JobRecord, shard: ShardId, index: number, voters: readonly Person[]): readonly Change[] {
  const bytes = new Uint8Array(OUTPUT_BYTES);
  new DataView(bytes.buffer).setUint32(0, index);
  const digest = digestAt(index);
  const atMs = 1_700_000_000_000;
  const outputs = [{ name: 'out', root: digestAt(index + 1_000_000_000), bytes }];
  const judged: Change = { kind: 'shard-judged', job: job.id, shard, verdict: 'final', digest, outputs, atMs };
  const each = voters.flatMap((who, copy): Change[] => [
    {
      kind: 'transfer',
      atMs,
      transfer: { kind: 'pay', job: job.id, shard, escrow: job.escrow, contributor: who.account, amount: job.pricePerCopy },
    },
    { kind: 'vote-settled', shard, copy, state: 'agreed', paid: job.pricePerCopy },
    { kind: 'device-judged', device: who.device, verified: 1, outvotedExact: 0, outvotedTolerance: 0, failed: 0 },
  ]);
  return [judged, ...each];
}

async function openJob(journal: Journal, requester: AccountId, shards: number, quorum: number): Promise<JobRecord> {
  const draft = makeJobRecord({ workgroups: shards, quorum });
  const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
  const job: JobRecord = {
    ...draft,
    id: id as JobId,
    escrow: escrow as AccountId,
    requester,
    blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
  };
  const hold = { kind: 'hold', job: job.id, requester, escrow: job.escrow, amount: job.escrowAmount } as const;
  await journal.commit([
    {
      changes: [
        { kind: 'job-created', job, owned: job.blocks.length },
        { kind: 'transfer', transfer: hold, atMs: 1 },
      ],
    },
  ]);
  return job;
}

/** Units in the order in which the network makes them: with two copies, the first votes of a batch come a commit before the second. */
function makeBatches(job: JobRecord, people: readonly Person[], quorum: 1 | 2, batchVotes: number): readonly (readonly CommitUnit[])[] {
  const shardOf = (index: number): ShardId => makeShardId(job.blocks[Math.floor(index / 1024)]!.id, index % 1024);
  const batches: (readonly CommitUnit[])[] = [];
  const perBatch = quorum === 1 ? batchVotes : Math.floor(batchVotes / 2);
  for (let from = 0; from < job.shards; from += perBatch) {
    const first: CommitUnit[] = [];
    const second: CommitUnit[] = [];
    for (let index = from; index < Math.min(from + perBatch, job.shards); index++) {
      const shard = shardOf(index);
      const [a, b] = [people[index % PEOPLE]!, people[(index + 1) % PEOPLE]!];
      if (quorum === 1) first.push({ changes: [cast(shard, a, 0, index), ...finalise(job, shard, index, [a])] });
      else {
        first.push({ changes: [cast(shard, a, 0, index)] });
        second.push({ changes: [cast(shard, b, 1, index), ...finalise(job, shard, index, [a, b])] });
      }
    }
    // The last batch's second votes travel with this one's first, so a commit carries `batchVotes`.
    if (quorum === 1) batches.push(first);
    else {
      const before = batches.pop() ?? [];
      batches.push([...before, ...first], second);
    }
  }
  return batches;
}

async function measure(
  db: TestDatabase,
  journal: Journal,
  people: readonly Person[],
  quorum: 1 | 2,
  batchVotes: number,
  votes: number,
): Promise<CommitCost> {
  const shards = Math.floor(votes / quorum);
  const job = await openJob(journal, 1 as AccountId, shards, quorum);
  const batches = makeBatches(job, people, quorum, batchVotes);
  // caches, plans and the first pages are not what is measured
  const warm = Math.max(1, Math.floor(batches.length / 10));
  for (const batch of batches.slice(0, warm)) await journal.commit(batch);
  const counted = batches
    .slice(warm)
    .reduce((sum, batch) => sum + batch.reduce((n, unit) => n + unit.changes.filter((c) => c.kind === 'vote-cast').length, 0), 0);
  const startedAt = performance.now();
  const node = process.cpuUsage();
  const postgres = postgresSeconds(db.embedded.pid);
  for (const batch of batches.slice(warm)) await journal.commit(batch);
  const elapsedMs = performance.now() - startedAt;
  const used = process.cpuUsage(node);
  return {
    quorum,
    batchVotes,
    votes: counted,
    nodeUs: (used.user + used.system) / counted,
    postgresUs: ((postgresSeconds(db.embedded.pid) - postgres) * 1e6) / counted,
    votesPerSecond: (counted / elapsedMs) * 1_000,
  };
}

export async function measureCommits(tell: (cost: CommitCost) => void, scale = 1): Promise<readonly CommitCost[]> {
  const db = await startDatabase();
  try {
    const journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP });
    const accounts = createAccountStore(db.database, { postTransfers, guestCap: CAP, startGrant: 1n, dailyGrantCap: CAP });
    const people: Person[] = [];
    for (let at = 0; at < PEOPLE; at++) people.push(await accounts.signInKey({ kind: 'headless', publicKey: `bench-${at}`, nowMs: 1 }));
    await db.database.pool.query('update accounts set earned = $1 where id = 1', [CAP]);
    const costs: CommitCost[] = [];
    for (const quorum of [1, 2] as const) {
      for (const [batchVotes, votes] of [
        [64, 12_800],
        [512, 51_200],
        [2_048, 102_400],
      ] as const) {
        const cost = await measure(db, journal, people, quorum, batchVotes, Math.floor(votes * scale));
        costs.push(cost);
        tell(cost);
      }
    }
    return costs;
  } finally {
    await db.stop();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await measureCommits(
    ({ quorum, batchVotes, nodeUs, postgresUs, votesPerSecond }) => {
      const figures = [
        `Node ${nodeUs.toFixed(1)} µs`,
        `PostgreSQL ${postgresUs.toFixed(1)} µs a vote`,
        `${Math.round(votesPerSecond)} votes/s`,
      ];
      console.log(`quorum ${quorum}, ${batchVotes} votes a commit: ${figures.join(', ')}`);
    },
    Number(process.argv[2] ?? 1),
  );
  const { shards, openMs, loadMs, loadCpuMs } = await measureMillion();
  const figures = [`opened in ${Math.round(openMs)} ms`, `read back in ${Math.round(loadMs)} ms (${Math.round(loadCpuMs)} ms of Node)`];
  console.log(`a job of ${shards} shards: ${figures.join(', ')}`);
}
