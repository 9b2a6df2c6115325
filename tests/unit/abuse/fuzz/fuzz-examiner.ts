// Fuzzes the examination of programs as a quote does it: in its child process, with Tint, the compiler and the samples.
import { createProgramExaminer } from '../../../../server/effects/program-examiner.ts';
import type { FaultCode } from '../../../../src/protocol/fault.ts';
import type { StageSpec } from '../../../../src/protocol/job.ts';
import { createChance } from './chance.ts';
import { makeProgram } from './fuzz-programs.ts';
import { countRefusal, createTally, type FuzzFamily } from './tally.ts';

const CODES: readonly FaultCode[] = ['bad-program', 'bad-spec', 'program-runs-away', 'program-not-separable', 'program-not-deterministic'];

/** Every program is judged by one of the codes of API.md; that its process fails is nobody's verdict. */
export const fuzzExaminer: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  const examiner = createProgramExaminer();
  try {
    while (tally.cases < cases) {
      tally.cases++;
      const stage = makeStage(makeProgram(chance));
      try {
        await examiner.examine({ stage, inputs: {} });
        tally.taken++;
      } catch (cause) {
        countRefusal(tally, cause, CODES, () => `seed ${seed}\n${stage.wgsl}`);
      }
    }
  } finally {
    examiner.stop();
  }
  return tally;
};

function makeStage(wgsl: string): StageSpec {
  return {
    name: 'main',
    wgsl,
    grid: [8, 1, 1],
    workgroupsPerShard: 4,
    parameters: {},
    inputs: {},
    outputs: { out: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4 }, element: 'u32', comparison: { kind: 'exact' } } },
  };
}
