// The one place where PostgreSQL's numbers become ours: bigint → number (ids, times, sizes), numeric → bigint (credit).
import pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';

const INT8 = 20;
const NUMERIC = 1700;

/** Throws `internal` past 2^53: a wrong id is worse than none. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Fault('internal', `The database gave ${text} where a number below 2^53 belongs.`);
  return value;
}

export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (format !== 'binary' && oid === INT8) return parseInt8;
    if (format !== 'binary' && oid === NUMERIC) return BigInt;
    return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
  },
};
