// Another hundred whole networks, in a file of their own so that two cores share the work.
import { expect, test } from 'vitest';
import { explainSeed } from './explain-seed.ts';

const BATCH = 10;

test.each(Array.from({ length: 10 }, (_, at) => 100 + at * BATCH))('seeds from %i keep every promise', async (from) => {
  for (let seed = from; seed < from + BATCH; seed++) expect(await explainSeed(seed)).toBeNull();
});
