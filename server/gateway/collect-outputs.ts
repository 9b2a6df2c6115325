// Output bytes as they came in a message's payload: cut out, and their Merkle roots computed here.
import { Fault } from '../../src/protocol/fault.ts';
import type { ShardId } from '../../src/protocol/ids.ts';
import type { Result } from '../../src/protocol/result.ts';
import { outputBytes } from '../../src/protocol/shard.ts';
import type { OutputBytes } from '../coordinator/change.ts';
import type { ShardShape } from '../coordinator/runner.ts';
import { rootOfOutput } from './root-of-output.ts';

export type ShapeOf = (shard: ShardId) => ShardShape | null;

/**
 * Parallel to `results`: the bytes of those that brought them all, null for the others (also when they do not fit the manifest:
 * the core says so in the receipt). Throws `bad-message` when the offsets do not tile the payload, so that no byte is hashed twice.
 */
export function collectOutputs(
  results: readonly Result[],
  payload: Uint8Array,
  shapeOf: ShapeOf,
): readonly (readonly OutputBytes[] | null)[] {
  let at = 0;
  const collected = results.map((result) => {
    const pieces = cutPieces(result, payload, at);
    if (!pieces) return null;
    at = pieces.reduce((end, piece) => end + piece.length, at);
    const shape = shapeOf(result.claim.shard);
    return shape && makeOutputs(shape, pieces);
  });
  if (at !== payload.length)
    throw new Fault('bad-message', `The payload has ${payload.length} bytes and the results speak of ${at}; the message was dropped.`);
  return collected;
}

/** The bytes that answer `bytes-wanted`; empty when they are not what the manifest says, null when the shard is of no running job. */
export function collectAskedOutputs(
  shard: ShardId,
  lengths: readonly number[],
  payload: Uint8Array,
  shapeOf: ShapeOf,
): readonly OutputBytes[] | null {
  const shape = shapeOf(shard);
  if (!shape) return null;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(payload.subarray(at, at + length));
    at += length;
  }
  if (at !== payload.length)
    throw new Fault('bad-message', `The payload has ${payload.length} bytes and the lengths speak of ${at}; the message was dropped.`);
  return makeOutputs(shape, pieces) ?? [];
}

/** One after another from `at`; null when the result brings no bytes. */
function cutPieces({ outcome }: Result, payload: Uint8Array, at: number): readonly Uint8Array[] | null {
  if (outcome.kind !== 'done') return null;
  const inline = outcome.outputs.filter((output) => output.payloadOffset !== null);
  if (inline.length === 0) return null;
  if (inline.length < outcome.outputs.length)
    throw new Fault('bad-message', 'A result brings the bytes of some outputs only; send all or none.');
  let offset = at;
  return inline.map((output) => {
    if (output.payloadOffset !== offset)
      throw new Fault('bad-message', 'Output bytes overlap or leave a gap in the payload; the message was dropped.');
    offset += output.bytes;
    if (offset > payload.length)
      throw new Fault('bad-message', 'A result speaks of more bytes than the payload has; the message was dropped.');
    return payload.subarray(output.payloadOffset, offset);
  });
}

function makeOutputs({ outputs, count }: ShardShape, pieces: readonly Uint8Array[]): readonly OutputBytes[] | null {
  const isRight = pieces.length === outputs.length && outputs.every((output, i) => pieces[i]?.length === outputBytes(output.layout, count));
  if (!isRight) return null;
  return outputs.map((output, i) => {
    const bytes = pieces[i] as Uint8Array;
    return { name: output.name, root: rootOfOutput(output, bytes), bytes };
  });
}
