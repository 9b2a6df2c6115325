// Each pass of the optimizer, form in, form out.
import { describe, expect, it } from 'vitest';
import { choose, f32, i32, op, select } from '../../../../src/compiler/ir/build.ts';
import type { Expr, IrFunction, MemoryVariable, Stmt } from '../../../../src/compiler/ir/ir.ts';
import { branchToSelect } from '../../../../src/compiler/transform/branch-to-select.ts';
import { hoistInvariants, hoistUniform } from '../../../../src/compiler/transform/hoist-invariants.ts';
import { inlineTemps } from '../../../../src/compiler/transform/inline-temps.ts';
import { propagate } from '../../../../src/compiler/transform/propagate.ts';
import { replaceArrays } from '../../../../src/compiler/transform/replace-arrays.ts';
import { shareValues } from '../../../../src/compiler/transform/share-values.ts';
import { simplifyExpr } from '../../../../src/compiler/transform/simplify-expr.ts';
import { splitWebs } from '../../../../src/compiler/transform/split-webs.ts';
import { unrollLoops } from '../../../../src/compiler/transform/unroll-loops.ts';
import {
  add,
  base,
  below,
  branch,
  builtin,
  count,
  get,
  ints,
  leave,
  load,
  loop,
  makeFunction,
  makeModule,
  mul,
  set,
  store,
  variable,
} from '../../../support/make-ir.ts';
import { printExpr, printFunction } from '../../../support/print-ir.ts';

const out = base(1);
const lines = (...text: readonly string[]): string => text.join('\n');
const array = (bytes: number, space: MemoryVariable['space'] = 'function', data: Uint8Array | null = null): MemoryVariable => ({
  name: 'a',
  space,
  bytes,
  align: 4,
  data,
});
const barrier: Stmt = { kind: 'barrier' };

describe('split webs', () => {
  const run = (locals: number, ...body: readonly Stmt[]): string => printFunction(splitWebs(makeFunction(ints(locals), body)));

  it('gives unrelated values of a local locals of their own', () => {
    expect(run(1, set(0, 1), store(out, get(0)), set(0, 2), store(out, get(0)))).toBe(lines('$0 = 1', '[@1] = $0', '$1 = 2', '[@1] = $1'));
  });
  it('keeps together what meets', () => {
    const body = [set(0, 1), branch(load(out), [set(0, 2)]), store(out, get(0)), set(0, 3), store(out, get(0))];
    expect(run(1, ...body)).toBe(lines('$0 = 1', 'if i32[@1]', '  $0 = 2', '[@1] = $0', '$1 = 3', '[@1] = $1'));
  });
  it('keeps a counter together with its steps', () => {
    expect(run(1, set(0, 0), count(0, 9, [store(out, get(0))]))).toBe(
      lines('$0 = 0', 'loop 0', '  if ge_u($0, 9)', '    break 0', '  [@1] = $0', 'continuing', '  $0 = ($0 + 1)'),
    );
  });
  it('drops sets that nothing reads, in circles too', () => {
    const body = [set(0, 0), set(1, 0), count(0, 9, [set(1, add(get(1), 1))])];
    expect(run(2, ...body)).toBe(lines('$0 = 0', 'loop 0', '  if ge_u($0, 9)', '    break 0', 'continuing', '  $0 = ($0 + 1)'));
  });
  it('drops what no way reaches', () => {
    expect(run(1, loop(0, [leave(0), store(out, 1)]), store(out, 2))).toBe(lines('loop 0', '  break 0', '[@1] = 2'));
  });
  it('starts what some way leaves unset as zero', () => {
    expect(run(1, branch(load(out), [set(0, 2)]), store(out, get(0)))).toBe(lines('$0 = 0', 'if i32[@1]', '  $0 = 2', '[@1] = $0'));
  });
});

