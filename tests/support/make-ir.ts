// Short ways to write the intermediate form down, for tests of single passes.
import { i32, op } from '../../src/compiler/ir/build.ts';
import type { Expr, IrFunction, IrModule, MemoryVariable, Stmt, ValueType } from '../../src/compiler/ir/ir.ts';

export const get = (local: number, type: ValueType = 'i32'): Expr => ({ kind: 'local', type, local });
export const set = (local: number, value: Expr | number): Stmt => ({
  kind: 'set',
  local,
  value: typeof value === 'number' ? i32(value) : value,
});
export const add = (a: Expr, b: Expr | number): Expr => op('i32.add', a, typeof b === 'number' ? i32(b) : b);
export const mul = (a: Expr, b: Expr | number): Expr => op('i32.mul', a, typeof b === 'number' ? i32(b) : b);
export const below = (a: Expr, b: Expr | number): Expr => op('i32.lt_u', a, typeof b === 'number' ? i32(b) : b);
export const base = (binding: number): Expr => ({ kind: 'binding-base', type: 'i32', binding });
export const variable = (index: number): Expr => ({ kind: 'address', type: 'i32', variable: index });
export const load = (address: Expr, offset = 0, type: ValueType = 'i32'): Expr => ({ kind: 'load', type, address, offset });
export const store = (address: Expr, value: Expr | number, offset = 0): Stmt => ({
  kind: 'store',
  address,
  offset,
  value: typeof value === 'number' ? i32(value) : value,
});
export const builtin = (name: Extract<Expr, { kind: 'builtin' }>['name']): Expr => ({ kind: 'builtin', type: 'i32', name });
export const branch = (condition: Expr, yes: readonly Stmt[], no: readonly Stmt[] = []): Stmt => ({ kind: 'if', condition, yes, no });
export const leave = (label: number): Stmt => ({ kind: 'break', label });
export const loop = (label: number, body: readonly Stmt[], continuing: readonly Stmt[] = []): Stmt => ({
  kind: 'loop',
  label,
  body,
  continuing,
});
export const clamp = (index: Expr, count: Expr, last: Expr): Expr => ({
  kind: 'op',
  type: 'i32',
  op: 'select',
  args: [index, last, op('i32.lt_u', index, count)],
});

/** Loop 0: `counter` from its value to below `end`, by one. */
export const count = (counter: number, end: Expr | number, body: readonly Stmt[]): Stmt =>
  loop(
    0,
    [branch(op('i32.ge_u', get(counter), typeof end === 'number' ? i32(end) : end), [leave(0)]), ...body],
    [set(counter, add(get(counter), 1))],
  );

export function makeFunction(locals: readonly ValueType[], body: readonly Stmt[], prologue: readonly Stmt[] = []): IrFunction {
  return { name: 'main', parameterCount: 0, locals, results: [], prologue, body };
}

export function makeModule(
  entry: IrFunction,
  options: { readonly variables?: readonly MemoryVariable[]; readonly size?: readonly [number, number, number] } = {},
): IrModule {
  return {
    entry,
    functions: [],
    variables: options.variables ?? [],
    bindingNames: ['in', 'out'],
    workgroupSize: options.size ?? [64, 1, 1],
  };
}

export const ints = (n: number): readonly ValueType[] => new Array<ValueType>(n).fill('i32');
