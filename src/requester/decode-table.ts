// Reads an output that its job shows as a table: rows of little-endian columns, one after another.
import type { TableColumn, View } from '../protocol/job.ts';

export type TableView = Extract<View, { readonly kind: 'table' }>;
/** One value a column; u64 as a bigint. */
export type TableRow = readonly (number | bigint)[];

const COLUMN_BYTES = { u32: 4, i32: 4, f32: 4, u64: 8 } as const;

export function countRowBytes(columns: readonly TableColumn[]): number {
  return columns.reduce((sum, column) => sum + COLUMN_BYTES[column.type], 0);
}

/** Whole rows only; bytes after the last whole row are left out. */
export function decodeTable(view: TableView, bytes: Uint8Array): readonly TableRow[] {
  const rowBytes = countRowBytes(view.columns);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / rowBytes) }, (_, index) => decodeRow(view.columns, data, index * rowBytes));
}

function decodeRow(columns: readonly TableColumn[], data: DataView, start: number): TableRow {
  let at = start;
  return columns.map(({ type }) => {
    const value = readValue(data, at, type);
    at += COLUMN_BYTES[type];
    return value;
  });
}

function readValue(data: DataView, at: number, type: TableColumn['type']): number | bigint {
  switch (type) {
    case 'u32':
      return data.getUint32(at, true);
    case 'i32':
      return data.getInt32(at, true);
    case 'f32':
      return data.getFloat32(at, true);
    case 'u64':
      return data.getBigUint64(at, true);
  }
}
