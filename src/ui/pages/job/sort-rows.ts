// Which rows of a table stand on verified shards, and which come first.
import type { TableRow } from '../../../requester/decode-table.ts';
import type { ShardMark } from '../../parts/mosaic/shard-mark.ts';

export interface NumberedRow {
  /** Position in the output, from 0. */
  readonly position: number;
  readonly values: TableRow;
}

/** Rows of shards that are not final are zeros, and zeros are no answer. */
export function pickFinalRows(rows: readonly TableRow[], rowsPerShard: number, marks: readonly ShardMark[]): readonly NumberedRow[] {
  return rows.flatMap((values, position) => (marks[Math.floor(position / rowsPerShard)] === 'final' ? [{ position, values }] : []));
}

/** Largest first; rows that are alike stay in their order. */
export function sortRows(rows: readonly NumberedRow[], column: number): readonly NumberedRow[] {
  return [...rows].sort((a, b) => {
    const left = a.values[column] ?? 0;
    const right = b.values[column] ?? 0;
    return left < right ? 1 : left > right ? -1 : a.position - b.position;
  });
}
