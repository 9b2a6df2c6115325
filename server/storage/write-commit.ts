// One commit inside its transaction: in two turns to the database when nothing can be refused, locks on accounts and jobs last.
import type pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import type { Digest, ShardId } from '../../src/protocol/ids.ts';
import type { StoredBlob } from '../blobs/blob-rows.ts';
import type { Change, CommitReport, CommitUnit, OutputBytes } from '../coordinator/change.ts';
import { writeBlobs } from './blob-queries.ts';
import { makeFence } from './fence.ts';
import { gatherRows, type Rows, type ShardRow } from './gather-rows.ts';
import { fitsRow } from './packed-outputs.ts';
import { runPipeline, type Statement, type TextRow } from './pipeline.ts';
import {
  type CreditBatch,
  type CreditPolicy,
  decideCredit,
  lockAccounts,
  type PostedCredit,
  readVerifiedShards,
  writeCredit,
} from './post-credit.ts';
import { leaveJobs, releaseBlocks } from './share-queries.ts';
import { RetryTransaction } from './with-transaction.ts';
import { type BlobReference, countJobs, createJob, endJobs, readCompleted, sumGains, writeReferences } from './write-jobs.ts';
import { writeRejections } from './write-rejections.ts';
import {
  addToDevices,
  clearShards,
  clearVotes,
  copyShards,
  copyVotes,
  readVerdicts,
  settleVotes,
  sumVerdicts,
  withoutStanding,
} from './write-rows.ts';

export interface CommitPlan {
  readonly units: readonly CommitUnit[];
  /** Of all units. */
  readonly rows: Rows;
  /** Of each unit. */
  readonly transfers: readonly (readonly Extract<Change, { kind: 'transfer' }>[])[];
  /** Bytes that do not lie in their row. */
  readonly stored: ReadonlyMap<Uint8Array, StoredBlob>;
  /** Null before one was claimed. */
  readonly epoch: number | null;
  readonly generation: number;
  readonly nextId: () => number;
}

export interface CommitWriter {
  /** `isCareful`: the first try failed, so rows that may be there already are looked for. */
  write(client: pg.PoolClient, plan: CommitPlan, isCareful: boolean): Promise<CommitReport>;
}

/**
 * A statement planned while a table was empty reads all of it ever after: 94–400 ms a commit instead of 0.6. So the hot statements may only
 * use indexes.
 */
