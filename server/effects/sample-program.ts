// Runs sample workgroups on the CPU path with bounded fuel, together and alone: cost, and whether each keeps to its own piece.
import type { BufferInit, DispatchBox, ShardUniform } from '../../src/engine/backend.ts';
import { runSample, type SampleOutcome } from '../../src/engine/cpu/run-sample.ts';
import { countBoxWorkgroups, sliceShard } from '../../src/engine/slice-shard.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { StageSpec } from '../../src/protocol/job.ts';
import { countWorkgroups, outputBytes } from '../../src/protocol/shard.ts';
import { PARAMETERS_BINDING } from './match-bindings.ts';
import type { SampleReport } from './program-report.ts';

/** Loop turns and calls that one sample run may take. */
export const SAMPLE_FUEL = 2_000_000_000n;
/** CPU time that one shard may take, by the sample. */
export const MAX_SHARD_MS = 60_000;
const SAMPLE_WORKGROUPS = 2;

interface SampleRequest {
  readonly stage: StageSpec;
  readonly inputs: Readonly<Record<string, Uint8Array>>;
  readonly parameters: Uint8Array | null;
  /** Compiled with fuel. */
  readonly module: Uint8Array;
  readonly nowMs: () => number;
}

export function sampleProgram(request: SampleRequest): SampleReport {
  const { stage } = request;
  const total = countWorkgroups(stage.grid);
  const isWhole = Object.values(stage.outputs).some((output) => output.layout.kind === 'whole');
  const count = Math.min(total, isWhole ? stage.workgroupsPerShard : SAMPLE_WORKGROUPS);
  const bases = isWhole ? [0] : [...new Set([0, Math.floor((total - count) / 2), total - count])];
  let worstMs = 0;
  for (const base of bases) {
    const startedMs = request.nowMs();
    const together = run(request, base, count, count);
    worstMs = Math.max(worstMs, (request.nowMs() - startedMs) / count);
    if (!isWhole) checkSeparable(request, base, count, together);
  }
  const shardMs = worstMs * stage.workgroupsPerShard;
  if (shardMs > MAX_SHARD_MS) {
    const fits = Math.max(1, Math.floor(MAX_SHARD_MS / worstMs));
    const sentence =
      worstMs > MAX_SHARD_MS
        ? `One workgroup takes ${Math.round(worstMs / 1_000)} s on a CPU, the limit is ${MAX_SHARD_MS / 1_000} s: make it do less.`
        : `A shard would take ${Math.round(shardMs / 1_000)} s on a CPU, the limit is ${MAX_SHARD_MS / 1_000} s: put at most ${fits} workgroups into it.`;
    throw new Fault('bad-spec', sentence, { facts: { field: 'workgroupsPerShard', most: fits } });
  }
  return { workgroups: bases.length * count, msPerWorkgroup: worstMs };
}

type Outputs = ReadonlyMap<string, Uint8Array>;

/** Runs the first `ran` of a shard of `count` workgroups. */
function run(request: SampleRequest, base: number, count: number, ran: number): Outputs {
  const { stage } = request;
  const buffers = new Map<string, BufferInit>();
  for (const [name, bytes] of Object.entries(request.inputs)) {
    const slice = stage.inputs[name]?.slice;
    buffers.set(name, { bytes: slice ? bytes.slice(base * slice.bytesPerWorkgroup, (base + count) * slice.bytesPerWorkgroup) : bytes });
  }
  if (request.parameters) buffers.set(PARAMETERS_BINDING, { bytes: request.parameters });
  for (const [name, output] of Object.entries(stage.outputs)) buffers.set(name, { zeroBytes: outputBytes(output.layout, count) });
  const shard = { base, count, grid: stage.grid };
  const outcome = runOrRefuse(() =>
    runSample({ program: { module: request.module }, buffers, shard, boxes: cutBoxes(shard, ran), fuel: SAMPLE_FUEL }),
  );
  if (outcome.kind === 'done') return outcome.outputs;
  throw new Fault(
    'program-runs-away',
    `A sample workgroup did not end within ${SAMPLE_FUEL} loop turns; bound its loops and submit it again.`,
  );
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
  const first = run(request, base, count, 1);
  for (const [name, output] of Object.entries(request.stage.outputs)) {
    if (output.layout.kind !== 'byWorkgroup') continue;
    const piece = output.layout.bytesPerWorkgroup;
    const outside = first.get(name)!.subarray(piece);
    if (outside.some((byte) => byte !== 0)) {
      throw notSeparable(name, `workgroup ${base} writes outside its own ${piece} bytes`);
    }
    for (let at = 0; at < count; at++) {
      const alone = at === 0 ? first : run(request, base + at, 1, 1);
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
