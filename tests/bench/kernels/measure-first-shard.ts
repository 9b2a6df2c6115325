// The first shard of a fresh process against its later ones: V8 begins with quick, slow code and replaces none of it while it runs.
import { spreadOf } from '../print-table.ts';
import type { KernelName } from './kernel.ts';
import type { RacePlace } from './race-kernel.ts';
import { startContender } from './start-contender.ts';

/** What a shard should take, see shaders/README.md. */
const shardMs = 1_000;

export interface FirstShard {
  /** Both in times of the later ones, by CPU time of all threads, the compiling ones too. */
  readonly firstShard: number;
  readonly firstRun: number;
}

/** `runMs`: how long a run takes in the end. */
export async function measureFirstShard(kernel: KernelName, runMs: number, place: RacePlace): Promise<FirstShard> {
  const perShard = Math.max(1, Math.round(shardMs / runMs));
  const contender = await startContender('ours', kernel, place);
  try {
    const first = (await contender.run(1)).cpuMs;
    const rest = perShard === 1 ? 0 : (await contender.run(perShard - 1)).cpuMs;
    const later: number[] = [];
    for (let i = 0; i < 2; i++) later.push((await contender.run(perShard)).cpuMs);
    const { min } = spreadOf(later);
    return { firstShard: (first + rest) / min, firstRun: (first * perShard) / min };
  } finally {
    await contender.stop();
  }
}
