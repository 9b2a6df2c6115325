/**
 * The spine of the compiler: WGSL text in, WebAssembly bytes out. parse -> resolve -> lower -> (transform and) emit.
 *
 * How a host runs the module: import `env.memory`; leave the first `abi.staticBytes` bytes to the module; put each buffer at a multiple of 256 and set the
 * exported globals `base_<index>` and `bytes_<index>` of its binding; call `run(firstX, firstY, firstZ, countX, countY, countZ)`, as often as one likes,
 * for boxes of workgroups. `workgroup_id` is first + i. With fuel, set the i64 global `fuel` before; when it is used up, the module sets `out_of_fuel` to 1
 * and traps. If the shader reads num_workgroups, set `grid_x`, `grid_y`, `grid_z`.
 */
import { CompileError, withDiagnostics } from './diagnostics.ts';
import { emitModule } from './emit/emit-module.ts';
import { evaluateConst } from './lower/evaluate-const.ts';
import { lowerEntry } from './lower/lower-entry.ts';
import { parseModule } from './parse/parse-module.ts';
import type { ModuleAbi, Reflection } from './reflection.ts';
import { describeEntry } from './resolve/describe-entry.ts';
import { findEntryPoint } from './resolve/entry-point.ts';
import { ModuleScope } from './resolve/module-scope.ts';

export interface CompileOptions {
  readonly entryPoint?: string;
  /** Counts loop turns and calls, so that an endless loop ends. */
  readonly fuel?: boolean;
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
    const { module, abi } = emitModule(lowered, reflection, { fuel: options.fuel ?? false, usesGrid: reflection.usesNumWorkgroups });
    return { module, reflection, abi };
  });
}

function checkAsserts(scope: ModuleScope): void {
  for (const assert of scope.module.asserts) {
    const value = scope.evaluate(assert.condition);
    const [part] = value.kind === 'parts' ? value.parts : [];
    if (part?.kind !== 'const' || part.value === 0) throw new CompileError('type', 'A const_assert of this shader does not hold.');
  }
}
