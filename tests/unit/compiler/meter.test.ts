// The meter: how much work a program does, in units that neither the machine nor the way it is run can change.
import { describe, expect, it } from 'vitest';
import { TEMPLATES } from '../../../shaders/templates.ts';
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { emitModule } from '../../../src/compiler/emit/emit-module.ts';
import type { IrFunction, IrModule, Stmt } from '../../../src/compiler/ir/ir.ts';
import { partsOfStmt, walkStmts } from '../../../src/compiler/ir/walk.ts';
import { evaluateConst } from '../../../src/compiler/lower/evaluate-const.ts';
import { lowerEntry } from '../../../src/compiler/lower/lower-entry.ts';
import { weighExpr, weighStmt } from '../../../src/compiler/meter-weights.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import { parseModule } from '../../../src/compiler/parse/parse-module.ts';
import { describeEntry } from '../../../src/compiler/resolve/describe-entry.ts';
import { findEntryPoint } from '../../../src/compiler/resolve/entry-point.ts';
import { ModuleScope } from '../../../src/compiler/resolve/module-scope.ts';
import { meterModule } from '../../../src/compiler/transform/meter.ts';
import type { BufferInit } from '../../../src/engine/backend.ts';
import { createModuleInstance, type ModuleInstance } from '../../../src/engine/cpu/module-instance.ts';
import { makeTemplateRun } from '../../support/make-template-run.ts';

const HEAD = '@group(0) @binding(0) var<storage, read_write> out: array<u32>;';
const kernel = (body: string, more = '', size = '4'): string =>
  `${HEAD}\n${more}\n@compute @workgroup_size(${size}) fn main(@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) w: vec3u) {\n${body}\n}`;

const programs: Readonly<Record<string, string>> = {
  'straight code': kernel('out[i] = i * 3u + out[i];'),
  'a loop with one way out': kernel('for (var k = 0u; k < i + 5u; k++) { out[i] += k; }'),
  'a loop with break and continue': kernel(
    'for (var k = 0u; k < 20u; k++) { if (k == i) { continue; } if (k > 9u + i) { break; } out[i] += k; } out[i] *= 2u;',
  ),
  'break if': kernel('var k = 0u; loop { out[i] += k; continuing { k++; break if k >= i + 2u; } }'),
  'a loop left by return': kernel('var k = 0u; loop { if (out[i] > 40u) { return; } out[i] += k; k++; }'),
  'nested loops': kernel(
    'for (var k = 0u; k < i; k++) { for (var j = 0u; j < k; j++) { if (j == 2u) { break; } out[i] += j; } if (k == 3u) { return; } }',
  ),
  switch: kernel(
    'for (var k = 0u; k < 6u; k++) { switch k { case 1u, 2u: { out[i] += 1u; } case 3u: { continue; } default: { out[i] /= 3u; } } }',
  ),
  'a function that is called': kernel(
    'out[i] = walk(i) + walk(i + 3u);',
    `fn walk(n: u32) -> u32 { var a = n; var b = 0u; ${'b += a / 3u; a = a * 7u + (b & 3u); if (b > 1000u) { return b; } '.repeat(12)} while (a > 5u) { a /= 2u; if (a == 9u) { return 1u; } } return a + b; }`,
  ),
  'transcendental functions': kernel('out[i] = u32(sin(f32(i)) * 100.0 + 100.0) + u32(exp(f32(i) * 0.1));'),
  barriers: kernel(
    'tile[i] = i; for (var s = 2u; s > 0u; s /= 2u) { workgroupBarrier(); if (i < s) { tile[i] += tile[i + s]; } } workgroupBarrier(); out[i] = tile[0];',
    'var<workgroup> tile: array<u32, 4>;',
  ),
  'barriers and a return': kernel(
    'tile[i] = i; workgroupBarrier(); if (i == 3u) { return; } out[i] = tile[(i + 1u) % 4u]; for (var k = 0u; k < i; k++) { out[i] += k; }',
    'var<workgroup> tile: array<u32, 4>;',
  ),
};

/** The same count without any thought: a meter before every statement, one at the end of every turn. */
function meterNaively(list: readonly Stmt[]): readonly Stmt[] {
  const callee = (): number => {
    throw new Error('no function without effect here');
  };
  return list.flatMap((statement): readonly Stmt[] => {
    const cost = weighStmt(statement) + partsOfStmt(statement).exprs.reduce((sum, expr) => sum + weighExpr(expr, callee), 0);
    const meter: Stmt = { kind: 'meter', cost };
    switch (statement.kind) {
      case 'if':
        return [meter, { ...statement, yes: meterNaively(statement.yes), no: meterNaively(statement.no) }];
      case 'block':
        return [meter, { ...statement, body: meterNaively(statement.body) }];
      case 'switch':
        return [meter, { ...statement, cases: statement.cases.map((each) => ({ ...each, body: meterNaively(each.body) })) }];
      case 'loop': {
        const again: Stmt = { kind: 'meter', cost: weighStmt(statement) };
        return [meter, { ...statement, body: meterNaively(statement.body), continuing: [...meterNaively(statement.continuing), again] }];
      }
      default:
        return [meter, statement];
    }
  });
}

function lower(wgsl: string) {
  const parsed = parseModule(wgsl);
  const scope = new ModuleScope(parsed, evaluateConst, {});
  const entry = findEntryPoint(parsed, undefined);
  const { reflection, reach } = describeEntry(scope, entry);
  const names = reflection.bindings.map((binding) => binding.name);
  return { reflection, lowered: lowerEntry(scope, entry, reflection.workgroupSize, names, reach.names) };
}

