// Where a rejected result first differs from the accepted one: what its sender is shown, so that "outvoted" is not a mere claim.
import type { Difference } from '../../src/protocol/api-standing.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import { outlierShare, viewElements } from '../../src/protocol/outlier-share.ts';

interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const SHOWN_BYTES = 16;

/** Null when nothing differs. Compared within a tolerance, the first element outside of it counts, else the first byte. */
export function findDifference(
  mine: readonly NamedBytes[],
  accepted: readonly NamedBytes[],
  outputs: readonly ManifestOutput[],
): Difference | null {
  for (const output of outputs) {
    const left = mine.find(({ name }) => name === output.name)?.bytes;
    const right = accepted.find(({ name }) => name === output.name)?.bytes;
    const found = left && right ? compareOutput(left, right, output) : null;
    if (found) return found;
  }
  return null;
}

function compareOutput(mine: Uint8Array, accepted: Uint8Array, output: ManifestOutput): Difference | null {
  const index = findOutlier(mine, accepted, output);
  const byte = index === null ? findByte(mine, accepted) : index * (output.element === 'u8' ? 1 : 4);
  if (byte === null) return null;
  const element = index === null ? null : readElement(mine, accepted, output, index);
  return { output: output.name, byte, mineHex: toHex(mine, byte), acceptedHex: toHex(accepted, byte), element };
}

/** Null where outputs are compared exactly, or all elements are within the tolerance. */
function findOutlier(mine: Uint8Array, accepted: Uint8Array, { comparison, element }: ManifestOutput): number | null {
  if (comparison.kind !== 'tolerance' || mine.length !== accepted.length) return null;
  const size = element === 'u8' ? 1 : 4;
  const differs = (at: number): boolean =>
    outlierShare(mine.subarray(at * size, (at + 1) * size), accepted.subarray(at * size, (at + 1) * size), element, comparison) > 0;
  for (let at = 0; at < Math.floor(mine.length / size); at++) {
    if (!areSame(mine, accepted, at * size, size) && differs(at)) return at;
  }
  return null;
}

function areSame(left: Uint8Array, right: Uint8Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at++) if (left[at] !== right[at]) return false;
  return true;
}

/** A result that is the beginning of the other differs where it ends. */
function findByte(left: Uint8Array, right: Uint8Array): number | null {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) if (left[at] !== right[at]) return at;
  return left.length === right.length ? null : shared;
}

/** Null for what JSON cannot say: infinities and NaN. */
function readElement(mine: Uint8Array, accepted: Uint8Array, { element }: ManifestOutput, index: number): Difference['element'] {
  const values = { mine: viewElements(mine, element)[index]!, accepted: viewElements(accepted, element)[index]! };
  return Number.isFinite(values.mine) && Number.isFinite(values.accepted) ? { index, type: element, ...values } : null;
}

function toHex(bytes: Uint8Array, from: number): string {
  return Array.from(bytes.subarray(from, from + SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
