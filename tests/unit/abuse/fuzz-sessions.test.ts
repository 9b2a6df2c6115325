// Fuzzing of what lives: sessions on the real gateway and core beside one that works on, and the process that examines programs.
import { expect, it } from 'vitest';
import { fuzzExaminer } from './fuzz/fuzz-examiner.ts';
import { fuzzSessions } from './fuzz/fuzz-sessions.ts';
import { reportTally, SEED } from './fuzz/seed.ts';

it('strangers who say anything are refused by code, and the one who works beside them is credited for every shard', async () => {
  const tally = await fuzzSessions(1_500, SEED);
  reportTally('sessions', tally);
  expect(tally.refused['bad-message']).toBeGreaterThan(300);
  expect(tally.refused['bad-frame']).toBeGreaterThan(10);
});

it('programs are judged by the process that examines them, whatever their text', async () => {
  const tally = await fuzzExaminer(100, SEED);
  reportTally('examined programs', tally);
  expect(tally.refused['bad-program']).toBeGreaterThan(20);
  expect(tally.taken).toBeGreaterThan(2);
});
