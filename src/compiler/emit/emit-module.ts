/** Lays out memory and writes the whole WebAssembly module. */
import { CompileError } from '../diagnostics.ts';
import type { IrFunction, IrModule, MemoryVariable, Stmt } from '../ir/ir.ts';
import { contains, walkStmts } from '../ir/walk.ts';
import { encodeModuleInfo, sectionName } from '../module-info.ts';
import type { ModuleAbi, Reflection } from '../reflection.ts';
import { roundUp } from '../resolve/layout.ts';
import { limitRegions } from '../transform/limit-regions.ts';
import { type PlacedRegions, placeLocals } from '../transform/place-locals.ts';
import { findUniformLocals, type LocalPlan, planLocals } from '../transform/plan-locals.ts';
import { hasBarrier, splitRegions } from '../transform/split-regions.ts';
import { type LanedKernel, vectorizeRegions } from '../transform/vectorize-regions.ts';
import { slotsOfFunction } from './assign-slots.ts';
import { ByteWriter } from './byte-writer.ts';
import { emitWorkgroup } from './emit-workgroup.ts';
import { FunctionEmitter, type ModuleTable, type VariableAddress } from './function-emitter.ts';
import { maxLocals, typeCode } from './instruction-writer.ts';

/** How many invocations run side by side: one, four where that is faster, or four wherever it is possible. */
export type LaneOption = 1 | 4 | 'always';

export interface EmitOptions {
  readonly fuel: boolean;
  readonly metered: boolean;
  /** Each region runs its invocations last to first. */
  readonly reversed: boolean;
  readonly usesGrid: boolean;
  /** 1 where it is absent. */
  readonly lanes?: LaneOption;
}

export interface EmittedModule {
  readonly module: Uint8Array;
  readonly abi: ModuleAbi;
  /** Some region runs several invocations side by side. */
  readonly isLaned: boolean;
}

const pageBytes = 65536;
/** Static memory above this is refused; a browser tab has about 4 GiB of WebAssembly memory, of which buffers want most. */
const maxStaticBytes = 256 * 1024 * 1024;

interface MemoryPlan {
  readonly addresses: readonly VariableAddress[];
  readonly workgroupBase: number;
  readonly workgroupBytes: number;
  readonly staticBytes: number;
}

function planMemory(module: IrModule, kernel: LanedKernel, hasRegions: boolean, locals: LocalPlan): MemoryPlan {
  const { variables, interleaved } = kernel;
  const [x, y, z] = module.workgroupSize;
  const lanes = roundUp(x * y * z, 4);
  let top = 0;
  const reserve = (bytes: number, align: number): number => {
    const base = roundUp(top, align);
    top = base + bytes;
    return base;
  };
  const addresses: VariableAddress[] = variables.map(() => ({ base: 0, laneStride: 0 }));
  const place = (test: (index: number) => boolean, isPerLane: boolean): void => {
    variables.forEach((variable, index) => {
      if (!test(index)) return;
      const stride = roundUp(variable.bytes, Math.max(4, variable.align));
      const copies = isPerLane ? lanes : interleaved.has(index) ? 4 : 1;
      const align = interleaved.has(index) ? 16 : variable.align;
      addresses[index] = { base: reserve(stride * copies, align), laneStride: isPerLane ? stride : 0 };
    });
  };
  const spaceOf = (index: number): string => variables[index]?.space ?? '';
  place((index) => spaceOf(index) === 'constant', false);
  top = roundUp(top, 16);
  const workgroupBase = top;
  place((index) => spaceOf(index) === 'workgroup', false);
  const workgroupBytes = top - workgroupBase;
  place((index) => spaceOf(index) === 'private', hasRegions);
  const livesOn = (index: number): boolean => locals.spilledVariables.has(kernel.twins.get(index) ?? index);
  place((index) => spaceOf(index) === 'function' && livesOn(index), true);
  place((index) => spaceOf(index) === 'function' && !livesOn(index), false);
  place((index) => spaceOf(index) === 'spill', false);
  const staticBytes = roundUp(top, 256);
  if (staticBytes > maxStaticBytes) {
    throw new CompileError(
      'limit',
      `This shader keeps ${staticBytes} bytes for its own variables; at most ${maxStaticBytes} are possible.`,
    );
  }
  return { addresses, workgroupBase, workgroupBytes, staticBytes };
}

/** Global numbers: base and bytes of each binding, then fuel and its flag, then the grid, then the lane, then the work. */
function globalNumbers(
  module: IrModule,
  options: EmitOptions,
): { readonly fuel: number; readonly outOfFuel: number; readonly grid: number; readonly lane: number; readonly work: number } {
  const fuel = module.bindingNames.length * 2;
  const grid = fuel + (options.fuel ? 2 : 0);
  const lane = grid + (options.usesGrid ? 3 : 0);
  return { fuel, outOfFuel: fuel + 1, grid, lane, work: lane + 1 };
}

function chooseLanes(module: IrModule, placed: PlacedRegions, options: EmitOptions): LanedKernel {
  const alone: LanedKernel = { ...placed, locals: module.entry.locals, interleaved: new Set(), twins: new Map(), isLaned: false };
  if ((options.lanes ?? 1) === 1 || options.reversed) return alone;
  const laned = vectorizeRegions(module, placed.pieces, placed.variables, { always: options.lanes === 'always' });
  // Lanes take several locals for one.
  return !laned.isLaned || laned.locals.length > maxLocals - 1000 ? alone : laned;
}

