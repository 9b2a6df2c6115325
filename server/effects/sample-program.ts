// Runs sample workgroups on the CPU path with bounded fuel, together and alone: cost, and whether each keeps to its own piece.
import type { BufferInit, DispatchBox, ShardUniform } from '../../src/engine/backend.ts';
import { lintSample } from '../../src/engine/cpu/lint-sample.ts';
import { runSample, type SampleOutcome } from '../../src/engine/cpu/run-sample.ts';
import { countBoxWorkgroups, sliceShard } from '../../src/engine/slice-shard.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { StageSpec } from '../../src/protocol/job.ts';
import type { LintReport } from '../../src/protocol/lint.ts';
import { countWorkgroups, outputBytes } from '../../src/protocol/shard.ts';
import { REFERENCE_WORK_PER_SECOND, secondsOfWork } from '../../src/protocol/work.ts';
import { PARAMETERS_BINDING } from './match-bindings.ts';
import type { SampleReport } from './program-report.ts';

/** Loop turns and calls that one sample run may take: seconds, measured 2 to 10 ns a turn in code that V8 has no time to improve. */
export const SAMPLE_FUEL = 1_000_000_000n;
/** Work units that one shard may take, by the sample: a minute of one core. */
export const MAX_SHARD_WORK = 60 * REFERENCE_WORK_PER_SECOND;
const SAMPLE_WORKGROUPS = 2;

interface SampleRequest {
  readonly stage: StageSpec;
  readonly inputs: Readonly<Record<string, Uint8Array>>;
  readonly parameters: Uint8Array | null;
  /** Compiled with fuel and metered. */
  readonly module: Uint8Array;
}

export function sampleProgram(request: SampleRequest): SampleReport {
  const { stage } = request;
  const { isWhole, count, bases } = pickSamples(stage);
  let most = 0;
  for (const base of bases) {
    const { outputs, work } = run(request, base, count, count);
    most = Math.max(most, Number(work) / count);
    if (!isWhole) checkSeparable(request, base, count, outputs);
  }
  checkShardWork(most, stage.workgroupsPerShard);
  return { workgroups: bases.length * count, workPerWorkgroup: Math.ceil(most) };
}

/** Where the samples begin and how many workgroups each has: the first, middle and last few, or a whole shard. */
function pickSamples(stage: StageSpec): { readonly isWhole: boolean; readonly count: number; readonly bases: readonly number[] } {
  const total = countWorkgroups(stage.grid);
  const isWhole = Object.values(stage.outputs).some((output) => output.layout.kind === 'whole');
  const count = Math.min(total, isWhole ? stage.workgroupsPerShard : SAMPLE_WORKGROUPS);
  return { isWhole, count, bases: isWhole ? [0] : [...new Set([0, Math.floor((total - count) / 2), total - count])] };
}

/** What the samples say of the order of invocations, and the text of floats. */
export function lintSamples(request: SampleRequest, entryPoint: string): LintReport {
  const { stage } = request;
  const { count, bases } = pickSamples(stage);
  const runs = bases.map((base) => {
    const shard = { base, count, grid: stage.grid };
    return { buffers: fillBuffers(request, base, count), shard, boxes: cutBoxes(shard, count) };
  });
  return lintSample({ wgsl: stage.wgsl, entryPoint, outputs: stage.outputs, runs, fuel: SAMPLE_FUEL, module: request.module }).report;
}

function checkShardWork(workPerWorkgroup: number, workgroups: number): void {
  const shardWork = workPerWorkgroup * workgroups;
  if (shardWork <= MAX_SHARD_WORK) return;
  const fits = Math.max(1, Math.floor(MAX_SHARD_WORK / workPerWorkgroup));
  const say = (work: number): string => `${Math.round(secondsOfWork(work))} s of one processor core`;
  const sentence =
    workPerWorkgroup > MAX_SHARD_WORK
      ? `One workgroup is work for ${say(workPerWorkgroup)}, the limit is ${say(MAX_SHARD_WORK)}: make it do less.`
      : `A shard would be work for ${say(shardWork)}, the limit is ${say(MAX_SHARD_WORK)}: put at most ${fits} workgroups into it.`;
  throw new Fault('bad-spec', sentence, { facts: { field: 'workgroupsPerShard', most: fits } });
}

