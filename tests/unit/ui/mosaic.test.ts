// The mosaic's geometry: every square of a picture belongs to exactly one shard, and the arrow keys stay inside.
import { describe, expect, it } from 'vitest';
import type { View } from '../../../src/protocol/job.ts';
import { listOutlineEdges } from '../../../src/ui/parts/mosaic/list-outline-edges.ts';
import { findShardAt, listShardBoxes, makeMosaicLayout, stepShard } from '../../../src/ui/parts/mosaic/make-mosaic-layout.ts';
import { countMarks, markOfLetter, markOfVerdict } from '../../../src/ui/parts/mosaic/shard-mark.ts';

const PICTURE: View = { kind: 'picture', output: 'pixels', square: [8, 8], format: 'rgba8' };
const BYTES: View = { kind: 'bytes', output: 'data' };

function coverage(columns: number, rows: number, perShard: number): number[] {
  const layout = makeMosaicLayout({ view: PICTURE, grid: [columns, rows, 1], workgroupsPerShard: perShard });
  const owners = new Array<number>(columns * rows).fill(-1);
  for (let shard = 0; shard < layout.shards; shard += 1) {
    for (const { x, y, width, height } of listShardBoxes(layout, shard)) {
      for (let dy = 0; dy < height; dy += 1) {
        for (let dx = 0; dx < width; dx += 1) {
          const at = (y + dy) * columns + x + dx;
          expect(owners[at], `square ${at} twice`).toBe(-1);
          owners[at] = shard;
        }
      }
    }
  }
  return owners;
}

describe('a picture', () => {
  it.each([
    [7, 5, 3],
    [7, 5, 7],
    [7, 5, 16],
    [48, 48, 24],
    [4, 4, 100],
    [1, 9, 2],
  ])('of %i x %i squares, %i a shard, is covered once, in linear order', (columns, rows, perShard) => {
    expect(coverage(columns, rows, perShard)).toEqual(Array.from({ length: columns * rows }, (_, at) => Math.floor(at / perShard)));
  });

  it('needs at most three boxes a shard', () => {
    const layout = makeMosaicLayout({ view: PICTURE, grid: [10, 10, 1], workgroupsPerShard: 33 });
    expect(listShardBoxes(layout, 1)).toEqual([
      { x: 3, y: 3, width: 7, height: 1 },
      { x: 0, y: 4, width: 10, height: 2 },
      { x: 0, y: 6, width: 6, height: 1 },
    ]);
  });

  it('finds the shard under a square, and none outside', () => {
    const layout = makeMosaicLayout({ view: PICTURE, grid: [48, 48, 1], workgroupsPerShard: 24 });
    expect(findShardAt(layout, 0, 0)).toBe(0);
    expect(findShardAt(layout, 24, 0)).toBe(1);
    expect(findShardAt(layout, 47, 47)).toBe(95);
    expect(findShardAt(layout, 48, 0)).toBeNull();
    expect(findShardAt(layout, 0, -1)).toBeNull();
  });

  it('has the size of its pixels', () => {
    expect(makeMosaicLayout({ view: PICTURE, grid: [80, 50, 1], workgroupsPerShard: 40 })).toMatchObject({
      widthPixels: 640,
      heightPixels: 400,
      shards: 100,
    });
  });
});

describe('any other job', () => {
  it('is a near-square grid of cells whose last row may end early', () => {
    const layout = makeMosaicLayout({ view: BYTES, grid: [64, 1, 1], workgroupsPerShard: 1 });
    expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(64);
    expect(layout.columns * (layout.rows - 1)).toBeLessThan(64);
    expect(findShardAt(layout, layout.columns - 1, layout.rows - 1)).toBeNull();
  });

  it('of one shard is one cell', () => {
    expect(makeMosaicLayout({ view: BYTES, grid: [5, 1, 1], workgroupsPerShard: 5 })).toMatchObject({ columns: 1, rows: 1, shards: 1 });
  });
});

describe('the outline of what is mine', () => {
  const layout = makeMosaicLayout({ view: PICTURE, grid: [4, 4, 1], workgroupsPerShard: 4 });
  it('of one row goes round it', () => {
    expect(listOutlineEdges(layout, new Set([1]))).toHaveLength(2 * 4 + 2);
  });
  it('of two rows that touch has no line between them', () => {
    const edges = listOutlineEdges(layout, new Set([1, 2]));
    expect(edges).toHaveLength(2 * 4 + 4);
    expect(edges.some(({ from, to }) => from.y === 2 && to.y === 2)).toBe(false);
  });
  it('of everything is the rim, and of shards that are not there nothing', () => {
    expect(listOutlineEdges(layout, new Set([0, 1, 2, 3]))).toHaveLength(16);
    expect(listOutlineEdges(layout, new Set([9]))).toEqual([]);
  });
});

describe('arrow keys', () => {
  const layout = makeMosaicLayout({ view: PICTURE, grid: [48, 48, 1], workgroupsPerShard: 24 });
  it('move by one, and by a row', () => {
    expect(stepShard(layout, 10, 'right')).toBe(11);
    expect(stepShard(layout, 10, 'left')).toBe(9);
    expect(stepShard(layout, 10, 'down')).toBe(12);
    expect(stepShard(layout, 10, 'up')).toBe(8);
    expect(stepShard(layout, 10, 'last')).toBe(95);
  });
  it('stay where the mosaic ends', () => {
    expect(stepShard(layout, 0, 'left')).toBe(0);
    expect(stepShard(layout, 1, 'up')).toBe(1);
    expect(stepShard(layout, 95, 'right')).toBe(95);
    expect(stepShard(layout, 94, 'down')).toBe(94);
  });
});

describe('marks', () => {
  it('come from the letters of a snapshot', () => {
    expect([...'pvfdx'].map(markOfLetter)).toEqual(['pending', 'provisional', 'final', 'disputed', 'failed']);
    expect(markOfLetter('?')).toBe('pending');
    expect(countMarks([...'ffpx'].map(markOfLetter))).toEqual({ pending: 1, provisional: 0, final: 2, disputed: 0, failed: 1 });
  });
  it('of a revoked shard waits again', () => {
    expect(markOfVerdict('revoked')).toBe('pending');
    expect(markOfVerdict('final')).toBe('final');
  });
});
