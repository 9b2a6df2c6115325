// Whether two contenders computed the same: equal bytes, or within the kernel's tolerance where another device may round otherwise.
import type { Tolerance } from './kernel.ts';

/** Null when they agree, else a sentence. */
export function compareOutputs(ours: readonly Uint8Array[], theirs: readonly Uint8Array[], tolerance: Tolerance | null): string | null {
  if (ours.length !== theirs.length) return `${theirs.length} outputs where ours are ${ours.length}`;
  for (const [i, bytes] of ours.entries()) {
    const fault = tolerance === null ? compareBytes(bytes, theirs[i]!) : compareWithin(bytes, theirs[i]!, tolerance);
    if (fault !== null) return fault;
  }
  return null;
}

function compareBytes(ours: Uint8Array, theirs: Uint8Array): string | null {
  if (ours.byteLength !== theirs.byteLength) return `${theirs.byteLength} bytes where ours are ${ours.byteLength}`;
  let different = 0;
  for (const [i, byte] of ours.entries()) if (byte !== theirs[i]) different++;
  return different === 0 ? null : `${different} of ${ours.byteLength} bytes differ`;
}

function compareWithin(ours: Uint8Array, theirs: Uint8Array, tolerance: Tolerance): string | null {
  const [a, b] = [elementsOf(ours, tolerance), elementsOf(theirs, tolerance)];
  if (a.length !== b.length) return `${b.length} elements where ours are ${a.length}`;
  let outliers = 0;
  for (const [i, mine] of a.entries()) {
    const other = b[i]!;
    const allowed = tolerance.abs + tolerance.rel * Math.max(Math.abs(mine), Math.abs(other));
    if (!(Math.abs(mine - other) <= allowed)) outliers++;
  }
  return outliers <= tolerance.maxOutlierShare * a.length ? null : `${outliers} of ${a.length} elements are too far apart`;
}

function elementsOf(bytes: Uint8Array, { element }: Tolerance): Uint8Array | Float32Array {
  return element === 'u8' ? bytes : new Float32Array(bytes.slice().buffer);
}
