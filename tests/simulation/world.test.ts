// The simulation itself: a seed is one world and no other, a world is busy, and a broken one is made small.
import { expect, test } from 'vitest';
import { explainViolation } from './explain-violation.ts';
import { makePlan } from './make-plan.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { runWorld } from './world.ts';

/** Liars, crashes and refusals are in it. */
const SEED = 9;

test('a seed gives the same world again, to the last event', async () => {
  const [first, second] = [await runWorld(makePlan(SEED), { isTraced: true }), await runWorld(makePlan(SEED), { isTraced: true })];
  expect(first.lines.length).toBeGreaterThan(100);
  expect(second.lines).toEqual(first.lines);
  expect(second.events).toBe(first.events);
});

test('a trace changes nothing', async () => {
  const [traced, untraced] = [await runWorld(makePlan(SEED), { isTraced: true }), await runWorld(makePlan(SEED))];
  expect({ ...untraced, lines: [] }).toEqual({ ...traced, lines: [] });
});

test('fifty worlds are as different as they must be', async () => {
  const states = new Set<string>();
  const kinds = new Set<string>();
  let finals = 0;
  for (let seed = 0; seed < 50; seed++) {
    const plan = makePlan(seed);
    for (const { kind } of plan.faults) kinds.add(kind);
    const { jobs, finals: here } = await runWorld(plan);
    finals += here;
    for (const state of Object.keys(jobs)) states.add(state);
  }
  expect([...states].sort()).toEqual(expect.arrayContaining(['cancelled', 'done', 'expired', 'failed']));
  expect(kinds.size).toBeGreaterThanOrEqual(20);
  expect(finals).toBeGreaterThan(500);
});

test('what breaks is explained by a small world, its seed and its last events', async () => {
  const bug = PLANTED_BUGS.find(({ breaks }) => breaks === 'paid-once')!;
  const plan = makePlan(1);
  const { violation } = await runWorld(plan, { seams: bug.plant() });
  const explanation = await explainViolation(plan, violation!, bug.plant);
  expect(explanation).toContain('Seed 1 breaks `paid-once`');
  expect(explanation).toContain('npm run simulate -- --seed 1 --trace');
  expect(explanation).toMatch(/0 of \d+ faults/);
  expect(explanation).toMatch(/, 1 of \d+ jobs/);
  expect(explanation.split('\n').at(-1)).toContain('paid-once');
});