function start(module: Uint8Array): ModuleInstance {
  const instance = createModuleInstance(new WebAssembly.Module(module as BufferSource), readModuleInfo(module));
  instance.fill(new Map<string, BufferInit>([['out', { zeroBytes: 64 }]]));
  instance.setFuel(1n << 40n);
  return instance;
}

function workOf(wgsl: string, options: CompileOptions = {}, groups: readonly [number, number, number] = [2, 2, 1]): bigint {
  const instance = start(compile(wgsl, { metered: true, ...options }).module);
  instance.run([0, 0, 0], groups);
  return instance.workDone();
}

describe('meterModule', () => {
  const withoutCalls = Object.entries(programs).filter(([name]) => name !== 'transcendental functions');
  it.each(withoutCalls)('counts %s as a meter before every statement would', (_name, wgsl) => {
    const { reflection, lowered } = lower(wgsl);
    const naive = (each: IrFunction): IrFunction => ({ ...each, body: meterNaively(each.body) });
    const count = (module: IrModule): bigint => {
      const options = { fuel: false, metered: true, reversed: false, usesGrid: false };
      const instance = start(emitModule(module, reflection, options).module);
      instance.run([0, 0, 0], [2, 2, 1]);
      return instance.workDone();
    };
    const expected = count({ ...lowered, entry: naive(lowered.entry), functions: lowered.functions.map(naive) });
    expect(expected).toBeGreaterThan(0n);
    expect(count(meterModule(lowered))).toBe(expected);
  });

  it('puts one meter into the turn of a plain loop', () => {
    const { lowered } = lower(kernel('for (var k = 0u; k < out[0]; k++) { out[i] += k; }'));
    const inLoops: string[] = [];
    walkStmts(
      meterModule(lowered).entry.body,
      (statement) => {
        if (statement.kind !== 'loop') return;
        const list = [...statement.body, ...statement.continuing];
        walkStmts(
          list,
          (each) => each.kind === 'meter' && inLoops.push(each.kind),
          () => undefined,
        );
      },
      () => undefined,
    );
    expect(inLoops).toEqual(['meter']);
  });
});

describe('a metered module', () => {
  it.each(Object.entries(programs))(
    'does the same work for %s with fuel, reversed, with and without the optimizer, in one lane and in four',
    (_name, wgsl) => {
      const work = workOf(wgsl);
      expect(work).toBeGreaterThan(0n);
      expect(workOf(wgsl, { fuel: true })).toBe(work);
      expect(workOf(wgsl, { reversed: true })).toBe(work);
      for (const optimize of [true, false]) {
        for (const lanes of [1, 4, 'always'] as const) expect(workOf(wgsl, { optimize, lanes })).toBe(work);
      }
    },
  );

  it('counts each turn of a loop, and each invocation', () => {
    const turns = (n: number, size = '1') => workOf(kernel(`for (var k = 0u; k < ${n}u; k++) { out[0] ^= k; }`, '', size), {}, [1, 1, 1]);
    const turn = turns(101) - turns(100);
    expect(turn).toBeGreaterThan(4n);
    expect(turns(1_001) - turns(101)).toBe(turn * 900n);
    expect(turns(50, '4, 2, 2')).toBe(turns(50) * 16n);
  });

  it('gives a sum that does not depend on how the workgroups are cut into calls', () => {
    const module = compile(programs['nested loops'] ?? '', { metered: true }).module;
    const [whole, cut] = [start(module), start(module)];
    whole.run([0, 0, 0], [5, 3, 1]);
    for (const [first, size] of [
      [
        [0, 0, 0],
        [5, 1, 1],
      ],
      [
        [0, 1, 0],
        [2, 2, 1],
      ],
      [
        [2, 1, 0],
        [3, 1, 1],
      ],
      [
        [2, 2, 0],
        [3, 1, 1],
      ],
    ] as const)
      cut.run(first, size);
    expect(cut.workDone()).toBe(whole.workDone());
  });

  it('charges what is slow more, and the dearer side of a choice', () => {
    const cost = (expression: string) => workOf(kernel(`out[i] = ${expression};`), {}, [1, 1, 1]);
    expect(cost('i / out[0]')).toBeGreaterThan(cost('i + out[0]') + 16n);
    expect(cost('u32(sin(f32(i)))')).toBeGreaterThan(cost('u32(sqrt(f32(i)))'));
  });

  it.each(TEMPLATES.map((template) => [template.id, template] as const))(
    'writes the bytes of the plain module: %s',
    async (_id, template) => {
      const run = await makeTemplateRun(template, { base: 40, count: 2 });
      const outputs = [false, true].map((metered) => {
        const { module } = compile(run.wgsl, { metered });
        const instance = createModuleInstance(new WebAssembly.Module(module as BufferSource), readModuleInfo(module));
        instance.fill(new Map(run.buffers));
        instance.writeShard([40, 0, 0], run.shard);
        instance.run([0, 0, 0], [2, 1, 1]);
        return { bytes: instance.read(run.output), work: instance.workDone() };
      });
      expect(outputs[1]?.bytes).toEqual(outputs[0]?.bytes);
      expect(outputs.map(({ work }) => work > 0n)).toEqual([false, true]);
    },
  );
});
