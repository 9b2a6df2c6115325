// When a commit begins: at once after a rest, paced in a trickle, never late for who waits; and what a failure loses.
import { expect, test } from 'vitest';
import type { Change, CommitReport } from '../../../../server/coordinator/change.ts';
import { createGroupCommit, PACE_MS, PACED_CHANGES, type Unit } from '../../../../server/coordinator/group-commit.ts';

const REPORT: CommitReport = { refused: new Map(), balances: new Map(), verifiedShards: new Map(), completed: new Map() };

/** A journal that answers when it is told to, and a clock that is moved by hand. */
function start() {
  let nowMs = 1_000;
  const commits: { readonly units: number; finish(): void; fail(): void }[] = [];
  const alarms: { readonly atMs: number; ring(): void }[] = [];
  const written: number[] = [];
  const failures: unknown[] = [];
  const lost: number[] = [];
  const figures: boolean[] = [];
  let onWritten = (batch: readonly unknown[]): void => void written.push(batch.length);
  const commit = createGroupCommit({
    journal: {
      commit: (units) =>
        new Promise<CommitReport>((resolve, reject) => {
          commits.push({ units: units.length, finish: () => resolve(REPORT), fail: () => reject(new Error('no')) });
        }),
    },
    nowMs: () => nowMs,
    wait: (ms) => new Promise((resolve) => alarms.push({ atMs: nowMs + ms, ring: resolve })),
    onWritten: (batch) => onWritten(batch),
    onFailed: async (takeLost, cause) => {
      failures.push(cause);
      lost.push(takeLost().length);
    },
    onCommit: ({ hasFailed }) => void figures.push(hasFailed),
  });
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    for (const alarm of alarms.splice(0)) alarm.atMs <= nowMs ? alarm.ring() : alarms.push(alarm);
    await settle();
  };
  return {
    ...{ commit, commits, written, failures, lost, figures, pass },
    deliverWith: (next: typeof onWritten) => {
      onWritten = next;
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const unit = (changes: number, settle: Unit['settle'] = null): Unit => ({
  changes: Array.from({ length: changes }, () => ({ kind: 'job-ended' }) as unknown as Change),
  messages: [],
  notices: [],
  settle,
  atMs: 0,
});
const ASKED = { done: () => {}, failed: () => {} };

/** One small commit has been written just now. */
async function startAfterOne() {
  const world = start();
  world.commit.push(unit(1));
  world.commits[0]!.finish();
  await settle();
  return world;
}

test('the first change after a rest is written at once', async () => {
  const { commit, commits, pass } = await startAfterOne();
  await pass(PACE_MS);
  commit.push(unit(1));
  expect(commits).toHaveLength(2);
});

test('a trickle gathers: what comes within the pace of the last commit goes into one', async () => {
  const { commit, commits, pass, written } = await startAfterOne();
  for (let i = 0; i < 5; i++) commit.push(unit(1));
  await pass(PACE_MS - 1);
  expect(commits).toHaveLength(1);
  await pass(1);
  expect(commits[1]).toMatchObject({ units: 5 });
  commits[1]!.finish();
  await settle();
  expect(written).toEqual([1, 5]);
});

test('a clock that is set back makes nothing wait for longer than the pace', async () => {
  const { commit, commits, pass } = await startAfterOne();
  await pass(-90_000);
  commit.push(unit(1));
  await pass(PACE_MS);
  expect(commits).toHaveLength(2);
});

test('many changes wait for no pace, one fewer do', async () => {
  const few = await startAfterOne();
  few.commit.push(unit(PACED_CHANGES - 1));
  await settle();
  expect(few.commits).toHaveLength(1);
  few.commit.push(unit(1));
  await settle();
  expect(few.commits).toHaveLength(2);
  const many = await startAfterOne();
  many.commit.push(unit(PACED_CHANGES));
  await settle();
  expect(many.commits).toHaveLength(2);
});

test('whoever waits for the answer waits for no pace, and takes along what gathered', async () => {
  const { commit, commits } = await startAfterOne();
  commit.push(unit(1));
  await settle();
  expect(commits).toHaveLength(1);
  commit.push(unit(1, ASKED));
  await settle();
  expect(commits[1]).toMatchObject({ units: 2 });
});

test('a breakdown during the pace loses what waits and writes none of it', async () => {
  const { commit, commits, failures, lost } = await startAfterOne();
  commit.push(unit(1));
  await settle();
  commit.breakDown('half changed');
  await settle();
  expect(failures).toEqual(['half changed']);
  expect(lost).toEqual([1]);
  expect(commits).toHaveLength(1);
});

test('a delivery that throws is no failed commit: what is durable is never called lost, what was decided since is', async () => {
  const { commit, commits, failures, lost, figures, deliverWith } = start();
  deliverWith(() => {
    throw new Error('a listener failed');
  });
  const told: string[] = [];
  commit.push(unit(1, { done: () => told.push('done'), failed: () => told.push('failed') }));
  commit.push(unit(1));
  commits[0]!.finish();
  await settle();
  expect(failures).toMatchObject([{ message: 'a listener failed' }]);
  expect(told).toEqual(['done']);
  expect(lost).toEqual([1]);
  expect(figures).toEqual([false]);
  expect(commits).toHaveLength(1);
});
