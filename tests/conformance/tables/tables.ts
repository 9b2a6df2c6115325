// All tables, and what of them is not yet there.
import { conversionRows, halfConversionRows } from './conversion-rows.ts';
import { floatRows } from './float-rows.ts';
import { integerRows } from './integer-rows.ts';
import { f16, f32 } from './interval.ts';
import { memoryRows } from './memory-rows.ts';
import { floatOperatorRows, integerOperatorRows, logicalRows } from './operator-rows.ts';
import { packRows } from './pack-rows.ts';
import { partRows } from './part-rows.ts';
import type { Row } from './row.ts';
import { vectorRows } from './vector-rows.ts';

export function allRows(): Row[] {
  return [
    ...floatRows(f32),
    ...vectorRows(f32),
    ...integerRows(),
    ...packRows(),
    ...floatOperatorRows(f32),
    ...integerOperatorRows(),
    ...logicalRows(),
    ...conversionRows(),
    ...floatRows(f16),
    ...vectorRows(f16),
    ...floatOperatorRows(f16),
    ...halfConversionRows(),
    ...memoryRows(),
    ...partRows(),
  ];
}

/** Rows the compiler does not do yet, by category and name; each must still be refused, so that the list cannot grow stale. */
export const notYet: ReadonlySet<string> = new Set<string>([]);

export const keyOf = (row: Row): string => `${row.category}: ${row.name}`;