describe('propagate', () => {
  const run = (locals: number, ...body: readonly Stmt[]): string => printFunction(propagate(makeFunction(ints(locals), body)));

  it('puts constants and copies in place and folds', () => {
    const body = [set(0, 5), set(1, load(out)), set(2, get(1)), store(out, add(mul(get(0), 3), get(2)))];
    expect(run(3, ...body)).toBe(lines('$0 = 5', '$1 = i32[@1]', '$2 = $1', '[@1] = ($1 + 15)'));
  });
  it('leaves locals alone that are set twice', () => {
    const body = [set(0, 5), store(out, get(0)), set(0, 6), store(out, get(0))];
    expect(run(1, ...body)).toBe(lines('$0 = 5', '[@1] = $0', '$0 = 6', '[@1] = $0'));
  });
  it('drops branches that are never taken', () => {
    expect(run(1, set(0, 0), branch(get(0), [store(out, 1)], [store(out, 2)]))).toBe(lines('$0 = 0', '[@1] = 2'));
  });
});

describe('simplify', () => {
  const x = get(0);
  const n = get(1);
  const cases: readonly (readonly [string, Expr, string])[] = [
    ['rotation by a constant', op('i32.or', op('i32.shr_u', x, i32(7)), op('i32.shl', x, i32(25))), 'rotl($0, 25)'],
    ['rotation by xor', op('i32.xor', op('i32.shl', x, i32(3)), op('i32.shr_u', x, i32(29))), 'rotl($0, 3)'],
    ['rotation by a value', op('i32.or', op('i32.shl', x, n), op('i32.shr_u', x, op('i32.sub', i32(32), n))), 'rotl($0, $1)'],
    [
      'no rotation: by 0 the sum would double',
      op('i32.add', op('i32.shl', x, n), op('i32.shr_u', x, op('i32.sub', i32(32), n))),
      '(($0 << $1) + shr_u($0, (32 - $1)))',
    ],
    ['no rotation: 3 + 28', op('i32.or', op('i32.shl', x, i32(3)), op('i32.shr_u', x, i32(28))), '(($0 << 3) | shr_u($0, 28))'],
    ['division by a power of two', op('i32.div_u', x, i32(8)), 'shr_u($0, 3)'],
    ['division by 2^31', op('i32.div_u', x, i32(-2147483648)), 'shr_u($0, 31)'],
    ['remainder by a power of two', op('i32.rem_u', x, i32(8)), '($0 & 7)'],
    ['no signed division', op('i32.div_s', x, i32(8)), 'div_s($0, 8)'],
    ['a choice of bits', op('i32.xor', op('i32.and', x, n), op('i32.and', op('i32.xor', x, i32(-1)), get(2))), '($2 ^ ($0 & ($2 ^ $1)))'],
    [
      'the majority of bits',
      op('i32.xor', op('i32.xor', op('i32.and', x, n), op('i32.and', x, get(2))), op('i32.and', n, get(2))),
      '($1 ^ (($0 ^ $1) & ($1 ^ $2)))',
    ],
    ['a float times zero stays: it may be NaN or -0', op('f32.mul', get(3, 'f32'), f32(0)), 'f32.mul($3, 0f32)'],
    ['a cheap choice needs no branch', choose(x, add(n, 1), i32(2)), 'select(($1 + 1), 2, $0)'],
    ['a choice that loads keeps its branch', choose(x, load(out), i32(2)), '($0 ? i32[@1] : 2)'],
  ];
  it.each(cases)('%s', (_, expr, expected) => {
    expect(printExpr(simplifyExpr(expr)).replace('($3 *f32 0f32)', 'f32.mul($3, 0f32)')).toBe(expected);
  });
});

