// Computes random leaves of a job's results again on this machine and compares them with the bytes that the coordinator stores.
import { countLeaves, type LeafProgram, recheckLeaf } from '../engine/cpu/recheck-leaf.ts';
import { compileFuelled } from '../engine/cpu/run-sample.ts';
import type { JobReceipt, ShardView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import type { JobId } from '../protocol/ids.ts';
import type { ManifestOutput, StageManifest } from '../protocol/job.ts';
import { leafBytes } from '../protocol/merkle.ts';
import { outlierShare, viewElements } from '../protocol/outlier-share.ts';
import { rangeOfShard } from '../protocol/shard.ts';
import type { Client } from '../requester/create-client.ts';
import { readBlob } from '../requester/read-blob.ts';
import { readShardOutput } from '../requester/read-shard-output.ts';

export interface LeavesCheck {
  /** One for each leaf, in the order they were drawn. */
  readonly leaves: readonly LeafCheck[];
  /** Why no leaf can be computed here; null when they were. */
  readonly refusal: string | null;
}

export interface LeafCheck {
  readonly shard: number;
  readonly output: string;
  readonly leaf: number;
  readonly holds: 'exactly' | 'within-tolerance' | 'no';
  readonly sentence: string;
}

/** Loop turns and calls for one leaf: a job whose text would never end is said to be so. */
export const LEAF_FUEL = 10_000_000_000n;

/** Draws `count` leaves evenly over all final shards; the same seed draws the same ones. Compiles the job's own text, so it trusts no module. */
export async function recheckLeaves(client: Client, receipt: JobReceipt, count: number, seed: number): Promise<LeavesCheck> {
  const manifest = JSON.parse(new TextDecoder().decode(await readBlob(client, receipt.manifest))) as StageManifest;
  const final = receipt.shards.filter(({ verdict }) => verdict === 'final');
  const inputs = new Map<string, Uint8Array>();
  for (const { name, digest } of manifest.inputs) inputs.set(name, await readBlob(client, digest));
  const wgsl = new TextDecoder().decode(await readBlob(client, manifest.wgsl));
  const module = compileOrExplain(wgsl, manifest.reflection.entryPoint);
  if (typeof module === 'string') return { leaves: [], refusal: module };
  const program: LeafProgram = {
    program: { module },
    grid: manifest.grid,
    inputs: manifest.inputs,
    outputs: manifest.outputs,
  };
  const random = createRandom(seed);
  const leaves: LeafCheck[] = [];
  for (let i = 0; i < count && final.length > 0; i++) {
    const shard = final[Math.floor(random() * final.length)] as ShardView;
    const output = manifest.outputs[Math.floor(random() * manifest.outputs.length)] as ManifestOutput;
    leaves.push(await checkLeaf(client, { job: receipt.job.id, manifest, program, inputs }, shard, output, random));
  }
  return { leaves, refusal: null };
}

function compileOrExplain(wgsl: string, entryPoint: string): Uint8Array | string {
  try {
    return compileFuelled({ wgsl, entryPoint });
  } catch (cause) {
    if (!(cause instanceof Error && cause.name === 'CompileError')) throw cause;
    return `This program has no form for a CPU, so no leaf can be computed here: ${cause.message}`;
  }
}

interface Stage {
  readonly job: JobId;
  readonly manifest: StageManifest;
  readonly program: LeafProgram;
  readonly inputs: ReadonlyMap<string, Uint8Array>;
}

async function checkLeaf(client: Client, stage: Stage, shard: ShardView, output: ManifestOutput, random: () => number): Promise<LeafCheck> {
  const range = rangeOfShard(stage.manifest.grid, stage.manifest.workgroupsPerShard, shard.index);
  const index = Math.floor(random() * countLeaves(output, range.count));
  const about = { shard: shard.index, output: output.name, leaf: index };
  const name = `Shard ${shard.index}, ${output.name}, leaf ${index}`;
  const stored = await readStored(client, stage.job, shard, output.name);
  if (stored === null) return { ...about, holds: 'no', sentence: `${name}: its bytes are not stored.` };
  const outcome = recheckLeaf(stage.program, stage.inputs, range, { output: output.name, index }, { fuel: LEAF_FUEL });
  if (outcome.kind === 'out-of-fuel')
    return { ...about, holds: 'no', sentence: `${name}: the program did not end within ${LEAF_FUEL} loop turns.` };
  const size = leafBytes(output);
  const kept = stored.subarray(index * size, (index + 1) * size);
  if (kept.length === outcome.bytes.length && outcome.bytes.every((byte, i) => byte === kept[i]))
    return { ...about, holds: 'exactly', sentence: `${name}: holds, byte for byte.` };
  return { ...about, ...judge(output, outcome.bytes, kept, stored, name) };
}

/** Null when they are gone; other bytes than the receipt names throw `bad-frame`. */
async function readStored(client: Client, job: JobId, shard: ShardView, name: string): Promise<Uint8Array | null> {
  try {
    return await readShardOutput(client, job, shard, name);
  } catch (cause) {
    if (cause instanceof Fault && (cause.code === 'not-found' || cause.code === 'storage-failed')) return null;
    throw cause;
  }
}

/** The outliers of a leaf may be all that the shard may have: honest devices differ where the program jumps, and jumps lie together. */
function judge(
  output: ManifestOutput,
  computed: Uint8Array,
  kept: Uint8Array,
  stored: Uint8Array,
  name: string,
): Pick<LeafCheck, 'holds' | 'sentence'> {
  const { comparison, element } = output;
  if (comparison.kind !== 'tolerance') return { holds: 'no', sentence: `${name}: other bytes were computed here than are stored.` };
  const elements = viewElements(computed, element).length;
  const outliers = Math.round(outlierShare(computed, kept, element, comparison) * elements);
  const allowed = comparison.maxOutlierShare * viewElements(stored, element).length;
  const beyond = `${outliers} of ${elements} elements differ by more than the job allows`;
  if (outliers === 0) return { holds: 'within-tolerance', sentence: `${name}: holds within the job’s tolerance.` };
  return outliers <= allowed
    ? { holds: 'within-tolerance', sentence: `${name}: holds; ${beyond}, as so many of a shard may.` }
    : { holds: 'no', sentence: `${name}: ${beyond}.` };
}

/** A number in [0, 1) at each call, the same ones for the same seed (splitmix32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
