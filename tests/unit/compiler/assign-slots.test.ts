// Which IR locals share a WebAssembly local: those never needed at the same time, and loops keep what they need in every turn.
import { describe, expect, it } from 'vitest';
import { slotsOfEntry, slotsOfFunction } from '../../../src/compiler/emit/assign-slots.ts';
import { i32, op } from '../../../src/compiler/ir/build.ts';
import type { Expr, Stmt, ValueType } from '../../../src/compiler/ir/ir.ts';

const local = (number: number, type: ValueType = 'i32'): Expr => ({ kind: 'local', type, local: number });
const set = (number: number, value: Expr = i32(7)): Stmt => ({ kind: 'set', local: number, value });
const use = (...numbers: number[]): Stmt => ({
  kind: 'store',
  address: i32(0),
  offset: 0,
  value: numbers.map((each) => local(each)).reduce((sum, each) => op('i32.add', sum, each)),
});
const loop = (...body: Stmt[]): Stmt => ({ kind: 'loop', label: 1, body: [...body, { kind: 'break', label: 1 }], continuing: [] });

function slots(count: number, body: readonly Stmt[], parameterCount = 0, types: readonly ValueType[] = new Array(count).fill('i32')) {
  return slotsOfFunction({ name: '', parameterCount, locals: types, results: [], prologue: [], body });
}

const shares = (count: number, a: number, b: number, body: readonly Stmt[]): boolean => {
  const { ofLocal } = slots(count, body);
  return ofLocal[a] === ofLocal[b];
};

describe('places of locals', () => {
  it('gives one place to those that are needed one after the other', () => {
    const { ofLocal, types } = slots(3, [set(0), use(0), set(1), use(1), set(2), use(2)]);
    expect(ofLocal).toEqual([0, 0, 0]);
    expect(types).toEqual(['i32']);
    // The value is read before the local is set.
    expect(shares(2, 0, 1, [set(0), set(1, local(0)), use(1)])).toBe(true);
  });

  it('keeps apart what is needed together, what has another type, and parameters', () => {
    expect(shares(2, 0, 1, [set(0), set(1), use(0, 1)])).toBe(false);
    expect(slots(2, [set(0), use(0), set(1, { kind: 'const', type: 'f32', value: 1 })], 0, ['i32', 'f32']).types).toEqual(['f32', 'i32']);
    expect(slots(3, [use(0), set(2), use(2), use(1)], 2).ofLocal).toEqual([0, 1, 2]);
  });

  it('gives none to a local that nothing mentions', () => {
    expect(slots(3, [set(1), use(1)]).ofLocal).toEqual([undefined, 0, undefined]);
  });

  it('keeps what a loop reads to its end: the next turn reads it again', () => {
    expect(shares(2, 0, 1, [set(0), loop(use(0), set(1), use(1))])).toBe(false);
    expect(shares(2, 0, 1, [set(0), use(0), loop(set(1), use(1))])).toBe(true);
  });

  it('keeps what is read behind a loop from its start: lanes that left in an earlier turn have it already', () => {
    expect(shares(2, 0, 1, [loop(set(0), use(0), set(1)), use(1)])).toBe(false);
    expect(shares(2, 0, 1, [loop(set(0), use(0), set(1), use(1))])).toBe(true);
    expect(shares(2, 0, 1, [loop(set(0), use(0), loop(set(1)), use(1))])).toBe(true);
    expect(shares(2, 0, 1, [loop(loop(set(0), use(0), set(1))), use(1)])).toBe(false);
  });

  it('keeps the operands of an atomic while its result is set', () => {
    const atomic: Stmt = { kind: 'atomic', op: 'add', address: i32(0), offset: 0, operands: [local(0)], result: 1 };
    expect(shares(2, 0, 1, [set(0), atomic, use(1)])).toBe(false);
  });

  it('takes a region for a loop over its invocations', () => {
    const types: ValueType[] = ['i32', 'i32', 'i32'];
    const pieces = [
      { kind: 'region' as const, body: [use(0), set(1), use(1)] },
      { kind: 'region' as const, body: [set(2), use(2)] },
    ];
    const { ofLocal } = slotsOfEntry(types, [set(0)], pieces);
    expect(ofLocal[1]).not.toBe(ofLocal[0]);
    expect([ofLocal[0], ofLocal[1]]).toContain(ofLocal[2]);
  });
});