describe('share values', () => {
  const run = (locals: number, ...body: readonly Stmt[]): string => {
    const source = makeFunction(ints(locals), body);
    return printFunction(shareValues(makeModule(source), source));
  };
  const dear = add(mul(get(0), 12), get(1));

  it('computes once what is used twice', () => {
    expect(run(2, store(out, dear), store(out, dear, 4))).toBe(lines('$2 = (($0 * 12) + $1)', '[@1] = $2', '[@1 + 4] = $2'));
  });
  it('uses the local that holds it already', () => {
    expect(run(3, set(2, dear), store(out, dear))).toBe(lines('$2 = (($0 * 12) + $1)', '[@1] = $2'));
  });
  it('knows a changed operand', () => {
    const body = [set(0, 1), store(out, dear), set(0, 2), store(out, dear)];
    expect(run(2, ...body)).toBe(lines('$0 = 1', '[@1] = (($0 * 12) + $1)', '$0 = 2', '[@1] = (($0 * 12) + $1)'));
  });
  it('does not share out of a branch, but into it', () => {
    expect(run(2, branch(get(0), [store(out, dear)]), store(out, dear))).toBe(
      lines('if $0', '  [@1] = (($0 * 12) + $1)', '[@1] = (($0 * 12) + $1)'),
    );
    expect(run(2, store(out, dear), branch(get(0), [store(out, dear)]))).toBe(
      lines('$2 = (($0 * 12) + $1)', '[@1] = $2', 'if $0', '  [@1] = $2'),
    );
  });
  it('loads again only what a store may have changed', () => {
    const body = [store(out, load(base(0))), store(out, load(base(0))), store(base(0), 1, 4), store(out, load(base(0)))];
    expect(run(0, ...body)).toBe(lines('$0 = i32[@0]', '[@1] = $0', '[@1] = $0', '[@0 + 4] = 1', '[@1] = i32[@0]'));
  });
  it('does not load what was just stored', () => {
    expect(run(1, store(out, mul(get(0), get(0))), set(0, load(out)), store(base(0), load(out)))).toContain('[@0] = ');
    expect(run(0, store(out, 7), store(base(0), load(out)))).toBe(lines('[@1] = 7', '[@0] = 7'));
  });
  it('forgets a narrow store', () => {
    const narrow = { ...store(out, get(0)), bytes: 2 } as Stmt;
    expect(run(1, narrow, store(base(0), load(out)))).toContain('[@0] = i32[@1]');
  });
  it('keeps nothing across a barrier', () => {
    expect(run(2, store(out, dear), barrier, store(out, dear))).toBe(
      lines('[@1] = (($0 * 12) + $1)', 'barrier', '[@1] = (($0 * 12) + $1)'),
    );
  });
  it('does not take a value into a loop that changes what it is made of', () => {
    expect(run(2, set(0, 0), store(out, dear), count(0, 9, [store(out, dear)])).match(/\* 12/g)?.length).toBe(2);
  });
  it('does not take a value into the next turn', () => {
    const text = run(2, set(0, 0), count(0, 9, [store(out, dear)]), store(out, dear));
    expect(text.match(/\* 12/g)?.length).toBe(2);
  });
});

describe('unroll loops', () => {
  const run = (end: number, lanes: 1 | 4, ...body: readonly Stmt[]): string =>
    printFunction(unrollLoops(makeModule(makeFunction(ints(2), [set(0, 0), count(0, end, body)])), lanes).entry);

  it('writes short loops out', () => {
    expect(run(2, 1, store(out, get(0)))).toBe(lines('$0 = 0', '$0 = 0', '[@1] = 0', '$0 = 1', '[@1] = 1', '$0 = 2'));
  });
  it('turns continue into the end of a turn, and keeps break', () => {
    const text = run(1, 1, branch(get(1), [{ kind: 'continue', label: 0 }]), branch(get(1), [leave(0)]));
    expect(text).toBe(
      lines('$0 = 0', 'block 0', '  $0 = 0', '  block 1', '    if $1', '      break 1', '    if $1', '      break 0', '  $0 = 1'),
    );
  });
  it('repeats the meter of a turn', () => {
    const body = [branch(op('i32.ge_u', get(0), i32(2)), [leave(0)]), store(out, get(0))];
    const counted = loop(0, body, [set(0, add(get(0), 1)), { kind: 'meter', cost: 3 }]);
    const text = printFunction(unrollLoops(makeModule(makeFunction(ints(1), [set(0, 0), counted])), 1).entry);
    expect(text.match(/meter 3/g)?.length).toBe(2);
  });
  it('has limits on both sides', () => {
    expect(run(128, 1, store(out, 1))).not.toContain('loop');
    expect(run(129, 1, store(out, 1))).toContain('loop');
    expect(run(4, 4, store(out, 1))).not.toContain('loop');
    expect(run(5, 4, store(out, 1))).toContain('loop');
  });
  it('lets a module grow only so far', () => {
    const body = Array.from({ length: 12 }, (_, i) => [set(0, 0), { ...count(0, 100, [store(out, get(0))]), label: i } as Stmt]).flat();
    const relabeled = body.map((each) =>
      each.kind === 'loop' ? { ...each, body: [branch(op('i32.ge_u', get(0), i32(100)), [leave(each.label)]), store(out, get(0))] } : each,
    );
    const text = printFunction(unrollLoops(makeModule(makeFunction(ints(1), [...relabeled, ...relabeled, ...relabeled])), 1).entry);
    expect(text.match(/loop/g)?.length).toBe(10);
  });
  it('leaves loops that change their counter, or hold a barrier or a loop', () => {
    expect(run(2, 1, set(0, 1))).toContain('loop');
    expect(run(2, 1, barrier)).toContain('loop');
    expect(run(2, 1, loop(1, [leave(1)]))).toContain('loop');
  });
});

