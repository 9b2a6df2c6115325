/** Compares our outputs with another implementation's: integers equal, exact floats equal as numbers, approximate ones near. */
import type { Outputs } from './run-ours.ts';

/** The builtins are asked in ranges where WGSL's bounds are far smaller than this. */
const tolerance = 2e-3;

function isNear(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

/** A word is equal, or both are a zero: implementations may lose a zero's sign. `cells` holds floats and integers, so there too. */
function isSameWord(a: number, b: number): boolean {
  return a === b || ((a | b) & 0x7fffffff) === 0;
}

/** null where nothing differs. */
export function compareOutputs(ours: Outputs, theirs: Outputs): string | null {
  for (const [name, bytes] of Object.entries(ours)) {
    const other = theirs[name];
    if (other === undefined || other.length !== bytes.length) return `${name} has another size`;
    const [a, b] = [bytes, other].map((each) => new DataView(each.buffer, each.byteOffset, each.byteLength)) as [DataView, DataView];
    for (let at = 0; at < bytes.length; at += 4) {
      const isSame =
        name === 'approx'
          ? isNear(a.getFloat32(at, true), b.getFloat32(at, true))
          : isSameWord(a.getUint32(at, true), b.getUint32(at, true));
      if (isSame) continue;
      const tell = (view: DataView): string =>
        name === 'approx' || name === 'fout'
          ? String(view.getFloat32(at, true))
          : `${view.getUint32(at, true)} (${view.getFloat32(at, true)})`;
      return `${name}[${at / 4}] is ${tell(a)}, elsewhere ${tell(b)}`;
    }
  }
  return null;
}
