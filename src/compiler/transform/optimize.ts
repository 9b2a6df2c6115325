/** The optimizer: the list of passes over the scalar form, in their order. Every one keeps every result to the bit. */
import type { IrFunction, IrModule, Stmt } from '../ir/ir.ts';
import { walkStmts } from '../ir/walk.ts';
import { branchToSelect } from './branch-to-select.ts';
import { elideClamps } from './elide-clamps.ts';
import { hoistInvariants, hoistUniform } from './hoist-invariants.ts';
import { inlineTemps } from './inline-temps.ts';
import { propagate } from './propagate.ts';
import { replaceArrays } from './replace-arrays.ts';
import { shareValues } from './share-values.ts';
import { splitWebs } from './split-webs.ts';
import { unrollLoops } from './unroll-loops.ts';
import { versionEntry } from './version-entry.ts';

type FunctionPass = (source: IrFunction) => IrFunction;

function each(module: IrModule, ...passes: readonly FunctionPass[]): IrModule {
  const run = (source: IrFunction): IrFunction => passes.reduce((result, pass) => pass(result), source);
  return { ...module, entry: run(module.entry), functions: module.functions.map(run) };
}

type ModulePass = (module: IrModule, source: IrFunction) => IrFunction;

function within(module: IrModule, pass: ModulePass): IrModule {
  return { ...module, entry: pass(module, module.entry), functions: module.functions.map((source) => pass(module, source)) };
}

/** Bytes of code a node becomes, about; vectors take a prefix and their loads more. */
const bytesPerNode: Readonly<Record<1 | 4, number>> = { 1: 2.2, 4: 3.5 };
/** Two versions must stay well inside the 10 kB a module should have. */
const maxVersionedBytes = 8500;
/** In a workgroup of few invocations checking costs more than clamping. */
const minInvocations = 16;

/** Clamps go last: behind that, nothing may be moved out from under a condition. */
function elided(module: IrModule, lowered: IrModule, lanes: 1 | 4): IrModule {
  const functions = module.functions.map((source) => elideClamps(source, null, false).result);
  const [x, y, z] = module.workgroupSize;
  const bytes = countNodes(module.entry.body) * bytesPerNode[lanes] + countNodes(lowered.entry.body) * bytesPerNode[1];
  const isWorth = x * y * z >= minInvocations && bytes <= maxVersionedBytes;
  const { result, checks } = elideClamps(module.entry, module.workgroupSize, isWorth);
  if (checks.length === 0) return { ...module, entry: result, functions };
  return { ...module, entry: versionEntry(result, checks, inlineTemps(propagate(splitWebs(lowered.entry)))), functions };
}

function countNodes(list: readonly Stmt[]): number {
  let nodes = 0;
  const count = (): void => {
    nodes++;
  };
  walkStmts(list, count, count);
  return nodes;
}

/** Loops written out and arrays in locals; then everything found again in what became visible. */
function spread(module: IrModule, lanes: 1 | 4): IrModule {
  const unrolled = unrollLoops(module, lanes);
  const plain = unrolled === module ? module : each(unrolled, splitWebs, propagate);
  const scalars = replaceArrays(plain);
  if (scalars === module) return module;
  return each(within(each(scalars, splitWebs, propagate), shareValues), propagate, splitWebs);
}

interface OptimizeOptions {
  /** How many invocations are going to share an instruction. */
  readonly lanes: 1 | 4;
}

export function optimize(module: IrModule, { lanes }: OptimizeOptions = { lanes: 1 }): IrModule {
  const shared = within(each(module, splitWebs, propagate), shareValues);
  const plain = spread(each(shared, propagate, splitWebs, inlineTemps), lanes);
  const hoisted = within(hoistUniform(plain), hoistInvariants);
  const selects: FunctionPass = (source) => branchToSelect(source, lanes);
  return each(elided(hoisted, module, lanes), selects, propagate, splitWebs, inlineTemps);
}
