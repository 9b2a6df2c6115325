// A million cases from a fresh seed, every family with its share; memory must be what it was.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { fuzzExaminer } from '../unit/abuse/fuzz/fuzz-examiner.ts';
import { fuzzFrames } from '../unit/abuse/fuzz/fuzz-frames.ts';
import { fuzzHttp } from '../unit/abuse/fuzz/fuzz-http.ts';
import { fuzzMessages } from '../unit/abuse/fuzz/fuzz-messages.ts';
import { fuzzPrograms } from '../unit/abuse/fuzz/fuzz-programs.ts';
import { fuzzSessions } from '../unit/abuse/fuzz/fuzz-sessions.ts';
import { fuzzSignalling } from '../unit/abuse/fuzz/fuzz-signalling.ts';
import { fuzzSpecs } from '../unit/abuse/fuzz/fuzz-specs.ts';
import { reportTally } from '../unit/abuse/fuzz/seed.ts';
import type { FuzzFamily } from '../unit/abuse/fuzz/tally.ts';

const FAMILIES: readonly { readonly name: string; readonly family: FuzzFamily; readonly cases: number }[] = [
  { name: 'frames', family: fuzzFrames, cases: 250_000 },
  { name: 'messages', family: fuzzMessages, cases: 360_000 },
  { name: 'job specs', family: fuzzSpecs, cases: 150_000 },
  { name: 'signalling', family: fuzzSignalling, cases: 150_000 },
  { name: 'sessions', family: fuzzSessions, cases: 20_000 },
  { name: 'HTTP', family: fuzzHttp, cases: 48_000 },
  { name: 'programs', family: fuzzPrograms, cases: 20_000 },
  { name: 'examined programs', family: fuzzExaminer, cases: 2_000 },
];
const CASES = 1_000_000;
/** Runs of one family; what the second leaves behind beyond the first is what grows. */
const PARTS = 4;
const GROWTH_BYTES = 24 * 1024 * 1024;

const { OSTRAKA_FUZZ_SEED } = process.env;
const SEED = OSTRAKA_FUZZ_SEED === undefined ? Math.floor(Math.random() * 0x8000_0000) : Number(OSTRAKA_FUZZ_SEED);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heapNow(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it('the shares are a million cases together', () => {
  expect(FAMILIES.reduce((sum, { cases }) => sum + cases, 0)).toBe(CASES);
});

it.each(FAMILIES)('$name, $cases cases: refused by code, and memory is what it was', async ({ name, family, cases }) => {
  const startedAtMs = performance.now();
  const heap: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const tally = await family(cases / PARTS, SEED + part);
    heap.push(heapNow());
    reportTally(name, tally, SEED + part);
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  console.log(
    `${name}: ${seconds.toFixed(1)} s; heap after each part, in MB: ${heap.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')}.`,
  );
  expect(heap.at(-1)! - heap[0]!).toBeLessThan(GROWTH_BYTES);
});
