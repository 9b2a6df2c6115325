// What can be said of a program before anybody is asked: how much work it is, and by what its outputs can be compared.
import type { BufferInit } from '../engine/backend.ts';
import type { StageSpec } from '../protocol/job.ts';
import type { LintReport } from '../protocol/lint.ts';
import type { rangeOfShard } from '../protocol/shard.ts';

export interface TrialFindings {
  readonly lint: LintReport;
  /** Work units of one workgroup; null when the sample took too long for this page. */
  readonly workPerWorkgroup: number | null;
}

/** Workgroups of the shard that are run forwards and backwards. */
const SAMPLE_WORKGROUPS = 2;
/** Loop turns for each: a fifth of a second at most, as the page may share its thread. */
const SAMPLE_FUEL = 20_000_000n;

/** `buffers` are those of the shard in `range`. Null when our compiler cannot take the program. Between its steps the page gets its turn. */
export async function lintTrial(
  stage: StageSpec,
  buffers: ReadonlyMap<string, BufferInit>,
  range: ReturnType<typeof rangeOfShard>,
  entryPoint: string,
  signal: AbortSignal | undefined,
): Promise<TrialFindings | null> {
  const [{ lintInSteps }, { sliceShard }] = await Promise.all([import('../engine/cpu/lint-sample.ts'), import('../engine/slice-shard.ts')]);
  const shard = { ...range, grid: stage.grid };
  // A whole output is one leaf of the whole shard: it is run as it is, or not at all.
  const isWhole = Object.values(stage.outputs).some(({ layout }) => layout.kind === 'whole');
  const boxes = [];
  for (let done = 0; done < (isWhole ? range.count : Math.min(range.count, SAMPLE_WORKGROUPS)); ) {
    const box = sliceShard(shard, done, SAMPLE_WORKGROUPS);
    if (box === null) break;
    boxes.push(box);
    done += box.size[0] * box.size[1] * box.size[2];
  }
  const { wgsl, outputs } = stage;
  const steps = lintInSteps({ wgsl, entryPoint, outputs, runs: [{ buffers, shard, boxes }], fuel: SAMPLE_FUEL });
  try {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { lint: step.value.report, workPerWorkgroup: step.value.workPerWorkgroup };
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'CompileError') return null;
    throw cause;
  }
}
