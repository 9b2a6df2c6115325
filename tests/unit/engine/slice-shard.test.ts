// Slices of a shard cover its linear range once, in order, within the bound.
import { describe, expect, it } from 'vitest';
import { sliceShard } from '../../../src/engine/slice-shard.ts';

describe('sliceShard', () => {
  it.each([
    [[5, 4, 3], 0, 60],
    [[5, 4, 3], 7, 41],
    [[1, 9, 2], 3, 15],
    [[64, 1, 1], 10, 50],
    [[3, 3, 5], 9, 27],
  ] as const)('covers %j from %i, %i workgroups', (grid, base, count) => {
    for (let max = 1; max <= count + 1; max++) {
      const seen: number[] = [];
      for (let box = sliceShard({ base, count, grid }, 0, max); box !== null; box = sliceShard({ base, count, grid }, seen.length, max)) {
        const { first, size } = box;
        expect(size[0] * size[1] * size[2]).toBeLessThanOrEqual(max);
        for (let z = 0; z < size[2]; z++)
          for (let y = 0; y < size[1]; y++)
            for (let x = 0; x < size[0]; x++) seen.push(first[0] + x + grid[0] * (first[1] + y + grid[1] * (first[2] + z)));
      }
      expect(seen).toEqual(Array.from({ length: count }, (_, i) => base + i));
    }
  });
  it('takes whole rows and planes where they fit', () => {
    expect(sliceShard({ base: 0, count: 60, grid: [5, 4, 3] }, 0, 13)).toEqual({ first: [0, 0, 0], size: [5, 2, 1] });
    expect(sliceShard({ base: 0, count: 60, grid: [5, 4, 3] }, 20, 40)).toEqual({ first: [0, 0, 1], size: [5, 4, 2] });
    expect(sliceShard({ base: 0, count: 60, grid: [5, 4, 3] }, 60, 5)).toBeNull();
  });
});