type SampleRun = Extract<SampleOutcome, { kind: 'done' }>;
type Outputs = SampleRun['outputs'];

/** Runs the first `ran` of a shard of `count` workgroups. */
function run(request: SampleRequest, base: number, count: number, ran: number): SampleRun {
  const shard = { base, count, grid: request.stage.grid };
  const buffers = fillBuffers(request, base, count);
  const outcome = runOrRefuse(() =>
    runSample({ program: { module: request.module }, buffers, shard, boxes: cutBoxes(shard, ran), fuel: SAMPLE_FUEL }),
  );
  if (outcome.kind === 'done') return outcome;
  throw new Fault(
    'program-runs-away',
    `A sample workgroup did not end within ${SAMPLE_FUEL} loop turns; bound its loops and submit it again.`,
  );
}

function fillBuffers(request: SampleRequest, base: number, count: number): ReadonlyMap<string, BufferInit> {
  const { stage } = request;
  const buffers = new Map<string, BufferInit>();
  for (const [name, bytes] of Object.entries(request.inputs)) {
    const slice = stage.inputs[name]?.slice;
    buffers.set(name, { bytes: slice ? bytes.slice(base * slice.bytesPerWorkgroup, (base + count) * slice.bytesPerWorkgroup) : bytes });
  }
  if (request.parameters) buffers.set(PARAMETERS_BINDING, { bytes: request.parameters });
  for (const [name, output] of Object.entries(stage.outputs)) buffers.set(name, { zeroBytes: outputBytes(output.layout, count) });
  return buffers;
}

/** The program's own text is to blame for what it throws here: it was valid, its module was made by us, its buffers fit. */
function runOrRefuse(run: () => SampleOutcome): SampleOutcome {
  try {
    return run();
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('bad-program', `A sample workgroup failed: ${what}`, { cause });
  }
}

function cutBoxes(shard: ShardUniform, workgroups: number): readonly DispatchBox[] {
  const boxes: DispatchBox[] = [];
  for (let done = 0; done < workgroups; ) {
    const box = sliceShard(shard, done, workgroups - done);
    if (!box) break;
    boxes.push(box);
    done += countBoxWorkgroups(box);
  }
  return boxes;
}

/** A workgroup must write its own piece and no other, and write the same alone. */
function checkSeparable(request: SampleRequest, base: number, count: number, together: Outputs): void {
  const first = run(request, base, count, 1).outputs;
  for (const [name, output] of Object.entries(request.stage.outputs)) {
    if (output.layout.kind !== 'byWorkgroup') continue;
    const piece = output.layout.bytesPerWorkgroup;
    const outside = first.get(name)!.subarray(piece);
    if (outside.some((byte) => byte !== 0)) {
      throw notSeparable(name, `workgroup ${base} writes outside its own ${piece} bytes`);
    }
    for (let at = 0; at < count; at++) {
      const alone = at === 0 ? first : run(request, base + at, 1, 1).outputs;
      const expected = together.get(name)!.subarray(at * piece, (at + 1) * piece);
      const got = alone.get(name)!.subarray(0, piece);
      if (!expected.every((byte, i) => byte === got[i]))
        throw notSeparable(name, `workgroup ${base + at} gives other bytes alone than beside its neighbour`);
    }
  }
}

function notSeparable(name: string, what: string): Fault {
  const sentence = `Output ${name}: ${what}. Write piece (linear workgroup - shard.base) of bytesPerWorkgroup and nothing else, or declare the layout "whole".`;
  return new Fault('program-not-separable', sentence, { facts: { field: `outputs.${name}` } });
}
