// Puts a shard's squares into the picture they belong to: one workgroup is one square, rows from the top.
import type { Size3, View } from '../protocol/job.ts';
import { rangeOfShard } from '../protocol/shard.ts';

export type PictureView = Extract<View, { readonly kind: 'picture' }>;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** width x height x 4 bytes, as a canvas' ImageData takes them. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

const PIXEL_BYTES = 4;

/** A transparent picture of the stage's size in pixels. */
export function createPicture(view: PictureView, grid: Size3): Picture {
  const width = grid[0] * view.square[0];
  const height = grid[1] * view.square[1];
  return { width, height, rgba: new Uint8ClampedArray(width * height * PIXEL_BYTES) };
}

/** Draws the squares of the shard at `index` from its output's bytes; bytes that are missing are left as they were. */
export function assemblePicture(
  view: PictureView,
  grid: Size3,
  workgroupsPerShard: number,
  index: number,
  bytes: Uint8Array,
  target: Picture,
): void {
  const { base, count } = rangeOfShard(grid, workgroupsPerShard, index);
  const [squareWidth, squareHeight] = view.square;
  const rowBytes = squareWidth * PIXEL_BYTES;
  const squareBytes = rowBytes * squareHeight;
  const squares = Math.min(count, Math.floor(bytes.length / squareBytes));
  for (let i = 0; i < squares; i++) {
    const left = ((base + i) % grid[0]) * squareWidth;
    const top = Math.floor((base + i) / grid[0]) * squareHeight;
    for (let row = 0; row < squareHeight; row++) {
      const from = i * squareBytes + row * rowBytes;
      target.rgba.set(bytes.subarray(from, from + rowBytes), ((top + row) * target.width + left) * PIXEL_BYTES);
    }
  }
}
