// Which clamps go because of what is known on the way, and which because the prologue checks a bound for the whole workgroup.
import { describe, expect, it } from 'vitest';
import { choose, i32, op } from '../../../../src/compiler/ir/build.ts';
import type { Expr, Stmt } from '../../../../src/compiler/ir/ir.ts';
import { elideClamps } from '../../../../src/compiler/transform/elide-clamps.ts';
import { versionEntry } from '../../../../src/compiler/transform/version-entry.ts';
import {
  add,
  base,
  below,
  branch,
  builtin,
  clamp,
  count,
  get,
  ints,
  leave,
  load,
  loop,
  makeFunction,
  mul,
  set,
  store,
} from '../../../support/make-ir.ts';
import { printExpr, printFunction } from '../../../support/print-ir.ts';

const out = base(1);
/** Locals 0 and 1 are the length of the array and its last index. */
const prologue: readonly Stmt[] = [
  set(0, op('i32.div_u', { kind: 'binding-bytes', type: 'i32', binding: 1 }, i32(4))),
  set(1, add(get(0), -1)),
];
const access = (index: Expr): Stmt => store(add(out, mul(clamp(index, get(0), get(1)), 4)), 9);
const small = (index: Expr, size: number): Stmt => store(add(out, mul(clamp(index, i32(size), i32(size - 1)), 4)), 9);

function run(...body: readonly Stmt[]): string {
  return printFunction(elideClamps(makeFunction(ints(6), body, prologue), [64, 1, 1], false).result);
}
const isClamped = (...body: readonly Stmt[]): boolean => run(...body).includes('select');

describe('ranges', () => {
  const x = builtin('local-x');
  const any = load(base(0));
  const cases: readonly (readonly [string, number, Expr])[] = [
    ['a builtin', 64, x],
    ['a sum', 70, add(x, 6)],
    ['a product', 190, mul(x, 3)],
    ['a mask', 16, op('i32.and', any, i32(15))],
    ['a remainder', 10, op('i32.rem_u', any, i32(10))],
    ['a shift', 256, op('i32.shr_u', any, i32(24))],
  ];
  it.each(cases)('%s', (_, size, index) => {
    expect(isClamped(small(index, size))).toBe(false);
    expect(isClamped(small(index, size - 1))).toBe(true);
  });
  it('the lesser of two', () => {
    expect(isClamped(set(2, any), set(3, clamp(get(2), i32(8), i32(7))), small(get(3), 8))).toBe(true);
    expect(run(set(2, any), set(3, clamp(get(2), i32(8), i32(7))), small(get(3), 8)).match(/select/g)?.length).toBe(1);
    expect(run(set(2, any), set(3, clamp(get(2), i32(8), i32(7))), small(get(3), 7)).match(/select/g)?.length).toBe(2);
  });
  it('does not trust a sum that may wrap, nor a difference below zero', () => {
    expect(isClamped(small(add(any, 1), 1_000_000))).toBe(true);
    expect(isClamped(small(add(x, -1), 64))).toBe(true);
    expect(isClamped(branch(op('i32.ge_u', x, i32(1)), [small(add(x, -1), 63)]))).toBe(false);
  });
});

describe('guards', () => {
  const index = get(2);
  const from = set(2, load(base(0)));

  it('a guard around', () => {
    expect(isClamped(from, branch(below(index, get(0)), [access(index)]))).toBe(false);
    expect(isClamped(from, branch(below(index, get(0)), [], [access(index)]))).toBe(true);
  });
  it('a guard that left', () => {
    const guarded: Stmt = { kind: 'block', label: 7, body: [branch(op('i32.ge_u', index, get(0)), [leave(7)]), access(index)] };
    expect(isClamped(from, guarded)).toBe(false);
    expect(isClamped(from, guarded, access(index))).toBe(true);
  });
  it('guards joined by and', () => {
    const both = choose(below(load(base(0), 4), i32(3)), below(index, get(0)), i32(0));
    expect(isClamped(from, branch(both, [access(index)]))).toBe(false);
    expect(isClamped(from, branch(op('i32.and', below(index, get(0)), load(base(0), 4)), [access(index)]))).toBe(false);
    expect(isClamped(from, branch(op('i32.or', below(index, get(0)), load(base(0), 4)), [access(index)]))).toBe(true);
  });
  it('signed guards, both of them', () => {
    const low = op('i32.ge_s', index, i32(0));
    const high = op('i32.lt_s', index, i32(40));
    expect(isClamped(from, branch(low, [branch(high, [small(index, 40)])]))).toBe(false);
    expect(isClamped(from, branch(high, [small(index, 40)]))).toBe(true);
  });
  it('forgets a guard when the index changes', () => {
    expect(isClamped(from, branch(below(index, get(0)), [set(2, load(base(0), 8)), access(index)]))).toBe(true);
  });
  it('knows what a condition in a local says, while it still holds', () => {
    const kept = [from, set(3, below(index, get(0)))];
    expect(isClamped(...kept, branch(get(3), [access(index)]))).toBe(false);
    expect(isClamped(...kept, set(2, load(base(0), 8)), branch(get(3), [access(index)]))).toBe(true);
  });
});

