// The JavaScript twin of matmul.wgsl: rows times rows, the order a cache likes; each sum still adds its products from the first to the last.
import { type Buffers, floatsOf } from './kernel.ts';

const { fround } = Math;
const n = 512;

export function matmul(buffers: Buffers): void {
  const a = floatsOf(buffers, 'a');
  const b = floatsOf(buffers, 'b');
  const c = floatsOf(buffers, 'c');
  const sums = new Float32Array(n);
  for (let row = 0; row < n; row++) {
    sums.fill(0);
    for (let k = 0; k < n; k++) addScaledRow(sums, fround(a[row * n + k]!), b, k * n);
    c.set(sums, row * n);
  }
}

function addScaledRow(sums: Float32Array, scale: number, b: Float32Array, start: number): void {
  for (let column = 0; column < n; column++) {
    sums[column] = fround(sums[column]! + fround(scale * b[start + column]!));
  }
}
