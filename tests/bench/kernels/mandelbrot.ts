// The JavaScript twin of mandelbrot.wgsl: the same operations in the same order, each rounded to f32.
import { type Buffers, wordsOf } from './kernel.ts';

const { fround } = Math;
const side = 1024;
const limit = 256;
const step = fround(2.5 / 1024);

export function mandelbrot(buffers: Buffers): void {
  const turns = wordsOf(buffers, 'turns');
  for (let row = 0; row < side; row++) {
    const cy = fround(-1.25 + fround(row * step));
    for (let column = 0; column < side; column++) {
      turns[row * side + column] = countTurns(fround(-2 + fround(column * step)), cy);
    }
  }
}

function countTurns(cx: number, cy: number): number {
  let x = fround(0);
  let y = fround(0);
  let n = 0;
  for (; n < limit; n++) {
    const xx = fround(x * x);
    const yy = fround(y * y);
    if (fround(xx + yy) > 4) break;
    y = fround(fround(fround(2 * x) * y) + cy);
    x = fround(fround(xx - yy) + cx);
  }
  return n;
}
