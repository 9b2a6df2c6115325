/**
 * Recomputes one leaf of a shard's output, and nothing else of the shard: the referee when two results differ, the audit of a single one.
 *
 * A leaf of a `byWorkgroup` output is the piece of a few consecutive workgroups, so only these run; a `whole` output is one leaf, and the whole shard runs.
 * The workgroups see what they saw in the shard: its base and count, its part of sliced inputs, and outputs of its full size.
 */

import type { ManifestInput, ManifestOutput, Size3 } from '../../protocol/job.ts';
import { leafBytes, leafHash } from '../../protocol/merkle.ts';
import { outputBytes } from '../../protocol/shard.ts';
import { type BufferInit, type DispatchBox, EngineError, type ShardUniform } from '../backend.ts';
import { countBoxWorkgroups, sliceShard } from '../slice-shard.ts';
import { runSample, type SampleRequest } from './run-sample.ts';

/** What of a stage and its manifest a leaf depends on. */
export interface LeafProgram {
  /** WGSL text, compiled here, or a module that was compiled before: with fuel if it is to be bounded. */
  readonly program: SampleRequest['program'];
  readonly grid: Size3;
  readonly inputs: readonly Pick<ManifestInput, 'name' | 'bytesPerWorkgroup'>[];
  readonly outputs: readonly Pick<ManifestOutput, 'name' | 'layout' | 'workgroupsPerLeaf'>[];
}

export interface Leaf {
  readonly output: string;
  /** From 0, in the order of the Merkle tree. */
  readonly index: number;
}

export interface LeafLimits {
  /** Loop turns and calls allowed; null, the default: no bound. */
  readonly fuel?: bigint | null;
}

export type LeafOutcome =
  | {
      readonly kind: 'done';
      readonly bytes: Uint8Array;
      readonly hash: Uint8Array;
      /** Workgroups that had to run. */
      readonly workgroups: number;
    }
  | { readonly kind: 'out-of-fuel' };

/** How many leaves an output of a shard has. */
export function countLeaves(output: Pick<ManifestOutput, 'layout' | 'workgroupsPerLeaf'>, workgroups: number): number {
  return output.layout.kind === 'whole' ? 1 : Math.max(1, Math.ceil(workgroups / output.workgroupsPerLeaf));
}

/**
 * `inputs` holds each input's bytes whole, by name; packed parameters are one of them. Synchronous: call it where blocking is allowed. Throws CompileError
 * for text that does not compile, EngineError 'unknown-buffer' for a leaf that the shard does not have or an input that is missing.
 */
export function recheckLeaf(
  program: LeafProgram,
  inputs: ReadonlyMap<string, Uint8Array>,
  shard: Pick<ShardUniform, 'base' | 'count'>,
  leaf: Leaf,
  limits: LeafLimits = {},
): LeafOutcome {
  const output = program.outputs.find(({ name }) => name === leaf.output);
  if (output === undefined || !Number.isInteger(leaf.index) || leaf.index < 0 || leaf.index >= countLeaves(output, shard.count))
    throw new EngineError('unknown-buffer', `The shard has no leaf ${leaf.index} of an output "${leaf.output}".`);
  const first = output.layout.kind === 'whole' ? 0 : leaf.index * output.workgroupsPerLeaf;
  const last = output.layout.kind === 'whole' ? shard.count : Math.min(shard.count, first + output.workgroupsPerLeaf);
  const uniform: ShardUniform = { base: shard.base, count: shard.count, grid: program.grid };
  const outcome = runSample({
    program: program.program,
    buffers: fillBuffers(program, inputs, shard),
    shard: uniform,
    boxes: cutBoxes(uniform, first, last),
    fuel: limits.fuel ?? null,
  });
  if (outcome.kind === 'out-of-fuel') return { kind: 'out-of-fuel' };
  const size = leafBytes(output);
  const bytes = (outcome.outputs.get(leaf.output) ?? new Uint8Array(0)).slice(leaf.index * size, (leaf.index + 1) * size);
  return { kind: 'done', bytes, hash: leafHash(bytes), workgroups: last - first };
}

function fillBuffers(
  program: LeafProgram,
  inputs: ReadonlyMap<string, Uint8Array>,
  shard: Pick<ShardUniform, 'base' | 'count'>,
): ReadonlyMap<string, BufferInit> {
  const buffers = new Map<string, BufferInit>();
  for (const { name, bytesPerWorkgroup: piece } of program.inputs) {
    const bytes = inputs.get(name);
    if (bytes === undefined) throw new EngineError('missing-buffer', `The bytes of input "${name}" were not given.`);
    buffers.set(name, { bytes: piece === null ? bytes : bytes.subarray(shard.base * piece, (shard.base + shard.count) * piece) });
  }
  for (const { name, layout } of program.outputs) buffers.set(name, { zeroBytes: outputBytes(layout, shard.count) });
  return buffers;
}

function cutBoxes(shard: ShardUniform, first: number, last: number): readonly DispatchBox[] {
  const boxes: DispatchBox[] = [];
  for (let done = first; done < last; ) {
    const box = sliceShard(shard, done, last - done);
    if (box === null) break;
    boxes.push(box);
    done += countBoxWorkgroups(box);
  }
  return boxes;
}
