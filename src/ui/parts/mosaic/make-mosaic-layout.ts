// Where each shard of a job lies in its mosaic: a picture's shards are runs of squares, any other job's shards are cells of a near-square grid.
import type { Size3, View } from '../../../protocol/job.ts';
import { countShards, rangeOfShard } from '../../../protocol/shard.ts';

/** In units of the layout: a square of the picture, or a cell. */
export interface UnitBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MosaicLayout {
  readonly kind: 'picture' | 'cells';
  readonly columns: number;
  readonly rows: number;
  readonly shards: number;
  /** Pixels of the finished picture; for cells one pixel a cell. */
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly workgroupsPerShard: number;
}

export interface MosaicSource {
  readonly view: View;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
}

/** Wider than tall, as screens are. */
const CELL_ASPECT = 4 / 3;

export function makeMosaicLayout({ view, grid, workgroupsPerShard }: MosaicSource): MosaicLayout {
  const shards = countShards(grid, workgroupsPerShard);
  if (view.kind === 'picture') {
    const [columns, rows] = grid;
    const [width, height] = view.square;
    return { kind: 'picture', columns, rows, shards, widthPixels: columns * width, heightPixels: rows * height, workgroupsPerShard };
  }
  const columns = Math.min(shards, Math.ceil(Math.sqrt(shards * CELL_ASPECT)));
  const rows = Math.ceil(shards / columns);
  return { kind: 'cells', columns, rows, shards, widthPixels: columns, heightPixels: rows, workgroupsPerShard };
}

/** At most three boxes: the rest of a row, whole rows, the beginning of a row. */
export function listShardBoxes(layout: MosaicLayout, index: number): readonly UnitBox[] {
  if (layout.kind === 'cells') return [{ x: index % layout.columns, y: Math.floor(index / layout.columns), width: 1, height: 1 }];
  const { base, count } = rangeOfShard([layout.columns, layout.rows, 1], layout.workgroupsPerShard, index);
  return listRunBoxes(layout.columns, base, count);
}

function listRunBoxes(columns: number, base: number, count: number): readonly UnitBox[] {
  const boxes: UnitBox[] = [];
  let at = base;
  const end = base + count;
  while (at < end) {
    const x = at % columns;
    const y = Math.floor(at / columns);
    const fullRows = x === 0 ? Math.floor((end - at) / columns) : 0;
    const width = fullRows > 0 ? columns : Math.min(columns - x, end - at);
    const height = Math.max(1, fullRows);
    boxes.push({ x, y, width, height });
    at += width * height;
  }
  return boxes;
}

/** The shard under a unit, or null where the last row of cells is not full. */
export function findShardAt(layout: MosaicLayout, x: number, y: number): number | null {
  if (x < 0 || y < 0 || x >= layout.columns || y >= layout.rows) return null;
  const unit = y * layout.columns + x;
  const index = layout.kind === 'cells' ? unit : Math.floor(unit / layout.workgroupsPerShard);
  return index < layout.shards ? index : null;
}

export type MosaicStep = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** Where the arrow keys lead from a shard; stays inside. */
export function stepShard(layout: MosaicLayout, index: number, step: MosaicStep): number {
  const row = layout.kind === 'cells' ? layout.columns : Math.max(1, Math.round(layout.columns / layout.workgroupsPerShard));
  const last = layout.shards - 1;
  const moved = { left: index - 1, right: index + 1, up: index - row, down: index + row, first: 0, last }[step];
  return moved < 0 || moved > last ? index : moved;
}