describe('replace arrays', () => {
  const run = (variables: readonly MemoryVariable[], ...body: readonly Stmt[]): string =>
    printFunction(replaceArrays(makeModule(makeFunction(ints(1), body), { variables })).entry);
  const a = variable(0);

  it('gives words locals', () => {
    const fill: Stmt = { kind: 'fill', address: a, offset: 0, bytes: 8 };
    expect(run([array(8)], fill, store(a, 5, 4), store(out, load(add(a, 4))))).toBe(lines('$1 = 0', '$2 = 0', '$2 = 5', '[@1] = $2'));
  });
  it('moves bits between floats and integers', () => {
    const body = [store(a, 5), store(out, load(a, 0, 'f32'))];
    expect(run([array(4)], ...body)).toBe(lines('$1 = 5', '[@1] = f32.reinterpret_i32($1)'));
  });
  it('leaves what an index reaches, what is workgroup memory, and what is large', () => {
    expect(run([array(8)], store(add(a, get(0)), 1), store(out, load(a)))).toContain('[(&0 + $0)] = 1');
    expect(run([array(8, 'workgroup')], store(a, 1), store(out, load(a)))).toContain('[&0] = 1');
    expect(run([array(512)], store(a, 1), store(out, load(a)))).not.toContain('&0');
    expect(run([array(516)], store(a, 1), store(out, load(a)))).toContain('&0');
  });
  it('leaves narrow accesses', () => {
    expect(run([array(8)], { ...store(a, 1), bytes: 2 } as Stmt, store(out, load(a)))).toContain('[&0] = 1');
  });
  it('reads constant memory while compiling', () => {
    const data = new Uint8Array(new Int32Array([3, -4]).buffer);
    expect(run([array(8, 'constant', data)], store(out, load(a, 4)))).toBe('[@1] = -4');
  });
});

describe('hoist', () => {
  const invariant = add(mul(get(1), 12), builtin('local-x'));
  const loops = (pass: (source: IrFunction) => IrFunction, locals: number, ...body: readonly Stmt[]): string =>
    printFunction(pass(makeFunction(ints(locals), [set(0, 0), count(0, 9, body)])));
  const hoist = (source: IrFunction): IrFunction => hoistInvariants(makeModule(source), source);

  it('takes out of a loop what does not change', () => {
    const text = loops(hoist, 2, store(add(out, get(0)), invariant));
    expect(text.split('\n').slice(0, 3)).toEqual(['$0 = 0', '$2 = (($1 * 12) + local-x)', 'loop 0']);
    expect(text).toContain('[(@1 + $0)] = $2');
  });
  it('leaves what changes, and loads of what is stored', () => {
    expect(loops(hoist, 2, store(out, mul(get(0), get(0))))).toContain('  [@1] = ($0 * $0)');
    expect(loops(hoist, 2, store(out, load(out, 4)))).toContain('  [@1] = i32[@1 + 4]');
    expect(loops(hoist, 2, store(out, load(base(0), 4))).split('\n')[1]).toBe('$2 = i32[@0 + 4]');
  });
  it('takes nothing out of a loop with a barrier', () => {
    expect(loops(hoist, 2, store(out, invariant), barrier)).toContain('  [@1] = (($1 * 12) + local-x)');
  });
  it('computes in the prologue what is the same for all', () => {
    const same = add(mul(builtin('group-x'), 64), load(base(0)));
    const source = makeFunction(ints(1), [store(out, add(same, builtin('local-x')))]);
    expect(printFunction(hoistUniform(makeModule(source)).entry)).toBe(
      lines('prologue', '$1 = ((group-x * 64) + i32[@0])', '[@1] = ($1 + local-x)'),
    );
  });
});

