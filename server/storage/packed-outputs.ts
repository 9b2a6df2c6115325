// The outputs of a shard as they lie in its row when they are small: root, length and bytes of each, in the manifest's order.
import type { Digest } from '../../src/protocol/ids.ts';
import type { OutputBytes } from '../coordinator/change.ts';

/** Longer outputs are blobs. */
export const INLINE_OUTPUT_BYTES = 4_096;
const ROOT_BYTES = 32;
const LENGTH_BYTES = 4;

/** All of a shard's outputs lie in its row, or none does: then they are blobs. */
export function fitsRow(outputs: readonly OutputBytes[]): boolean {
  return outputs.every((output) => output.bytes.length <= INLINE_OUTPUT_BYTES);
}

export function packOutputs(outputs: readonly OutputBytes[]): Uint8Array {
  const size = outputs.reduce((sum, output) => sum + ROOT_BYTES + LENGTH_BYTES + output.bytes.length, 0);
  const packed = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { root, bytes } of outputs) {
    at += packed.write(root, at, 'hex');
    at = packed.writeUInt32BE(bytes.length, at);
    packed.set(bytes, at);
    at += bytes.length;
  }
  return packed;
}

/** `names` are the manifest's. */
export function unpackOutputs(packed: Buffer, names: readonly string[]): readonly OutputBytes[] {
  const outputs: OutputBytes[] = [];
  for (let at = 0; at < packed.length; ) {
    const root = packed.toString('hex', at, at + ROOT_BYTES) as Digest;
    const length = packed.readUInt32BE(at + ROOT_BYTES);
    at += ROOT_BYTES + LENGTH_BYTES;
    outputs.push({ name: names[outputs.length] ?? '', root, bytes: packed.subarray(at, at + length) });
    at += length;
  }
  return outputs;
}
