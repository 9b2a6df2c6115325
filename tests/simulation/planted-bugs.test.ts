// A bug is planted for every invariant, and some seed of the first fifty must find it by that invariant's name.
import { expect, test } from 'vitest';
import { makePlan } from './make-plan.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';
import { INVARIANTS, type InvariantName } from './violation.ts';
import { runWorld } from './world.ts';

const SEEDS = 50;

async function findBug({ plant, breaks }: PlantedBug): Promise<InvariantName | null> {
  for (let seed = 0; seed <= SEEDS; seed++) {
    const { violation } = await runWorld(makePlan(seed), { seams: plant() });
    if (violation?.invariant === breaks) return violation.invariant;
  }
  return null;
}

test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('%s: found', async (_name, bug) => {
  expect(await findBug(bug)).toBe(bug.breaks);
});

test('every invariant has a bug that it finds', () => {
  expect([...new Set(PLANTED_BUGS.map(({ breaks }) => breaks))].sort()).toEqual(Object.keys(INVARIANTS).sort());
});
