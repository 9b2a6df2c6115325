// The seed of a fuzzing run: one and the same in `npm test`, another with OSTRAKA_FUZZ_SEED; printed with what was counted.
import type { FuzzTally } from './tally.ts';

const { OSTRAKA_FUZZ_SEED } = process.env;
export const SEED = OSTRAKA_FUZZ_SEED === undefined ? 20_260_101 : Number(OSTRAKA_FUZZ_SEED);

export function reportTally(name: string, { cases, taken, refused }: FuzzTally, seed = SEED): void {
  const codes = Object.entries(refused).map(([code, count]) => `${code} ${count}`);
  console.log(`${name}: ${cases} cases from seed ${seed}, ${taken} taken, ${codes.join(', ') || 'none refused'}.`);
}
