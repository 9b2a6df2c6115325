// A hundred whole networks from their seeds: crowds, faults, crashes, and every invariant after every step.
import { expect, test } from 'vitest';
import { explainSeed } from './explain-seed.ts';

const BATCH = 10;

test.each(Array.from({ length: 10 }, (_, at) => 0 + at * BATCH))('seeds from %i keep every promise', async (from) => {
  for (let seed = from; seed < from + BATCH; seed++) expect(await explainSeed(seed)).toBeNull();
});
