/** What all functions of one compilation share while they are lowered: memory, bindings, and the functions made so far. */

import { SourceFault, type Span } from '../diagnostics.ts';
import type { IrFunction, MemoryVariable, Stmt } from '../ir/ir.ts';
import { alignOf, roundUp, sizeOf } from '../resolve/layout.ts';
import type { GlobalVariable, ModuleScope } from '../resolve/module-scope.ts';
import type { Type } from '../resolve/types.ts';

/** Memory a program may keep for workgroup, private and function variables; WebGPU's default for workgroup memory is a 16th of this per workgroup. */
export const maxVariableBytes = 1 << 24;
/** The same for all of them together. */
export const maxAllVariableBytes = 1 << 26;
/** Statements and expressions of all functions together; stops inlining from growing without end. */
export const maxIrSize = 400_000;

export class Unit {
  readonly scope: ModuleScope;
  readonly workgroupSize: readonly [number, number, number];
  readonly bindingNames: readonly string[];
  readonly functions: (IrFunction | null)[] = [];
  readonly variables: MemoryVariable[] = [];
  /** Functions by WGSL name, or by `math:` and the library's name. */
  readonly functionIndex = new Map<string, number>();
  /** Module-scope variables that got memory, by name. */
  readonly globalMemory = new Map<string, number>();
  /** Constant memory by type and bytes, so that equal tables are kept once. */
  readonly constantMemory = new Map<string, number>();
  /** Call sites per function name, from a scan of the reachable tree. */
  readonly callSites: ReadonlyMap<string, number>;
  /** Where in the source each statement came from; null unless somebody asks, as the lint does. */
  readonly origins: Map<Stmt, Span> | null;
  private irSize = 0;
  private variableBytes = 0;

  constructor(
    scope: ModuleScope,
    workgroupSize: readonly [number, number, number],
    bindingNames: readonly string[],
    callSites: ReadonlyMap<string, number>,
    origins: Map<Stmt, Span> | null = null,
  ) {
    this.origins = origins;
    this.scope = scope;
    this.workgroupSize = workgroupSize;
    this.bindingNames = bindingNames;
    this.callSites = callSites;
  }

  addVariable(name: string, space: MemoryVariable['space'], type: Type, data: Uint8Array | null = null): number {
    const bytes = sizeOf(type);
    if (bytes > maxVariableBytes)
      throw new SourceFault('limit', `"${name}" takes ${bytes} bytes; at most ${maxVariableBytes} are possible.`, null);
    this.variableBytes += bytes;
    if (this.variableBytes > maxAllVariableBytes)
      throw new SourceFault('limit', `The variables of this shader take more than ${maxAllVariableBytes} bytes together.`, null);
    this.variables.push({ name, space, bytes: roundUp(bytes, 4), align: Math.max(4, alignOf(type)), data });
    return this.variables.length - 1;
  }

  globalVariable(variable: GlobalVariable): number {
    const known = this.globalMemory.get(variable.name);
    if (known !== undefined) return known;
    const space = variable.space === 'workgroup' ? 'workgroup' : 'private';
    const index = this.addVariable(variable.name, space, variable.type);
    this.globalMemory.set(variable.name, index);
    return index;
  }

  bindingIndex(name: string): number {
    const index = this.bindingNames.indexOf(name);
    if (index < 0) throw new Error(`binding ${name} was not reached`);
    return index;
  }

  /** Called for each statement made. */
  countStatement(): void {
    if (++this.irSize > maxIrSize)
      throw new SourceFault('limit', 'This shader is too large once its functions are put into one another.', null);
  }
}
