/** The optimizer: the list of passes over the scalar form, in their order. Every one keeps every result to the bit. */
import type { IrFunction, IrModule } from '../ir/ir.ts';
import { countNodes } from '../ir/walk.ts';
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

/** What was made, and whether it would be the same for another number of lanes. */
export interface Optimized {
  readonly module: IrModule;
  readonly isForAny: boolean;
}

/** Clamps go last: behind that, nothing may be moved out from under a condition. */
function elided(module: IrModule, lowered: IrModule, lanes: 1 | 4): Optimized {
  const functions = module.functions.map((source) => elideClamps(source, null, false).result);
  const [x, y, z] = module.workgroupSize;
  const [nodes, loweredNodes] = [countNodes(module.entry.body), countNodes(lowered.entry.body)];
  const isWorthFor = (each: 1 | 4): boolean =>
    x * y * z >= minInvocations && nodes * bytesPerNode[each] + loweredNodes * bytesPerNode[1] <= maxVersionedBytes;
  const isForAny = isWorthFor(1) === isWorthFor(4);
  const { result, checks } = elideClamps(module.entry, module.workgroupSize, isWorthFor(lanes));
  if (checks.length === 0) return { module: { ...module, entry: result, functions }, isForAny };
  const slow = inlineTemps(propagate(splitWebs(lowered.entry)));
  return { module: { ...module, entry: versionEntry(result, checks, slow), functions }, isForAny };
}

/** Loops written out and arrays in locals; then everything found again in what became visible. */
function spread(module: IrModule, lanes: 1 | 4): Optimized {
  const unrolled = unrollLoops(module, lanes);
  const isForAny = unrolled === module && unrollLoops(module, lanes === 1 ? 4 : 1) === module;
  const plain = unrolled === module ? module : each(unrolled, splitWebs, propagate);
  const scalars = replaceArrays(plain);
  if (scalars === module) return { module, isForAny };
  return { module: each(within(each(scalars, splitWebs, propagate), shareValues), propagate, splitWebs), isForAny };
}

interface OptimizeOptions {
  /** How many invocations are going to share an instruction. */
  readonly lanes: 1 | 4;
}

/** What does not depend on the lanes. */
export function optimizeForAny(module: IrModule): IrModule {
  const shared = within(each(module, splitWebs, propagate), shareValues);
  return each(shared, propagate, splitWebs, inlineTemps);
}

/** `plain` is what optimizeForAny made of `lowered`. */
export function optimize(lowered: IrModule, plain: IrModule, { lanes }: OptimizeOptions): Optimized {
  const { module, isForAny } = spread(plain, lanes);
  const hoisted = within(hoistUniform(module), hoistInvariants);
  const bounded = elided(hoisted, lowered, lanes);
  let isForLanes = false;
  const selects: FunctionPass = (source) => {
    const selected = branchToSelect(source, lanes);
    isForLanes ||= selected.isForLanes;
    return selected.result;
  };
  return {
    module: each(bounded.module, selects, propagate, splitWebs, inlineTemps),
    isForAny: isForAny && bounded.isForAny && !isForLanes,
  };
}