function setsOf(list: readonly Stmt[]): ReadonlySet<number> {
  return new Set(list.flatMap((statement) => (statement.kind === 'set' ? [statement.local] : [])));
}

export function emitModule(given: IrModule, reflection: Reflection, options: EmitOptions): EmittedModule {
  const { body, prologue } = given.entry;
  const hasRegions = body.some(hasBarrier);
  const prologueLocals = setsOf(prologue);
  const uniform = hasRegions ? findUniformLocals(body, prologueLocals) : new Set<number>();
  const split = splitRegions(given.entry, uniform);
  const module: IrModule = { ...given, entry: { ...given.entry, locals: split.locals } };
  const none: LocalPlan = { again: new Map(), spilledLocals: [], spilledVariables: new Set() };
  const locals = hasRegions ? planLocals(body, split.pieces, prologueLocals, uniform) : none;
  const located = placeLocals(module, split.pieces, locals);
  const placed = { ...located, pieces: limitRegions(located.pieces, module.workgroupSize) };
  const kernel = chooseLanes(module, placed, options);
  const memory = planMemory(module, kernel, hasRegions, locals);
  const globals = globalNumbers(module, options);
  const firstFunction = options.fuel ? 1 : 0;
  const table: ModuleTable = {
    addresses: memory.addresses,
    baseGlobal: (binding) => binding * 2,
    bytesGlobal: (binding) => binding * 2 + 1,
    gridGlobal: (axis) => globals.grid + axis,
    functionIndex: (callee) => firstFunction + callee,
    fuel: options.fuel ? { left: globals.fuel, end: 0 } : null,
    work: options.metered ? globals.work : null,
    laneGlobal: globals.lane,
  };
  const needsLaneGlobal = hasRegions && module.functions.some((each) => usesLane(each, memory.addresses));
  const functions = module.functions.map((each) => emitFunction(each, table));
  const workgroup = emitWorkgroup(module, table, { ...kernel, ...memory, needsLaneGlobal, reversed: options.reversed });
  const workgroupIndex = firstFunction + module.functions.length;
  const run = emitRun(table, workgroupIndex);
  const abi: ModuleAbi = {
    staticBytes: memory.staticBytes,
    bindings: module.bindingNames.map((name, index) => ({ name, index })),
    hasFuel: options.fuel,
    isMetered: options.metered,
  };
  const signatures = [
    ...(options.fuel ? [{ parameters: [], results: [] }] : []),
    ...module.functions.map((each) => ({ parameters: each.locals.slice(0, each.parameterCount), results: each.results })),
    { parameters: ['i32', 'i32', 'i32'] as const, results: [] },
    { parameters: new Array(6).fill('i32') as 'i32'[], results: [] },
  ];
  const bodies = [...(options.fuel ? [emitOutOfFuel(table, globals.outOfFuel)] : []), ...functions, workgroup, run];
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
  writeData(writer, kernel.variables, memory);
  writer.section(0, (out) => out.name(sectionName).append(encodeModuleInfo({ reflection, abi })));
  return { module: Uint8Array.from(writer.bytes), abi, isLaned: kernel.isLaned };
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
  const slots = slotsOfFunction(each);
  for (const type of slots.types.slice(each.parameterCount)) emitter.addLocal(type);
  emitter.locals = slots.ofLocal;
  emitter.fuelled(() => {
    emitter.tick();
    if (each.body.some((statement) => contains(statement, (inner) => inner.kind === 'meter'))) emitter.startMeter();
    emitter.stmts(each.body);
    emitter.endMeter();
    // Every path of a function with a result has returned by here.
    if (each.results.length > 0) emitter.code.byte(0x00);
  });
  return emitter;
}

/** Says why, and traps. */
function emitOutOfFuel(table: ModuleTable, outOfFuel: number): FunctionEmitter {
  const emitter = new FunctionEmitter(table, 0);
  emitter.i32(1);
  emitter.globalSet(outOfFuel);
  emitter.code.byte(0x00);
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
  emitter.fuelled(() => nest(2));
  return emitter;
}

function writeGlobals(writer: ByteWriter, module: IrModule, options: EmitOptions): void {
  const types: ('i32' | 'i64')[] = module.bindingNames.flatMap(() => ['i32', 'i32'] as const);
  if (options.fuel) types.push('i64', 'i32');
  if (options.usesGrid) types.push('i32', 'i32', 'i32');
  types.push('i32');
  if (options.metered) types.push('i64');
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
  if (options.metered) exported.push({ name: 'work', kind: 3, index: globals.work });
  if (options.usesGrid) ['grid_x', 'grid_y', 'grid_z'].forEach((name, i) => exported.push({ name, kind: 3, index: globals.grid + i }));
  writer.section(7, (out) => out.list(exported, (each, { name, kind, index }) => each.name(name).byte(kind).unsigned(index)));
}

function writeData(writer: ByteWriter, variables: readonly MemoryVariable[], memory: MemoryPlan): void {
  const constants = variables.flatMap((variable, index) =>
    variable.data === null ? [] : [{ base: memory.addresses[index]?.base ?? 0, data: variable.data }],
  );
  if (constants.length === 0) return;
  writer.section(11, (out) =>
    out.list(constants, (each, { base, data }) => each.byte(0, 0x41).signed(base).byte(0x0b).unsigned(data.length).append(data)),
  );
}
