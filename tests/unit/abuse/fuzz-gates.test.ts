// Fuzzing of the gates that read text: job specs, programs, signalling. A million cases in all run in `npm run test:long`.
import { expect, it } from 'vitest';
import { fuzzPrograms } from './fuzz/fuzz-programs.ts';
import { fuzzSignalling } from './fuzz/fuzz-signalling.ts';
import { fuzzSpecs } from './fuzz/fuzz-specs.ts';
import { reportTally, SEED } from './fuzz/seed.ts';

it('specs are refused as bad-spec or not-yet, or pass and stay what they are', async () => {
  const tally = await fuzzSpecs(5_000, SEED);
  reportTally('job specs', tally);
  expect(tally.refused['bad-spec']).toBeGreaterThan(1_000);
  expect(tally.refused['not-yet']).toBeGreaterThan(0);
  expect(tally.taken).toBeGreaterThan(300);
});

it('programs are compiled, or refused by the compiler in its own words', async () => {
  const tally = await fuzzPrograms(1_000, SEED);
  reportTally('programs', tally);
  expect(tally.refused['bad-program']).toBeGreaterThan(300);
  expect(tally.taken).toBeGreaterThan(20);
});

it('signalling passes three messages to the coordinator and to nobody else', async () => {
  const tally = await fuzzSignalling(5_000, SEED);
  reportTally('signalling', tally);
  expect(tally.refused['bad-message']).toBeGreaterThan(1_000);
  expect(tally.taken).toBeGreaterThan(300);
});
