// Our own conformance tables: every builtin and operator, each width, from constants, uniforms and storage; nothing may be wrong.
import { afterAll, describe, expect, it } from 'vitest';
import type { Row } from '../../conformance/tables/row.ts';
import { type Outcome, runRow, type Source, sources } from '../../conformance/tables/run-row.ts';
import { allRows, keyOf, notYet } from '../../conformance/tables/tables.ts';

const rows = allRows();
const rowsATest = 50;
/** A test each, so that none is long. */
const chunks = [...new Set(rows.map((row) => row.category))].flatMap((category) => {
  const own = rows.filter((row) => row.category === category);
  const count = Math.ceil(own.length / rowsATest);
  return Array.from({ length: count }, (_, i) => ({ category, part: `${i + 1} of ${count}`, own: own.filter((__, k) => k % count === i) }));
});
const rates: Record<string, { rows: number; results: number; right: number; notYet: number; 'pass %'?: string }> = {};

/** The same case must give the same bits whether it was computed while compiling or while running. */
function listDifferences(row: Row, outcomes: ReadonlyMap<Source, Outcome>): string[] {
  const ran = outcomes.get('storage')?.bits;
  return [...(outcomes.get('const')?.bits ?? []), ...(outcomes.get('uniform')?.bits ?? [])].flatMap(([index, bits]) => {
    const other = ran?.get(index);
    const shown = `${keyOf(row)} of ${row.cases[index]?.join(' ')}`;
    return other === undefined || other.join() === bits.join() ? [] : [`${shown}: bits ${bits.join()} and ${other.join()}`];
  });
}

describe('conformance tables', () => {
  it.each(chunks)('$category, $part', ({ category, own }) => {
    const faults: string[] = [];
    const rate = rates[category] ?? { rows: 0, results: 0, right: 0, notYet: 0 };
    rates[category] = rate;
    for (const row of own) {
      rate.rows++;
      const outcomes = new Map(sources.map((source) => [source, runRow(row, source)]));
      for (const [source, outcome] of outcomes) {
        rate.results += outcome.count;
        if (outcome.refused !== null) {
          rate.notYet += outcome.count;
          if (!notYet.has(keyOf(row))) faults.push(`${keyOf(row)} from ${source} was refused: ${outcome.refused}`);
        } else {
          rate.right += outcome.count - outcome.wrong.length;
          if (notYet.has(keyOf(row))) faults.push(`${keyOf(row)} compiles: take it off the list of what is not there yet`);
        }
        faults.push(...outcome.wrong);
      }
      faults.push(...listDifferences(row, outcomes));
    }
    rate['pass %'] = ((100 * rate.right) / rate.results).toFixed(2);
    expect(rate.results).toBeGreaterThan(100);
    expect(faults.slice(0, 10), `${faults.length} faults`).toEqual([]);
  });

  afterAll(() => console.table(rates));
});
