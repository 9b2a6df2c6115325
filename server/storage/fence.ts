// Says whether a commit is still this process's to make: it lives, its blocks are its own, its jobs run. Locks hold the answer until the commit.
import type { BlockId, JobId } from '../../src/protocol/ids.ts';
import { blockOfShard } from '../../src/protocol/ids.ts';
import type { Rows } from './gather-rows.ts';
import type { Statement, TextRow } from './pipeline.ts';
import { plainArray } from './plain-array.ts';
import { makeFenced, makeStale } from './share-queries.ts';

export interface Fence {
  /** To be run before anything is written. */
  readonly before: readonly Statement[];
  /** To be run when the accounts are locked: who ends a job locks its escrow, so then it is known whether the job runs. */
  readonly after: readonly Statement[];
  /** Throws when it is not. `answers`: of the opening statements, `before`, the lock, `after`; `opening`: how many the first are. */
  check(answers: readonly (readonly TextRow[])[], opening: number): void;
}

const CHECK_PROCESS = 'select epoch from processes where epoch = $1 and generation = $2 for share';
/** Against a claim of another, which changes the owner. */
const HOLD_BLOCKS = 'select count(*) from (select id from blocks where id = any($1::bigint[]) and owner = $2 for share) held';
const CHECK_JOBS = "select count(*) from jobs where id = any($1::bigint[]) and state <> 'running'";

const OPEN: Fence = { before: [], after: [], check: () => undefined };

export function makeFence({
  rows,
  epoch,
  generation,
}: {
  readonly rows: Rows;
  readonly epoch: number | null;
  readonly generation: number;
}): Fence {
  // a journal that claimed no epoch is alone, in tests
  if (epoch === null) return OPEN;
  const blocks = listBlocks(rows);
  const jobs = listJobs(rows);
  const before: Statement[] = [{ name: 'check-process', text: CHECK_PROCESS, values: [String(epoch), String(generation)] }];
  if (blocks.length > 0) before.push({ name: 'hold-blocks', text: HOLD_BLOCKS, values: [plainArray(blocks), String(epoch)] });
  const after: Statement[] = jobs.length > 0 ? [{ name: 'check-jobs', text: CHECK_JOBS, values: [plainArray(jobs)] }] : [];
  return {
    before,
    after,
    check(answers, opening) {
      if (answers[opening]!.length === 0) throw makeFenced();
      if (blocks.length > 0 && countOf(answers[opening + 1]) !== blocks.length) {
        throw makeStale('Another coordinator owns blocks that this one decided about');
      }
      if (jobs.length > 0 && countOf(answers[opening + before.length + 1]) > 0) throw makeStale('Another coordinator has ended a job');
    },
  };
}

function countOf(rows: readonly TextRow[] | undefined): number {
  return Number(rows?.[0]?.[0]);
}

function listBlocks({ votes, settled, shards }: Rows): readonly BlockId[] {
  const blocks = new Set<BlockId>();
  for (const rows of [votes, settled, shards]) for (const { shard } of rows) blocks.add(blockOfShard(shard));
  return [...blocks].sort((a, b) => a - b);
}

/** Those in which shards were judged; the ones that begin here run. */
function listJobs({ shards, created }: Rows): readonly JobId[] {
  const jobs = new Set<JobId>();
  for (const { job } of shards) jobs.add(job);
  for (const { id } of created) jobs.delete(id);
  return [...jobs];
}
