/** Reads a shader without compiling it: what it binds, how large its workgroups are, what it uses. */
import { withDiagnostics } from './diagnostics.ts';
import { evaluateConst } from './lower/evaluate-const.ts';
import { parseModule } from './parse/parse-module.ts';
import type { Reflection } from './reflection.ts';
import { describeEntry } from './resolve/describe-entry.ts';
import { findEntryPoint } from './resolve/entry-point.ts';
import { ModuleScope } from './resolve/module-scope.ts';

/** Throws CompileError. Without a name, the entry point is the only @compute function. */
export function reflect(wgsl: string, entryPoint?: string): Reflection {
  return withDiagnostics(wgsl, () => {
    const module = parseModule(wgsl);
    const scope = new ModuleScope(module, evaluateConst, {});
    return describeEntry(scope, findEntryPoint(module, entryPoint)).reflection;
  });
}
