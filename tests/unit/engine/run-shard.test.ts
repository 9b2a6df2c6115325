// The loop over slices with a program that records what it is asked: every workgroup once, rests by the duty, stops between slices.
import { expect, test } from 'vitest';
import type { BoundProgram, DispatchBox } from '../../../src/engine/backend.ts';
import { createDutyKeeper, type Rhythm } from '../../../src/engine/keep-duty.ts';
import { makePace } from '../../../src/engine/pace-slices.ts';
import { runShard, type ShardRun } from '../../../src/engine/run-shard.ts';
import type { ShardUniform } from '../../../src/engine/shard-uniform.ts';

const SHARD: ShardUniform = { base: 5, count: 100, grid: [12, 10, 2] };
const MS_PER_WORKGROUP = 1;

function setUp(change: Partial<ShardRun> = {}, rhythm: Rhythm = { targetMs: 16, duty: 0.5 }) {
  let nowMs = 0;
  const workgroups: number[] = [];
  const slept: number[] = [];
  const program: BoundProgram = {
    async dispatch(box: DispatchBox, shard) {
      for (let z = box.first[2]; z < box.first[2] + box.size[2]; z++)
        for (let y = box.first[1]; y < box.first[1] + box.size[1]; y++)
          for (let x = box.first[0]; x < box.first[0] + box.size[0]; x++) workgroups.push(x + shard.grid[0] * (y + shard.grid[1] * z));
      nowMs += box.size[0] * box.size[1] * box.size[2] * MS_PER_WORKGROUP;
    },
    read: async (name) => new TextEncoder().encode(name),
    reset: async () => {},
    destroy: () => {},
  };
  const run: ShardRun = {
    program,
    shard: SHARD,
    outputs: ['pixels', 'counts'],
    pace: makePace(),
    duty: createDutyKeeper({
      rhythm,
      nowMs: () => nowMs,
      async sleepMs(ms) {
        slept.push(ms);
        nowMs += ms;
      },
      yieldTurn: async () => {},
    }),
    shouldStop: () => false,
    ...change,
  };
  return { run, workgroups, slept };
}

test('runs every workgroup of the shard once and reads the outputs', async () => {
  const { run, workgroups } = setUp();
  const outcome = await runShard(run);
  expect(workgroups.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 5));
  expect(outcome).toMatchObject({ kind: 'done', computeMs: 100 });
  if (outcome.kind === 'done') {
    expect([...outcome.outputs.keys()]).toEqual(['pixels', 'counts']);
    expect(new TextDecoder().decode(outcome.outputs.get('counts'))).toBe('counts');
  }
});

test('rests as long as it worked at a duty of one half, and what the last slice owes before the next shard', async () => {
  const { run, slept } = setUp();
  const slices: number[] = [];
  await runShard({ ...run, onProgress: (done) => slices.push(done) });
  expect(slept.length).toBe(slices.length - 1);
  expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(slices.at(-2));
  await runShard({ ...run, shard: { ...SHARD, count: 1 } });
  expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(100);
});

test('never rests at full duty', async () => {
  const { run, slept } = setUp({}, { targetMs: 16, duty: 1 });
  await runShard(run);
  expect(slept).toEqual([]);
});

test('stops before the next slice and says how far it came', async () => {
  let done = 0;
  const { run, workgroups } = setUp({ shouldStop: () => done >= 20, onProgress: (count) => (done = count) });
  const outcome = await runShard(run);
  expect(outcome).toMatchObject({ kind: 'stopped', doneWorkgroups: done });
  expect(workgroups.length).toBe(done);
  expect(done).toBeLessThan(100);
});

test('stopped before it began it computes nothing', async () => {
  const { run, workgroups } = setUp({ shouldStop: () => true });
  expect(await runShard(run)).toMatchObject({ kind: 'stopped', doneWorkgroups: 0 });
  expect(workgroups).toEqual([]);
});

test('what it learnt of the pace serves the next shard', async () => {
  const first = await runShard(setUp().run);
  expect(first.pace.workgroups).toBeGreaterThan(8);
  const { run } = setUp({ pace: first.pace });
  const slices: number[] = [];
  await runShard({ ...run, onProgress: (done) => slices.push(done) });
  expect(slices[0]).toBeGreaterThanOrEqual(5);
});

test('a backend’s fault comes through', async () => {
  const { run } = setUp();
  const broken = { ...run.program, dispatch: () => Promise.reject(new Error('gone')) };
  await expect(runShard({ ...run, program: broken })).rejects.toThrow('gone');
});
