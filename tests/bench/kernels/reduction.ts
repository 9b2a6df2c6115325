// The JavaScript twin of reduction.wgsl: one thread needs no tree.
import { type Buffers, wordsOf } from './kernel.ts';

/** In slices, so that V8 has a function to optimize early; signed, though the sum is the same, because V8 adds those as integers always. */
const slice = 4_096;

export function reduction(buffers: Buffers): void {
  const numbers = new Int32Array(wordsOf(buffers, 'numbers').buffer);
  let sum = 0;
  for (let at = 0; at < numbers.length; at += slice) sum = (sum + addUp(numbers, at, at + slice)) | 0;
  wordsOf(buffers, 'total')[0]! += sum;
}

function addUp(numbers: Int32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = (sum + numbers[i]!) | 0;
  return sum;
}
