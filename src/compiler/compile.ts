/**
 * The spine of the compiler: WGSL text in, WebAssembly bytes out. parse -> resolve -> lower -> (transform and) emit.
 *
 * How a host runs the module: import `env.memory`; leave the first `abi.staticBytes` bytes to the module; put each buffer at a multiple of 256 and set the
 * exported globals `base_<index>` and `bytes_<index>` of its binding; call `run(firstX, firstY, firstZ, countX, countY, countZ)`, as often as one likes,
 * for boxes of workgroups. `workgroup_id` is first + i. With fuel, set the i64 global `fuel` before; when it is used up, the module sets `out_of_fuel` to 1
 * and traps. Metered, the i64 global `work` grows by the work of each call. If the shader reads num_workgroups, set `grid_x`, `grid_y`, `grid_z`.
 */
import { withDiagnostics } from './diagnostics.ts';
import { type EmittedModule, emitModule, type LaneOption } from './emit/emit-module.ts';
import type { IrModule } from './ir/ir.ts';
import { checkAssert } from './lower/check-assert.ts';
import { constBuilder, evaluateConst } from './lower/evaluate-const.ts';
import { lowerEntry } from './lower/lower-entry.ts';
import { parseModule } from './parse/parse-module.ts';
import type { ModuleAbi, Reflection } from './reflection.ts';
import { describeEntry } from './resolve/describe-entry.ts';
import { findEntryPoint } from './resolve/entry-point.ts';
import { ModuleScope } from './resolve/module-scope.ts';
import { meterModule } from './transform/meter.ts';
import { type Optimized, optimize, optimizeForAny } from './transform/optimize.ts';

export interface CompileOptions {
  readonly entryPoint?: string;
  /** Counts loop turns and calls, so that an endless loop ends. */
  readonly fuel?: boolean;
  /** Adds up the work done, in units that are the same on every machine; see transform/meter.ts. */
  readonly metered?: boolean;
  /** Runs the invocations of each region last to first: outputs that then differ depend on their order. */
  readonly reversed?: boolean;
  /** false: the lowered form goes to the emitter as it is. Results are the same to the bit. */
  readonly optimize?: boolean;
  /** How many invocations run side by side: 1, 4 where that is faster (as without it), or 'always' four where it is possible. */
  readonly lanes?: 1 | 4 | 'always';
  /** Values of `override` constants, by name or @id. */
  readonly overrides?: Readonly<Record<string, number>>;
}

export interface Compiled {
  readonly module: Uint8Array;
  readonly reflection: Reflection;
  readonly abi: ModuleAbi;
}

/** Throws CompileError, and nothing else, whatever the text. */
export function compile(wgsl: string, options: CompileOptions = {}): Compiled {
  return withDiagnostics(wgsl, () => {
    const parsed = parseModule(wgsl);
    const scope = new ModuleScope(parsed, evaluateConst, options.overrides ?? {});
    const entry = findEntryPoint(parsed, options.entryPoint);
    const { reflection, reach } = describeEntry(scope, entry);
    checkAsserts(scope);
    const names = reflection.bindings.map((binding) => binding.name);
    const lowered = lowerEntry(scope, entry, reflection.workgroupSize, names, reach.names);
    const metered = options.metered === true ? meterModule(lowered) : lowered;
    const { module, abi } = build(metered, reflection, options);
    return { module, reflection, abi };
  });
}

/** The optimizer prepares for the lanes wanted; where no region then runs in lanes, it does so anew for one if that makes a difference. */
function build(lowered: IrModule, reflection: Reflection, options: CompileOptions): EmittedModule {
  const isPlain = options.optimize === false;
  const plain = isPlain ? lowered : optimizeForAny(lowered);
  const optimizeFor = (lanes: LaneOption): Optimized =>
    isPlain ? { module: lowered, isForAny: true } : optimize(lowered, plain, { lanes: lanes === 1 ? 1 : 4 });
  const emit = (module: IrModule, lanes: LaneOption): EmittedModule =>
    emitModule(module, reflection, {
      fuel: options.fuel ?? false,
      metered: options.metered ?? false,
      reversed: options.reversed ?? false,
      usesGrid: reflection.usesNumWorkgroups,
      lanes,
    });
  const wanted = options.reversed === true ? 1 : (options.lanes ?? 4);
  const optimized = optimizeFor(wanted);
  const emitted = emit(optimized.module, wanted);
  return wanted === 1 || emitted.isLaned || optimized.isForAny ? emitted : emit(optimizeFor(1).module, 1);
}

function checkAsserts(scope: ModuleScope): void {
  for (const assert of scope.module.asserts) checkAssert(constBuilder(scope), assert.condition, assert.span);
}
