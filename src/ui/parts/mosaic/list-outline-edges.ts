// The outline of a set of shards: the edges of its squares beyond which lies a shard outside of the set.
import { findShardAt, listShardBoxes, type MosaicLayout, type UnitBox } from './make-mosaic-layout.ts';

export interface Edge {
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

/** In units of the layout; an edge on the rim of the mosaic counts. */
export function listOutlineEdges(layout: MosaicLayout, shards: ReadonlySet<number>): readonly Edge[] {
  const isInside = (x: number, y: number): boolean => {
    const shard = findShardAt(layout, x, y);
    return shard !== null && shards.has(shard);
  };
  const edges: Edge[] = [];
  for (const shard of shards) {
    if (shard >= layout.shards) continue;
    for (const box of listShardBoxes(layout, shard)) addBoxEdges(box, isInside, edges);
  }
  return edges;
}

function addBoxEdges({ x, y, width, height }: UnitBox, isInside: (x: number, y: number) => boolean, edges: Edge[]): void {
  for (let along = x; along < x + width; along += 1) {
    if (!isInside(along, y - 1)) edges.push({ from: { x: along, y }, to: { x: along + 1, y } });
    if (!isInside(along, y + height)) edges.push({ from: { x: along, y: y + height }, to: { x: along + 1, y: y + height } });
  }
  for (let along = y; along < y + height; along += 1) {
    if (!isInside(x - 1, along)) edges.push({ from: { x, y: along }, to: { x, y: along + 1 } });
    if (!isInside(x + width, along)) edges.push({ from: { x: x + width, y: along }, to: { x: x + width, y: along + 1 } });
  }
}
