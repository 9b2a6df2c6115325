// Turns an assignment's manifest digest into everything an engine needs: the program, its inputs, its outputs.
import type { ProgramSource } from '../engine/backend.ts';
import { Fault } from '../protocol/fault.ts';
import { MAX_HEADER_BYTES, MAX_MESSAGE_BYTES } from '../protocol/frame.ts';
import type { Digest } from '../protocol/ids.ts';
import type { ManifestInput, StageManifest } from '../protocol/job.ts';
import { outputBytes, type Shard } from '../protocol/shard.ts';
import type { BlobSource } from './blob-source.ts';

/** All outputs of one shard travel in one message at most. */
export const MAX_SHARD_BYTES = MAX_MESSAGE_BYTES - MAX_HEADER_BYTES - 4;
/** Inputs of one stage that a device takes into memory. */
export const MAX_INPUT_BYTES = 512 * 1024 * 1024;

export interface LoadedInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface LoadedStage {
  readonly digest: Digest;
  readonly manifest: StageManifest;
  readonly source: ProgramSource;
  /** Inputs given whole to every shard. */
  readonly whole: readonly LoadedInput[];
  /** Inputs of which a shard gets its own part. */
  readonly sliced: readonly { readonly input: ManifestInput; readonly bytes: Uint8Array }[];
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Rejects with a Fault when something cannot be fetched, is not what it claims, or is too large for a device. */
export async function loadStage(digest: Digest, blobs: BlobSource): Promise<LoadedStage> {
  const manifest = parseManifest(await blobs.read(digest));
  const [wgsl, module, ...inputs] = await Promise.all([
    blobs.read(manifest.wgsl),
    manifest.module === null ? null : blobs.read(manifest.module),
    ...manifest.inputs.map((input) => blobs.read(input.digest)),
  ]);
  const loaded = manifest.inputs.map((input, i) => ({ input, bytes: inputs[i] as Uint8Array }));
  return {
    digest,
    manifest,
    // The manifest carries the compiler's whole reflection as JSON; its protocol type names only what the wire promises.
    source: { wgsl: decoder.decode(wgsl), module, reflection: manifest.reflection as unknown as ProgramSource['reflection'] },
    whole: loaded.filter(({ input }) => input.bytesPerWorkgroup === null).map(({ input, bytes }) => ({ name: input.name, bytes })),
    sliced: loaded.filter(({ input }) => input.bytesPerWorkgroup !== null),
  };
}

/** The digest was checked, so only a coordinator's own mistake can be wrong here. */
export function parseManifest(bytes: Uint8Array): StageManifest {
  let manifest: StageManifest;
  try {
    manifest = JSON.parse(decoder.decode(bytes)) as StageManifest;
  } catch (cause) {
    throw new Fault('bad-message', 'The manifest of a stage is not JSON; its shards are handed back.', { cause });
  }
  if (manifest?.v !== 1) throw new Fault('upgrade-required', 'The manifest of a stage has a version that this contributor does not know.');
  const inputs = manifest.inputs.reduce((sum, input) => sum + input.bytes, 0);
  if (inputs > MAX_INPUT_BYTES) throw new Fault('too-large', `A stage has ${inputs} bytes of input; this device takes ${MAX_INPUT_BYTES}.`);
  const outputs = manifest.outputs.reduce((sum, { layout }) => sum + outputBytes(layout, manifest.workgroupsPerShard), 0);
  if (outputs > MAX_SHARD_BYTES) {
    throw new Fault('too-large', `A shard has ${outputs} bytes of output; one message carries ${MAX_SHARD_BYTES}.`);
  }
  return manifest;
}

/** As the coordinator reckons it before it hands a shard out. */
export function largestBufferBytes({ inputs, outputs, workgroupsPerShard }: StageManifest): number {
  return Math.max(0, ...inputs.map(({ bytes }) => bytes), ...outputs.map(({ layout }) => outputBytes(layout, workgroupsPerShard)));
}

/** The part of a sliced input that a shard's workgroups read. */
export function sliceInput(
  input: Pick<ManifestInput, 'bytesPerWorkgroup'>,
  bytes: Uint8Array,
  shard: Pick<Shard, 'base' | 'count'>,
): Uint8Array {
  const piece = input.bytesPerWorkgroup ?? 0;
  return bytes.slice(shard.base * piece, (shard.base + shard.count) * piece);
}
