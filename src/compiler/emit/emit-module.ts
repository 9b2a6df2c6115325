/** Lays out memory and writes the whole WebAssembly module. */
import { CompileError } from '../diagnostics.ts';
import type { IrFunction, IrModule, Stmt } from '../ir/ir.ts';
import { walkStmts } from '../ir/walk.ts';
import type { ModuleAbi, Reflection } from '../reflection.ts';
import { roundUp } from '../resolve/layout.ts';
import { findUniformLocals, type LocalPlan, planLocals } from '../transform/plan-locals.ts';
import { hasBarrier, type Piece, splitRegions } from '../transform/split-regions.ts';
import { ByteWriter } from './byte-writer.ts';
import { emitWorkgroup } from './emit-workgroup.ts';
import { FunctionEmitter, type ModuleTable, type VariableAddress } from './function-emitter.ts';
import { typeCode } from './instruction-writer.ts';

export interface EmitOptions {
  readonly fuel: boolean;
  readonly usesGrid: boolean;
}

export interface EmittedModule {
  readonly module: Uint8Array;
  readonly abi: ModuleAbi;
}

const pageBytes = 65536;
/** Static memory above this is refused; a browser tab has about 4 GiB of WebAssembly memory, of which buffers want most. */
const maxStaticBytes = 256 * 1024 * 1024;

interface MemoryPlan {
  readonly addresses: readonly VariableAddress[];
  readonly spillBase: ReadonlyMap<number, number>;
  readonly workgroupBase: number;
  readonly workgroupBytes: number;
  readonly staticBytes: number;
}

function planMemory(module: IrModule, hasRegions: boolean, locals: LocalPlan): MemoryPlan {
  const [x, y, z] = module.workgroupSize;
  const lanes = x * y * z;
  let top = 0;
  const reserve = (bytes: number, align: number): number => {
    const base = roundUp(top, align);
    top = base + bytes;
    return base;
  };
  const addresses: VariableAddress[] = module.variables.map(() => ({ base: 0, laneStride: 0 }));
  const place = (test: (index: number) => boolean, isPerLane: boolean): void => {
    module.variables.forEach((variable, index) => {
      if (!test(index)) return;
      const stride = roundUp(variable.bytes, Math.max(4, variable.align));
      addresses[index] = { base: reserve(isPerLane ? stride * lanes : stride, variable.align), laneStride: isPerLane ? stride : 0 };
    });
  };
  const spaceOf = (index: number): string => module.variables[index]?.space ?? '';
  place((index) => spaceOf(index) === 'constant', false);
  top = roundUp(top, 16);
  const workgroupBase = top;
  place((index) => spaceOf(index) === 'workgroup', false);
  const workgroupBytes = top - workgroupBase;
  place((index) => spaceOf(index) === 'private', hasRegions);
  place((index) => spaceOf(index) === 'function' && locals.spilledVariables.has(index), true);
  place((index) => spaceOf(index) === 'function' && !locals.spilledVariables.has(index), false);
  const spillBase = new Map(locals.spilledLocals.map((local) => [local, reserve(lanes * 8, 16)]));
  const staticBytes = roundUp(top, 256);
  if (staticBytes > maxStaticBytes) {
    throw new CompileError(
      'limit',
      `This shader keeps ${staticBytes} bytes for its own variables; at most ${maxStaticBytes} are possible.`,
    );
  }
  return { addresses, spillBase, workgroupBase, workgroupBytes, staticBytes };
}

/** Global numbers: base and bytes of each binding, then fuel and its flag, then the grid, then the lane. */
function globalNumbers(
  module: IrModule,
  options: EmitOptions,
): { readonly fuel: number; readonly outOfFuel: number; readonly grid: number; readonly lane: number } {
  const fuel = module.bindingNames.length * 2;
  const grid = fuel + (options.fuel ? 2 : 0);
  return { fuel, outOfFuel: fuel + 1, grid, lane: grid + (options.usesGrid ? 3 : 0) };
}

function setsOf(list: readonly Stmt[]): ReadonlySet<number> {
  return new Set(list.flatMap((statement) => (statement.kind === 'set' ? [statement.local] : [])));
}

