/**
 * The whole lint of a program: what its text says (src/compiler/lint), and what a run of a few workgroups shows when their invocations, and they themselves,
 * run backwards. What then comes out otherwise depends on an order that no device promises: a race, or who came first at an atomic.
 */
import { compile } from '../../compiler/compile.ts';
import { lintProgram, type StaticLint, type StaticOutput } from '../../compiler/lint/lint-program.ts';
import type { Comparison, Element, OutputSpec } from '../../protocol/job.ts';
import type { LintReason, LintReport, LintVerdict, OutputLint } from '../../protocol/lint.ts';
import type { BufferInit, DispatchBox, ShardUniform } from '../backend.ts';
import { countBoxWorkgroups } from '../slice-shard.ts';
import { runSample, type SampleOutcome } from './run-sample.ts';

export interface LintRun {
  readonly buffers: ReadonlyMap<string, BufferInit>;
  readonly shard: ShardUniform;
  readonly boxes: readonly DispatchBox[];
}

export interface LintRequest {
  readonly wgsl: string;
  readonly entryPoint?: string;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  readonly runs: readonly LintRun[];
  /** Loop turns and calls for each run in each direction. */
  readonly fuel: bigint;
  /** The program compiled with fuel and metered, where it is at hand. */
  readonly module?: Uint8Array;
}

export interface LintOutcome {
  readonly report: LintReport;
  /** Work units of one workgroup, the most of the runs; null when none ended. */
  readonly workPerWorkgroup: number | null;
}

/** Synchronous: call it where blocking is allowed. Throws CompileError, and EngineError for buffers that do not fit. A run that is out of fuel shows nothing. */
export function lintSample(request: LintRequest): LintOutcome {
  const steps = lintInSteps(request);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps, for a page that wants its turn between them. */
export function* lintInSteps(request: LintRequest): Generator<undefined, LintOutcome> {
  const said = lintProgram(request.wgsl, request.entryPoint);
  yield;
  const entry = request.entryPoint === undefined ? {} : { entryPoint: request.entryPoint };
  const forwards = request.module ?? compile(request.wgsl, { ...entry, fuel: true, metered: true }).module;
  yield;
  const backwards = compile(request.wgsl, { ...entry, fuel: true, reversed: true }).module;
  yield;
  const differing = new Set<string>();
  let workgroups = 0;
  let most: number | null = null;
  for (const { buffers, shard, boxes } of request.runs) {
    const single = boxes.flatMap(cutIntoWorkgroups);
    const run = (module: Uint8Array, order: readonly DispatchBox[]): SampleOutcome =>
      runSample({ program: { module }, buffers, shard, boxes: order, fuel: request.fuel });
    const there = run(forwards, single);
    yield;
    if (there.kind !== 'done') continue;
    most = Math.max(most ?? 0, Math.ceil(Number(there.work) / single.length));
    const back = run(backwards, single.toReversed());
    yield;
    if (back.kind !== 'done') continue;
    workgroups += single.length;
    for (const [name, bytes] of there.outputs) {
      const other = back.outputs.get(name);
      if (other !== undefined && bytes.some((byte, i) => byte !== other[i])) differing.add(name);
    }
  }
  const outputs = Object.entries(request.outputs).map(([name, spec]) => judge(said, name, spec, differing.has(name), workgroups > 0));
  return { report: { outputs, workgroups }, workPerWorkgroup: most };
}

function cutIntoWorkgroups(box: DispatchBox): readonly DispatchBox[] {
  const [x, y, z] = box.first;
  const [width, height] = box.size;
  return Array.from({ length: countBoxWorkgroups(box) }, (_, i): DispatchBox => {
    const row = Math.floor(i / width);
    return { first: [x + (i % width), y + (row % height), z + Math.floor(row / height)], size: [1, 1, 1] };
  });
}

function judge(said: StaticLint, name: string, spec: OutputSpec, hasDiffered: boolean, hasRun: boolean): OutputLint {
  const output = said.outputs.find((each) => each.name === name) ?? { name, near: [], jumps: false, order: [], line: null };
  const verdict: LintVerdict = hasDiffered ? 'order' : output.near.length > 0 ? 'tolerance' : 'exact';
  const suggested: Comparison =
    verdict === 'exact' ? { kind: 'exact' } : suggestTolerance(spec.element, output.jumps || output.near.length === 0);
  const reasons = reasonsFor(said, output, verdict, hasRun);
  return { name, verdict, reasons, suggested, fits: verdict === 'exact' || spec.comparison.kind === 'tolerance' };
}

function reasonsFor(said: StaticLint, output: StaticOutput, verdict: LintVerdict, hasRun: boolean): readonly LintReason[] {
  const race: LintReason = {
    sentence:
      'Run backwards, the sample gave other bytes: it depends on which invocation runs first. Put a barrier between writing and reading what others write, or let each write its own place.',
    lines: said.sharedReads.length > 0 ? said.sharedReads : output.line === null ? [] : [output.line],
  };
  // What an atomic gives back is harmless as long as no order shows in the bytes, but a sample is only a sample.
  const unseen = (reason: LintReason): LintReason => ({
    ...reason,
    sentence: `${reason.sentence} ${hasRun ? 'The sample gave the same bytes backwards.' : 'It was not run here.'}`,
  });
  switch (verdict) {
    case 'order':
      return [...(output.order.length > 0 ? output.order : [race]), ...output.near];
    case 'tolerance':
      return [...output.near, ...output.order.map(unseen)];
    case 'exact':
      return [
        {
          sentence: 'Only integers and copies reach it: every device gives the same bytes.',
          lines: output.line === null ? [] : [output.line],
        },
        ...output.order.map(unseen),
      ];
  }
}

/** Where to begin; how far honest devices are apart is a matter of the program, and a trial on two of them tells. */
function suggestTolerance(element: Element, jumps: boolean): Comparison {
  const maxOutlierShare = jumps ? 0.01 : 0;
  switch (element) {
    case 'u8':
      return { kind: 'tolerance', abs: 4, rel: 0, maxOutlierShare };
    case 'u32':
    case 'i32':
      return { kind: 'tolerance', abs: 1, rel: 0, maxOutlierShare };
    case 'f32':
      return { kind: 'tolerance', abs: 1e-5, rel: 1e-4, maxOutlierShare };
  }
}