const SET_PLANS = `
  select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;
export const BEGIN: readonly Statement[] = [
  { name: 'begin', text: 'begin' },
  { name: 'set-plans', text: SET_PLANS },
];
const COMMIT: Statement = { name: 'commit', text: 'commit' };
/** More are forgotten: then the first try of a commit fails, and the second looks. */
const MAX_REMEMBERED_VERDICTS = 100_000;

interface Written {
  readonly rows: Rows;
  /** Verdicts that stood before. */
  readonly before: ReadonlyMap<ShardId, string>;
}

export function createCommitWriter(policy: CreditPolicy): CommitWriter {
  /** Shards whose row says something that may change: it is taken out before the new one is copied in. */
  const unsettled = new Set<ShardId>();

  return {
    write: (client, plan, isCareful) => write(client, plan, isCareful).catch(retryConflict),
  };

  async function write(client: pg.PoolClient, plan: CommitPlan, isCareful: boolean): Promise<CommitReport> {
    const { units, transfers, nextId } = plan;
    const mayRefuse = transfers.some((unit) => unit.some(({ transfer }) => transfer.kind === 'hold' || transfer.kind === 'attach'));
    const newEscrows = plan.rows.created.map((job) => job.escrow);
    const batch: CreditBatch = { units: transfers, nextId, newEscrows };
    if (!mayRefuse) {
      const { written, locked } = await writeAndLock(client, plan, plan.rows, isCareful, batch);
      return finish(client, written, decide(batch, locked), plan.epoch);
    }
    const fence = makeFence(plan);
    const answers = await runPipeline(client, [...BEGIN, ...fence.before, lockAccounts(batch), ...fence.after]);
    fence.check(answers, BEGIN.length);
    const credit = decide(batch, answers[BEGIN.length + fence.before.length]!);
    const rows = credit.refused.size > 0 ? gatherRows(units.filter((_, at) => !credit.refused.has(at))) : plan.rows;
    for (const job of rows.created) {
      await createJob(client, job, { epoch: plan.epoch, owned: rows.owned.get(job.id) ?? job.blocks.length });
    }
    const written = await writeRows(client, plan, rows, isCareful);
    return finish(client, written, credit, plan.epoch);
  }

  function decide(batch: CreditBatch, locked: readonly TextRow[]): PostedCredit {
    return decideCredit(batch, locked, policy);
  }

  async function writeAndLock(client: pg.PoolClient, plan: CommitPlan, rows: Rows, isCareful: boolean, batch: CreditBatch) {
    const fence = makeFence(plan);
    if (isCareful || plan.stored.size > 0) {
      const begun = await runPipeline(client, [...BEGIN, ...fence.before]);
      const written = await writeRows(client, plan, rows, isCareful);
      const [locked, ...after] = await runPipeline(client, [lockAccounts(batch), ...fence.after]);
      fence.check([...begun, locked!, ...after], BEGIN.length);
      return { written, locked: locked! };
    }
    const { statements, clearsAt } = listStatements(plan, rows);
    const answers = await runPipeline(client, [...BEGIN, ...fence.before, ...statements, lockAccounts(batch), ...fence.after]);
    const first = BEGIN.length + fence.before.length;
    const before = clearsAt === null ? NO_VERDICTS : readVerdicts(answers[first + clearsAt]!);
    const lockedAt = first + statements.length;
    fence.check([...answers.slice(0, first), ...answers.slice(lockedAt)], BEGIN.length);
    return { written: { rows, before }, locked: answers[lockedAt]! };
  }

  async function writeRows(client: pg.PoolClient, plan: CommitPlan, rows: Rows, isCareful: boolean): Promise<Written> {
    await writeBlobs(client, plan.stored.values());
    if (!isCareful) {
      const { statements, clearsAt } = listStatements(plan, rows);
      const answers = await runPipeline(client, statements);
      return { rows, before: clearsAt === null ? NO_VERDICTS : readVerdicts(answers[clearsAt]!) };
    }
    // first the votes of earlier commits: one that is void makes room for the account's next
    const [, standing, verdicts] = await runPipeline(client, [settleVotes(rows.settled), clearVotes(rows.votes), clearShards(rows.shards)]);
    const before = readVerdicts(verdicts!);
    const left = {
      ...rows,
      settled: [],
      votes: withoutStanding(rows.votes, standing!),
      shards: rows.shards.filter((row) => before.get(row.shard) !== 'final'),
    };
    await runPipeline(client, listStatements(plan, left).statements);
    return { rows: left, before };
  }

  /** `clearsAt` is the place of the statement that answers earlier verdicts. */
  function listStatements(plan: CommitPlan, rows: Rows): { readonly statements: readonly Statement[]; readonly clearsAt: number | null } {
    const statements: Statement[] = [];
    const findBlob = (output: OutputBytes): Digest => findStored(plan, output).digest;
    const again = unsettled.size > 0 ? rows.shards.filter((row) => unsettled.has(row.shard)) : [];
    if (rows.settled.length > 0) statements.push(settleVotes(rows.settled));
    const clearsAt = again.length > 0 ? statements.push(clearShards(again)) - 1 : null;
    if (rows.votes.length > 0) statements.push(copyVotes(rows.votes, findBlob));
    if (rows.shards.length > 0) statements.push(copyShards(rows.shards, findBlob));
    const references = plan.stored.size > 0 ? listReferences(rows.shards, findBlob) : [];
    if (references.length > 0) statements.push(writeReferences(references));
    return { statements, clearsAt };
  }

  async function finish(
    client: pg.PoolClient,
    { rows, before }: Written,
    credit: PostedCredit,
    epoch: number | null,
  ): Promise<CommitReport> {
    const moneyed = writeCredit(credit);
    const counters = sumGains(sumVerdicts(rows.shards, before), credit.entries);
    const statements: Statement[] = [...moneyed];
    if (rows.devices.length > 0) statements.push(addToDevices(rows.devices));
    statements.push(...writeRejections(rows.rejected));
    const countsAt = counters.size > 0 ? statements.push(countJobs(counters)) - 1 : null;
    if (rows.ended.length > 0) statements.push(endJobs(rows.ended));
    if (rows.released.length > 0 && epoch !== null) statements.push(releaseBlocks(rows.released, epoch));
    const over = [...rows.left, ...rows.ended.map(({ job }) => job)];
    if (over.length > 0 && epoch !== null) statements.push(leaveJobs(over, epoch));
    const answers = await runPipeline(client, [...statements, COMMIT]);
    remember(rows.shards);
    return {
      refused: credit.refused,
      balances: credit.balances,
      verifiedShards: moneyed.length > 0 ? readVerifiedShards(credit, answers[0]!) : new Map(),
      completed: countsAt === null ? new Map() : readCompleted(answers[countsAt]!, rows.ended),
    };
  }

  function remember(shards: readonly ShardRow[]): void {
    for (const { shard, verdict } of shards) {
      if (verdict === 'final' || verdict === 'failed') unsettled.delete(shard);
      else unsettled.add(shard);
    }
    if (unsettled.size > MAX_REMEMBERED_VERDICTS) unsettled.clear();
  }
}

const NO_VERDICTS: ReadonlyMap<ShardId, string> = new Map();

const UNIQUE_VIOLATION = '23505';

/** A vote or a verdict is there already: the next try looks before it writes. */
function retryConflict(fault: { readonly code?: unknown; readonly constraint?: unknown }): never {
  const isConflict = fault.code === UNIQUE_VIOLATION && (fault.constraint === 'votes_pkey' || fault.constraint === 'shards_pkey');
  throw isConflict ? new RetryTransaction('a row is there already', { cause: fault }) : fault;
}

function findStored({ stored }: CommitPlan, output: OutputBytes): StoredBlob {
  const blob = stored.get(output.bytes);
  if (!blob) throw new Fault('internal', `Output ${output.name} was not stored before its commit.`);
  return blob;
}

function listReferences(shards: readonly ShardRow[], findBlob: (output: OutputBytes) => Digest): readonly BlobReference[] {
  return shards.flatMap(({ job, outputs }) =>
    outputs === null || fitsRow(outputs) ? [] : outputs.map((output) => ({ job, digest: findBlob(output) })),
  );
}