describe('branch to select', () => {
  const run = (locals: number, lanes: 1 | 4, ...body: readonly Stmt[]): string =>
    printFunction(branchToSelect(makeFunction(ints(locals), body), lanes).result);
  const asked = load(out);

  it('chooses between two values, or the old one', () => {
    expect(run(1, 1, branch(asked, [set(0, 1)], [set(0, 2)]))).toBe('$0 = select(1, 2, i32[@1])');
    expect(run(1, 1, branch(asked, [set(0, add(get(0), 1))]))).toBe('$0 = select(($0 + 1), $0, i32[@1])');
  });
  it('computes the condition of several once, before any of them', () => {
    const body = branch(below(get(0), 9), [set(0, 1), set(1, 2)]);
    expect(run(2, 4, body)).toBe(lines('$2 = lt_u($0, 9)', '$0 = select(1, $0, $2)', '$1 = select(2, $1, $2)'));
    expect(run(2, 1, body)).toContain('if');
  });
  it('leaves what would read too late, load, divide, or cost much', () => {
    expect(run(2, 4, branch(asked, [set(0, 1), set(1, get(0))]))).toContain('if');
    expect(run(2, 4, branch(asked, [set(0, 1)], [set(1, get(0))]))).toContain('if');
    expect(run(1, 4, branch(asked, [set(0, load(base(0)))]))).toContain('if');
    expect(run(1, 4, branch(asked, [set(0, op('i32.div_u', i32(7), get(0)))]))).toContain('if');
    const dear = (n: number): Expr => Array.from({ length: n }).reduce<Expr>((sum) => op('i32.mul', sum, get(1)), get(0));
    expect(run(2, 4, branch(asked, [set(0, dear(6))]))).not.toContain('if');
    expect(run(2, 4, branch(asked, [set(0, dear(7))]))).toContain('if');
    expect(run(1, 4, branch(asked, [set(0, 1), store(out, 1)]))).toContain('if');
  });
});

describe('inline temps', () => {
  const run = (locals: number, ...body: readonly Stmt[]): string => printFunction(inlineTemps(makeFunction(ints(locals), body)));

  it('puts a value where it is read once', () => {
    expect(run(2, set(1, mul(get(0), 3)), store(out, get(1)))).toBe('[@1] = ($0 * 3)');
  });
  it('not past a change of what it reads', () => {
    expect(run(2, set(1, mul(get(0), 3)), set(0, 5), store(out, get(1)))).toContain('$1 = ($0 * 3)');
    expect(run(1, set(0, load(out)), store(out, 1), store(out, get(0)))).toContain('$0 = i32[@1]');
    expect(run(1, set(0, mul(builtin('local-x'), 3)), barrier, store(out, get(0)))).toContain('$0 = (local-x * 3)');
  });
  it('not into a loop', () => {
    expect(run(2, set(1, mul(get(0), 3)), loop(0, [store(out, get(1)), leave(0)]))).toContain('$1 = ($0 * 3)');
  });
});

it('a select with its outcome known is no select', () => {
  expect(printExpr(simplifyExpr(select(below(get(0), get(1)), get(2), get(2))))).toBe('$2');
});
