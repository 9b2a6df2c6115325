/** How large what an invocation is told about itself can be. */
import type { BuiltinName } from './ir.ts';

/** null: not told by the workgroup's size. */
export function largestId(name: BuiltinName, [x, y, z]: readonly [number, number, number]): number | null {
  switch (name) {
    case 'local-x':
      return x - 1;
    case 'local-y':
      return y - 1;
    case 'local-z':
      return z - 1;
    case 'local-index':
      return x * y * z - 1;
    default:
      return null;
  }
}
