// What a requester makes of bytes: pictures from squares, tables from rows, events from pieces of text.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countShards, rangeOfShard } from '../../../src/protocol/shard.ts';
import { assemblePicture, createPicture, type PictureView } from '../../../src/requester/assemble-picture.ts';
import { decodeTable, type TableView } from '../../../src/requester/decode-table.ts';
import { createEventParser } from '../../../src/requester/parse-events.ts';
import { retryDelayMs } from '../../../src/requester/watch-job.ts';

const side = fc.integer({ min: 1, max: 5 });

describe('a picture', () => {
  test('of any size and cut is whole when its shards are, in any order', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.integer({ min: 1, max: 9 }),
        fc.func(fc.integer()),
        (columns, rows, width, height, perShard, order) => {
          const view: PictureView = { kind: 'picture', output: 'pixels', square: [width, height], format: 'rgba8' };
          const grid = [columns, rows, 1] as const;
          const picture = createPicture(view, grid);
          expect([picture.width, picture.height]).toEqual([columns * width, rows * height]);
          // Each pixel says where it belongs: workgroup, then place in its square.
          const shards = Array.from({ length: countShards(grid, perShard) }, (_, index) => {
            const { base, count } = rangeOfShard(grid, perShard, index);
            const bytes = new Uint8Array(count * width * height * 4);
            for (let i = 0; i < count * width * height; i++)
              bytes.set([base + Math.floor(i / (width * height)), i % (width * height), 0, 255], i * 4);
            return { index, bytes };
          });
          for (const { index, bytes } of shards.sort((a, b) => order(a.index) - order(b.index)))
            assemblePicture(view, grid, perShard, index, bytes, picture);
          for (let y = 0; y < picture.height; y++) {
            for (let x = 0; x < picture.width; x++) {
              const workgroup = Math.floor(x / width) + columns * Math.floor(y / height);
              const at = (y * picture.width + x) * 4;
              expect([...picture.rgba.subarray(at, at + 4)]).toEqual([workgroup, (x % width) + width * (y % height), 0, 255]);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('leaves alone what it has no bytes for', () => {
    const view: PictureView = { kind: 'picture', output: 'pixels', square: [1, 1], format: 'rgba8' };
    const picture = createPicture(view, [4, 1, 1]);
    assemblePicture(view, [4, 1, 1], 2, 1, new Uint8Array([1, 2, 3, 4, 5, 6]), picture);
    expect([...picture.rgba]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    // Longer than the last shard may be: nothing is drawn beyond its own squares.
    assemblePicture(view, [4, 1, 1], 3, 1, new Uint8Array(64).fill(9), picture);
    expect([...picture.rgba].slice(12)).toEqual([9, 9, 9, 9]);
  });
});

test('a table has one value a column, whole rows only, wherever its bytes lie', () => {
  const view: TableView = {
    kind: 'table',
    output: 'rows',
    columns: [
      { name: 'a', type: 'u32' },
      { name: 'b', type: 'i32' },
      { name: 'c', type: 'f32' },
      { name: 'd', type: 'u64' },
    ],
  };
  const row = (a: number, b: number, c: number, d: bigint): Uint8Array => {
    const data = new DataView(new ArrayBuffer(20));
    data.setUint32(0, a, true);
    data.setInt32(4, b, true);
    data.setFloat32(8, c, true);
    data.setBigUint64(12, d, true);
    return new Uint8Array(data.buffer);
  };
  const bytes = Uint8Array.from([77, ...row(4_294_967_295, -1, 0.5, 2n ** 64n - 1n), ...row(1, 2, -3, 4n), 1, 2, 3]).subarray(1);
  expect(decodeTable(view, bytes)).toEqual([
    [4_294_967_295, -1, 0.5, 2n ** 64n - 1n],
    [1, 2, -3, 4n],
  ]);
  expect(decodeTable(view, new Uint8Array(0))).toEqual([]);
});

test('events come out whole however the text is cut', () => {
  const text = 'event: a\ndata: {"x":1}\n\n: comment\n\ndata:two\ndata: lines\r\n\r\nid: 5\n\ndata: last\n\n';
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 12 }), (cuts) => {
      const events: string[] = [];
      const parse = createEventParser((data) => events.push(data));
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      for (let i = 1; i < places.length; i++) parse(text.slice(places[i - 1], places[i]));
      expect(events).toEqual(['{"x":1}', 'two\nlines', 'last']);
    }),
  );
});

test('retries wait from half a second to fifteen', () => {
  expect([retryDelayMs(0, () => 0), retryDelayMs(0, () => 1), retryDelayMs(3, () => 0.5)]).toEqual([250, 500, 3_000]);
  expect([retryDelayMs(50, () => 0), retryDelayMs(5_000, () => 1)]).toEqual([7_500, 15_000]);
});