describe('loops', () => {
  it('a counter below a constant, and below the length', () => {
    expect(isClamped(set(2, 0), count(2, 40, [small(get(2), 40)]))).toBe(false);
    expect(isClamped(set(2, 0), count(2, 40, [small(get(2), 39)]))).toBe(true);
    expect(isClamped(set(2, 0), count(2, get(0), [access(get(2))]))).toBe(false);
  });
  it('a counter that starts above what is taken away', () => {
    expect(isClamped(set(2, 16), count(2, 64, [small(add(get(2), -16), 48)]))).toBe(false);
    expect(isClamped(set(2, 15), count(2, 64, [small(add(get(2), -16), 48)]))).toBe(true);
  });
  it('a counter that shrinks', () => {
    const halving = loop(0, [branch(op('i32.eqz', get(2)), [leave(0)]), small(get(2), 129)], [set(2, op('i32.shr_u', get(2), i32(1)))]);
    expect(isClamped(set(2, 128), halving)).toBe(false);
    expect(isClamped(set(2, 129), halving)).toBe(true);
  });
  it('not after the loop, and not when the body moves it', () => {
    expect(isClamped(set(2, 0), count(2, 40, []), small(get(2), 41))).toBe(true);
    expect(isClamped(set(2, 0), count(2, 40, [set(2, add(get(2), 7)), small(get(2), 40)]))).toBe(true);
  });
  it('a counter that nothing stops may come round to zero', () => {
    const around = loop(0, [branch(below(get(2), 16), [store(out, 1)])], [set(2, add(get(2), 1))]);
    expect(run(set(2, 16), around)).toContain('[@1] = 1');
    const stopped = loop(
      0,
      [branch(op('i32.ge_u', get(2), i32(99)), [leave(0)]), branch(below(get(2), 16), [store(out, 1)])],
      [set(2, add(get(2), 1))],
    );
    expect(run(set(2, 16), stopped)).not.toContain('[@1] = 1');
  });
  it('a signed counter that may have wrapped is not trusted', () => {
    const wild = loop(0, [small(get(2), 2_000_000_000)], [set(2, add(get(2), 1))]);
    expect(isClamped(set(2, 0), wild)).toBe(true);
  });
});

describe('checks for the whole workgroup', () => {
  const boundOf = (index: Expr, ...before: readonly Stmt[]): string[] => {
    const { checks, result } = elideClamps(makeFunction(ints(6), [...before, access(index)], prologue), [64, 1, 1], true);
    expect(printFunction(result).includes('select')).toBe(checks.length === 0);
    return checks.map(({ bound }) => `${bound.terms === null ? '' : `${printExpr(bound.terms)} + `}${bound.constant}`);
  };
  const global = add(mul(builtin('group-x'), 64), builtin('local-x'));

  it('bounds what is made of the group and the invocation', () => {
    expect(boundOf(global)).toEqual(['f64.convert_i32_u((group-x * 64)) + 63']);
    expect(boundOf(add(mul(global, 16), 5))).toEqual(['(f64.convert_i32_u((group-x * 64)) *f64 16f64) + 1013']);
  });
  it('has no bound for what comes from memory', () => {
    expect(boundOf(get(2), set(2, load(base(0))))).toEqual([]);
  });
  it('has no bound for a difference that may be below zero', () => {
    expect(boundOf(add(global, -1))).toEqual([]);
    expect(boundOf(add(add(mul(builtin('group-x'), 64), get(2)), -1), set(2, add(builtin('local-x'), 1)))).toEqual([
      'f64.convert_i32_u((group-x * 64)) + 63',
    ]);
  });
  it('is not asked for where it is not wanted', () => {
    expect(elideClamps(makeFunction(ints(6), [access(global)], prologue), [64, 1, 1], false).checks).toEqual([]);
  });
  it('makes two versions, with the strictest of like checks', () => {
    const slow = makeFunction(ints(6), [access(global), access(add(global, 3))], prologue);
    const { result, checks } = elideClamps(slow, [64, 1, 1], true);
    const entry = versionEntry(result, checks, slow);
    expect(printFunction(entry).split('\n').slice(5)).toEqual([
      '$6 = f64.lt((f64.convert_i32_u((group-x * 64)) +f64 66f64), f64.convert_i32_u($0))',
      'if $6 (rarely no)',
      '  [(@1 + (((group-x * 64) + local-x) * 4))] = 9',
      '  [(@1 + ((((group-x * 64) + local-x) + 3) * 4))] = 9',
      'else',
      '  [(@1 + (select(((group-x * 64) + local-x), $8, lt_u(((group-x * 64) + local-x), $7)) * 4))] = 9',
      '  [(@1 + (select((((group-x * 64) + local-x) + 3), $8, lt_u((((group-x * 64) + local-x) + 3), $7)) * 4))] = 9',
    ]);
    expect(entry.prologue.length).toBe(5);
  });
});
