// Several coordinators on one database, as the core of one of them sees it: blocks that come and go, jobs that end elsewhere.
import { describe, expect, it } from 'vitest';
import type { LoadedState } from '../../../../server/coordinator/change.ts';
import { STUCK_RENEWALS } from '../../../../server/coordinator/share-blocks.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import type { JobId } from '../../../../src/protocol/ids.ts';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

/** Three blocks of four shards. */
function makeBlocks(): JobRecord {
  const job = makeJobRecord({ workgroups: 12, quorum: 1 });
  const [block] = job.blocks;
  const blocks = [0, 1, 2].map((at) => ({
    id: (block!.id + at) as typeof block extends undefined ? never : (typeof job.blocks)[0]['id'],
    lo: at * 4,
    n: 4,
  }));
  return { ...job, blockShards: 4, blocks };
}

function part(job: JobRecord, ...positions: readonly number[]): JobRecord {
  return { ...job, blocks: positions.map((at) => job.blocks[at]!) };
}

const claim = (job: JobRecord, more: Partial<LoadedState> = {}) =>
  ({ type: 'blocks-claimed', loaded: { jobs: [job], shards: [], votes: [], devices: [], ...more } }) as const;
const renewed = (others: number, ended: readonly JobId[] = []) => ({ type: 'sharing-renewed', others, ended, blocks: 0 }) as const;

/** Computes what the session was given, also what was pushed to it, until nothing more comes; the indexes in order. */
function answerAll(core: CoreDriver, session: number, answered = 0): readonly number[] {
  const indexes: number[] = [];
  for (let at = answered; ; ) {
    core.want(session, 64, 1e6);
    const given = core.assignments(session).slice(at);
    if (given.length === 0) return indexes.sort((a, b) => a - b);
    at += given.length;
    for (const assignment of given) {
      core.answer(session, assignment, 1);
      indexes.push(assignment.shard.index);
    }
  }
}

describe('blocks shared with other coordinators', () => {
  it('hands out the shards of its own blocks and no others, and leaves the job open', () => {
    const job = makeBlocks();
    const core = new CoreDriver();
    core.join(1);
    core.post(claim(part(job, 2)));
    expect(answerAll(core, 1)).toEqual([8, 9, 10, 11]);
    expect(core.changesOf('job-ended')).toEqual([]);
    core.post(claim(part(job, 0)));
    expect(answerAll(core, 1, 4)).toEqual([0, 1, 2, 3]);
    expect(core.changesOf('job-ended')).toEqual([]);
    core.post({ type: 'job-completed', job: job.id, failed: 0 });
    expect(core.changesOf('job-ended')).toMatchObject([{ state: 'done' }]);
  });

  it('takes a block once, however often it is told of it', () => {
    const job = makeBlocks();
    const core = new CoreDriver({ jobs: [part(job, 0)] });
    core.join(1);
    core.post(claim(part(job, 0, 1)));
    core.post(claim(part(job, 1)));
    expect(answerAll(core, 1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('ends a job whose last shards failed elsewhere with that number', () => {
    const job = makeBlocks();
    const core = new CoreDriver({ jobs: [part(job, 0)] });
    core.post({ type: 'job-completed', job: job.id, failed: 3 });
    expect(core.changesOf('job-ended')).toMatchObject([{ state: 'failed', reason: { sentence: expect.stringContaining('3 of 12') } }]);
  });

  it('drops a job that another has ended, and writes only that it leaves it', () => {
    const job = makeBlocks();
    const core = new CoreDriver({ jobs: [part(job, 0)] });
    core.join(1);
    const [held] = core.want(1, 1);
    core.post(renewed(1, [job.id]));
    expect(core.last(1, 'cancel')).toMatchObject({ shards: [held!.claim.shard], reason: 'job-ended' });
    expect(core.changes).toEqual([{ kind: 'job-left', job: job.id }]);
    core.answer(1, held!, 1);
    expect(core.lastReceipt(1)).toMatchObject({ vote: 'late' });
    expect(core.pays()).toEqual([]);
  });

  it('settles the votes that wait in a job another has ended, tells their devices, and leaves it', () => {
    const job = { ...makeBlocks(), spec: makeJobRecord({ quorum: 2 }).spec };
    const core = new CoreDriver({ jobs: [part(job, 0)] });
    core.join(1);
    const [held] = core.want(1, 1);
    core.answer(1, held!, 1);
    expect(core.changes.map(({ kind }) => kind)).toEqual(['vote-cast']);
    const { changes, messages } = core.post(renewed(1, [job.id]));
    const { shard, copy } = held!.claim;
    expect(changes).toEqual([
      { kind: 'vote-settled', shard, copy, state: 'late', paid: 0n },
      { kind: 'job-left', job: job.id },
    ]);
    expect(messages).toContainEqual({ session: 1, message: { type: 'settled', shards: [{ shard, vote: 'late' }] }, afterCommit: true });
  });

  it('leaves a job that has ended also where no block of it was read', () => {
    const core = new CoreDriver();
    expect(core.post(renewed(0, [70 as JobId])).changes).toEqual([{ kind: 'job-left', job: 70 }]);
  });

  it('gives everything back that nobody here can serve, when somebody else may', () => {
    const job = makeBlocks();
    const core = new CoreDriver({ jobs: [job] });
    core.post(renewed(0));
    expect(core.changesOf('blocks-released')).toEqual([]);
    core.post(renewed(1));
    expect(core.changesOf('blocks-released')).toEqual([{ kind: 'blocks-released', blocks: job.blocks.map(({ id }) => id) }]);
    core.join(1);
    expect(core.want(1, 1)).toEqual([]);
  });

  it('keeps blocks in which a copy is out', () => {
    const job = makeBlocks();
    const core = new CoreDriver({ jobs: [job] });
    core.join(1);
    const [held] = core.want(1, 1);
    core.close(1);
    core.post(renewed(1));
    expect(core.changesOf('blocks-released')[0]?.blocks).toEqual([job.blocks[1]!.id, job.blocks[2]!.id]);
    core.join(1);
    core.answer(1, held!, 1);
    expect(core.pays()).toHaveLength(1);
  });

  it('gives begun blocks back when everybody here has waited in vain for long enough', () => {
    const job = { ...makeBlocks(), spec: makeJobRecord({ quorum: 2 }).spec };
    const core = new CoreDriver({ jobs: [part(job, 0)] });
    core.join(1);
    answerAll(core, 1);
    for (let renewal = 1; renewal < STUCK_RENEWALS; renewal++) core.post(renewed(1));
    expect(core.changesOf('blocks-released')).toEqual([]);
    core.post(renewed(1));
    expect(core.changesOf('blocks-released')).toHaveLength(1);
    expect(core.state.restRenewals).toBeGreaterThan(0);
  });

  it('finds the votes of a block that another began', () => {
    const job = { ...makeBlocks(), spec: makeJobRecord({ quorum: 2 }).spec };
    const there = new CoreDriver({ jobs: [part(job, 0)], epoch: 1 });
    there.join(1);
    answerAll(there, 1);
    const votes = there.changesOf('vote-cast').map(({ kind: _kind, atMs: _atMs, ...vote }) => vote);
    const here = new CoreDriver({ epoch: 2 });
    here.join(1);
    here.join(2);
    here.post(claim(part(job, 0), { votes }));
    expect(here.want(1, 1)).toEqual([]);
    const [second] = here.want(2, 1);
    here.answer(2, second!, 1, true);
    expect(here.pays().map(([account]) => account)).toEqual([1, 2]);
  });
});
