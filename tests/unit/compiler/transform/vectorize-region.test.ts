// Small regions before and after vectorizing: what stays scalar, what becomes one v128, where masks come in.
import { describe, expect, it } from 'vitest';
import { i32, op } from '../../../../src/compiler/ir/build.ts';
import type { Expr, Stmt, ValueType } from '../../../../src/compiler/ir/ir.ts';
import type { LaneLayout } from '../../../../src/compiler/transform/lane-layout.ts';
import { findRoots } from '../../../../src/compiler/transform/lane-roots.ts';
import { findShapes } from '../../../../src/compiler/transform/lane-shapes.ts';
import { vectorizeRegion } from '../../../../src/compiler/transform/vectorize.ts';
import { printFunction } from '../../../support/print-ir.ts';

const layout: LaneLayout = {
  workgroupSize: [64, 1, 1],
  isInterleaved: (variable) => variable === 9,
  livesOn: () => false,
  isPure: () => false,
};
const base: Expr = { kind: 'binding-base', type: 'i32', binding: 0 };
const index: Expr = { kind: 'builtin', type: 'i32', name: 'local-index' };
const local = (number: number, type: ValueType = 'i32'): Expr => ({ kind: 'local', type, local: number });
const set = (number: number, value: Expr): Stmt => ({ kind: 'set', local: number, value });
const load = (address: Expr): Expr => ({ kind: 'load', type: 'i32', address, offset: 0 });
const store = (address: Expr, value: Expr): Stmt => ({ kind: 'store', address, offset: 0, value });
const element = (at: Expr): Expr => op('i32.add', base, op('i32.shl', at, i32(2)));

/** Locals below 10 are the region's; those made for lanes count from 10. */
function vectorized(body: readonly Stmt[]): string[] {
  const types: ValueType[] = new Array(10).fill('i32');
  const roots = findRoots(body, layout);
  const world = { shapes: findShapes(body, layout, roots), roots, types, newLabel: () => 99, axisTable: () => 0 };
  const lines = printFunction({
    name: '',
    parameterCount: 0,
    locals: [],
    results: [],
    prologue: [],
    body: vectorizeRegion(body, world, new Set()),
  });
  return lines.split('\n');
}

describe('vectorizing a region', () => {
  it('loads and stores neighbours at once, and computes addresses for the first lane only', () => {
    expect(vectorized([set(0, element(index)), store(local(0), op('i32.mul', load(local(0)), i32(3)))])).toMatchInlineSnapshot(`
      [
        "$0 = (@0 + (local-index << 2))",
        "$10 = (v128[$0] *i32x4 237684487598133245014645407747v128)",
        "[$0] = $10",
      ]
    `);
  });

  it('keeps a loop scalar that all lanes leave together', () => {
    const loop: Stmt = {
      kind: 'loop',
      label: 1,
      body: [
        { kind: 'if', condition: op('i32.ge_u', local(1), i32(8)), yes: [{ kind: 'break', label: 1 }], no: [] },
        set(0, op('i32.add', local(0), op('i32.mul', load(element(local(1))), index))),
      ],
      continuing: [set(1, op('i32.add', local(1), i32(1)))],
    };
    expect(vectorized([set(0, i32(0)), set(1, i32(0)), loop, store(element(index), local(0))])).toMatchInlineSnapshot(`
      [
        "$10 = 0v128",
        "$1 = 0",
        "loop 1",
        "  if ge_u($1, 8)",
        "    break 1",
        "  $10 = ($10 +i32x4 (i32x4.splat(i32[(@0 + ($1 << 2))]) *i32x4 (i32x4.splat(local-index) +i32x4 237684487579686500932345921536v128)))",
        "continuing",
        "  $1 = ($1 + 1)",
        "[(@0 + (local-index << 2))] = $10",
      ]
    `);
  });

  it('takes lanes out of a loop one by one, and leaves alone only what is read behind it', () => {
    const loop: Stmt = {
      kind: 'loop',
      label: 1,
      body: [
        { kind: 'if', condition: op('i32.gt_u', local(1), op('i32.mul', index, i32(5))), yes: [{ kind: 'break', label: 1 }], no: [] },
        set(1, op('i32.add', local(1), i32(2))),
        set(0, op('i32.add', local(0), i32(1))),
      ],
      continuing: [],
    };
    expect(vectorized([set(0, i32(0)), set(1, load(element(index))), loop, store(element(index), local(0))])).toMatchInlineSnapshot(`
      [
        "$10 = 0v128",
        "$11 = v128[(@0 + (local-index << 2))]",
        "$12 = 340282366920938463463374607431768211455v128",
        "loop 1",
        "  $13 = ($12 &v128 i32x4.gt_u($11, (i32x4.splat((local-index * 5)) +i32x4 1188422437898432504661729607680v128)))",
        "  $12 = v128.andnot($12, $13)",
        "  if eqz(v128.any_true($12))",
        "    break 1",
        "  $11 = ($11 +i32x4 158456325065422163343096938498v128)",
        "  $10 = v128.bitselect(($10 +i32x4 79228162532711081671548469249v128), $10, $12)",
        "[(@0 + (local-index << 2))] = $10",
      ]
    `);
  });

  it('stores under a condition only in the lanes that meet it', () => {
    const body: Stmt = {
      kind: 'if',
      condition: op('i32.eq', load(element(index)), i32(7)),
      yes: [store(op('i32.add', base, i32(64)), index)],
      no: [],
    };
    expect(vectorized([body])).toMatchInlineSnapshot(`
      [
        "$10 = (v128[(@0 + (local-index << 2))] ==i32x4 554597137728977571700839284743v128)",
        "if v128.any_true($10)",
        "  $11 = (i32x4.splat(local-index) +i32x4 237684487579686500932345921536v128)",
        "  $12 = i32x4.bitmask($10)",
        "  if ($12 & 1)",
        "    [(@0 + 64)] = i32x4.extract_lane_0($11)",
        "  if ($12 & 2)",
        "    [(@0 + 64)] = i32x4.extract_lane_1($11)",
        "  if ($12 & 4)",
        "    [(@0 + 64)] = i32x4.extract_lane_2($11)",
        "  if ($12 & 8)",
        "    [(@0 + 64)] = i32x4.extract_lane_3($11)",
      ]
    `);
  });

  it('reaches an array of each invocation by one access when the index is the same', () => {
    const own: Expr = { kind: 'address', type: 'i32', variable: 9 };
    expect(
      vectorized([store(own, index), set(0, op('i32.add', own, i32(8))), store(element(index), load(local(0)))]),
    ).toMatchInlineSnapshot(`
      [
        "$10 = &9",
        "[$10] = (i32x4.splat(local-index) +i32x4 237684487579686500932345921536v128)",
        "$0 = 8",
        "$11 = v128[(&9 + ($0 << 2))]",
        "[(@0 + (local-index << 2))] = $11",
      ]
    `);
  });
});