export function emitModule(module: IrModule, reflection: Reflection, options: EmitOptions): EmittedModule {
  const hasRegions = module.entry.body.some(hasBarrier);
  const prologueLocals = setsOf(module.entry.prologue);
  const uniform = hasRegions ? findUniformLocals(module.entry.body, prologueLocals) : new Set<number>();
  const pieces: readonly Piece[] | null = hasRegions ? splitRegions(module.entry.body, uniform) : null;
  const none: LocalPlan = { again: new Map(), spilledLocals: [], spilledVariables: new Set() };
  const locals = pieces === null ? none : planLocals(module.entry.body, pieces, prologueLocals, uniform);
  const memory = planMemory(module, hasRegions, locals);
  const globals = globalNumbers(module, options);
  const tickIndex = options.fuel ? 0 : null;
  const firstFunction = options.fuel ? 1 : 0;
  const table: ModuleTable = {
    addresses: memory.addresses,
    baseGlobal: (binding) => binding * 2,
    bytesGlobal: (binding) => binding * 2 + 1,
    gridGlobal: (axis) => globals.grid + axis,
    functionIndex: (callee) => firstFunction + callee,
    tick: tickIndex,
    laneGlobal: globals.lane,
  };
  const needsLaneGlobal = hasRegions && module.functions.some((each) => usesLane(each, memory.addresses));
  const functions = module.functions.map((each) => emitFunction(each, table));
  const workgroup = emitWorkgroup(module, table, { pieces, locals, ...memory, needsLaneGlobal });
  const workgroupIndex = firstFunction + module.functions.length;
  const run = emitRun(table, workgroupIndex);
  const abi: ModuleAbi = {
    staticBytes: memory.staticBytes,
    bindings: module.bindingNames.map((name, index) => ({ name, index })),
    hasFuel: options.fuel,
  };
  const signatures = [
    ...(options.fuel ? [{ parameters: [], results: [] }] : []),
    ...module.functions.map((each) => ({ parameters: each.locals.slice(0, each.parameterCount), results: each.results })),
    { parameters: ['i32', 'i32', 'i32'] as const, results: [] },
    { parameters: new Array(6).fill('i32') as 'i32'[], results: [] },
  ];
  const bodies = [...(options.fuel ? [emitTick(table, globals.fuel, globals.outOfFuel)] : []), ...functions, workgroup, run];
  const writer = new ByteWriter();
  writer.byte(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  writer.section(1, (out) =>
    out.list(signatures, (each, { parameters, results }) =>
      each
        .byte(0x60)
        .list(parameters, (w, type) => w.byte(typeCode[type]))
        .list(results, (w, type) => w.byte(typeCode[type])),
    ),
  );
  const pages = Math.ceil(Math.max(1, memory.staticBytes) / pageBytes);
  writer.section(2, (out) => out.unsigned(1).name('env').name('memory').byte(2, 0).unsigned(pages));
  writer.section(3, (out) => out.list(signatures, (each, _, index) => each.unsigned(index)));
  writeGlobals(writer, module, options);
  writeExports(writer, module, options, globals, workgroupIndex + 1);
  writer.section(10, (out) => out.list(bodies, (each, body) => each.sized((inner) => inner.append(body.finish().bytes))));
  writeData(writer, module, memory);
  writer.section(0, (out) => out.name('ostraka').append(new TextEncoder().encode(JSON.stringify({ reflection, abi }))));
  return { module: Uint8Array.from(writer.bytes), abi };
}

function usesLane(each: IrFunction, addresses: readonly VariableAddress[]): boolean {
  let uses = false;
  walkStmts(
    each.body,
    () => undefined,
    (expr) => {
      if (expr.kind === 'address' && addresses[expr.variable]?.laneStride !== 0) uses = true;
    },
  );
  return uses;
}

function emitFunction(each: IrFunction, table: ModuleTable): FunctionEmitter {
  const emitter = new FunctionEmitter(table, each.parameterCount);
  for (const type of each.locals.slice(each.parameterCount)) emitter.addLocal(type);
  emitter.tick();
  emitter.stmts(each.body);
  // Every path of a function with a result has returned by here.
  if (each.results.length > 0) emitter.code.byte(0x00);
  return emitter;
}

/** Takes one unit of fuel; below zero, raises the flag and traps. */
function emitTick(table: ModuleTable, fuel: number, outOfFuel: number): FunctionEmitter {
  const emitter = new FunctionEmitter(table, 0);
  emitter.globalGet(fuel);
  emitter.code.byte(0x42).signed(1);
  emitter.op('i64.sub');
  emitter.globalSet(fuel);
  emitter.globalGet(fuel);
  emitter.code.byte(0x42).signed(0);
  emitter.op('i64.lt_s');
  emitter.ifElse(() => {
    emitter.i32(1);
    emitter.globalSet(outOfFuel);
    emitter.code.byte(0x00);
  }, null);
  return emitter;
}

/** run(firstX, firstY, firstZ, countX, countY, countZ): the workgroups of a box, x fastest. */
function emitRun(table: ModuleTable, workgroup: number): FunctionEmitter {
  const emitter = new FunctionEmitter(table, 6);
  const counters = [0, 1, 2].map(() => emitter.addLocal('i32'));
  const sum = (axis: number): void => {
    emitter.get(axis);
    emitter.get(counters[axis] ?? 0);
    emitter.op('i32.add');
  };
  const nest = (axis: number): void => {
    if (axis < 0) {
      for (let i = 0; i < 3; i++) sum(i);
      emitter.tick();
      emitter.call(workgroup);
      return;
    }
    const counter = counters[axis] ?? 0;
    emitter.i32(0);
    emitter.put(counter);
    emitter.block(null, 'none', () => {
      emitter.loop(null, 'none', () => {
        emitter.get(counter);
        emitter.get(3 + axis);
        emitter.op('i32.ge_u');
        emitter.branch(1, true);
        nest(axis - 1);
        emitter.get(counter);
        emitter.i32(1);
        emitter.op('i32.add');
        emitter.put(counter);
        emitter.branch(0, false);
      });
    });
  };
  nest(2);
  return emitter;
}

function writeGlobals(writer: ByteWriter, module: IrModule, options: EmitOptions): void {
  const types: ('i32' | 'i64')[] = module.bindingNames.flatMap(() => ['i32', 'i32'] as const);
  if (options.fuel) types.push('i64', 'i32');
  if (options.usesGrid) types.push('i32', 'i32', 'i32');
  types.push('i32');
  writer.section(6, (out) => out.list(types, (each, type) => each.byte(typeCode[type], 1, type === 'i64' ? 0x42 : 0x41, 0, 0x0b)));
}

function writeExports(
  writer: ByteWriter,
  module: IrModule,
  options: EmitOptions,
  globals: ReturnType<typeof globalNumbers>,
  run: number,
): void {
  const exported: { readonly name: string; readonly kind: number; readonly index: number }[] = [{ name: 'run', kind: 0, index: run }];
  module.bindingNames.forEach((_, i) => {
    exported.push({ name: `base_${i}`, kind: 3, index: i * 2 }, { name: `bytes_${i}`, kind: 3, index: i * 2 + 1 });
  });
  if (options.fuel)
    exported.push({ name: 'fuel', kind: 3, index: globals.fuel }, { name: 'out_of_fuel', kind: 3, index: globals.outOfFuel });
  if (options.usesGrid) ['grid_x', 'grid_y', 'grid_z'].forEach((name, i) => exported.push({ name, kind: 3, index: globals.grid + i }));
  writer.section(7, (out) => out.list(exported, (each, { name, kind, index }) => each.name(name).byte(kind).unsigned(index)));
}

function writeData(writer: ByteWriter, module: IrModule, memory: MemoryPlan): void {
  const constants = module.variables.flatMap((variable, index) =>
    variable.data === null ? [] : [{ base: memory.addresses[index]?.base ?? 0, data: variable.data }],
  );
  if (constants.length === 0) return;
  writer.section(11, (out) =>
    out.list(constants, (each, { base, data }) => each.byte(0, 0x41).signed(base).byte(0x0b).unsigned(data.length).append(data)),
  );
}
