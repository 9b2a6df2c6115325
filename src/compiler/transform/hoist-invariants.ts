/**
 * Moves what does not change out of loops, and what is the same for all invocations of a workgroup into the prologue: engines move nothing out of a
 * WebAssembly loop by themselves.
 *
 * Moving is always safe: an expression has no effect and never traps, and addresses are still clamped (this runs before elide-clamps.ts). It may cost
 * something where the value is not needed after all, so dear values stay under their condition. Out of a loop with a barrier nothing moves but into the
 * prologue: a local that lives across regions has to be spilled.
 */
import type { BuiltinName, Expr, IrFunction, IrModule, Stmt, ValueType } from '../ir/ir.ts';
import { localsSetBy } from '../ir/walk.ts';
import { countSets, isSameExpr, setsInLoop, someExpr, weightOf } from './expr-facts.ts';
import { MemoryRoots, unknownRoot } from './memory-roots.ts';
import { keepList, mapDirectExprs, mapLists, mapOperands } from './rewrite.ts';
import { hasBarrier } from './split-regions.ts';

type LoopStmt = Extract<Stmt, { readonly kind: 'loop' }>;

/** What may be computed although a condition might never ask for it. */
const maxUnaskedWeight = 10;

/** Takes out of a list what `isFixed` says is the same however often it runs. */
class Mover {
  readonly moved: Stmt[] = [];
  private readonly locals: ValueType[];
  private readonly counts: Int32Array;
  private readonly isFixed: (expr: Expr) => boolean;
  private readonly onMoved: (local: number) => void;
  private readonly holders: { readonly value: Expr; readonly read: Expr }[] = [];

  constructor(locals: ValueType[], counts: Int32Array, isFixed: (expr: Expr) => boolean, onMoved: (local: number) => void) {
    this.locals = locals;
    this.counts = counts;
    this.isFixed = isFixed;
    this.onMoved = onMoved;
  }

  list(list: readonly Stmt[], isSure: boolean): readonly Stmt[] {
    const out: Stmt[] = [];
    for (const statement of list) {
      if (
        statement.kind === 'set' &&
        this.counts[statement.local] === 1 &&
        isWorthKeeping(statement.value) &&
        this.mayMove(statement.value, isSure)
      ) {
        this.moved.push(statement);
        this.onMoved(statement.local);
        continue;
      }
      const mapped = mapDirectExprs(statement, isSure ? this.sure : this.unsure);
      const isBranch = mapped.kind === 'if' || mapped.kind === 'switch';
      out.push(mapLists(mapped, (inner) => this.list(inner, isSure && !isBranch)));
    }
    return keepList(list, out);
  }

  private mayMove(expr: Expr, isSure: boolean): boolean {
    if (someExpr(expr, (each) => !this.isFixed(each))) return false;
    return isSure || weightOf(expr) <= maxUnaskedWeight;
  }

  private expr(expr: Expr, isSure: boolean): Expr {
    if (isWorthMoving(expr) && this.mayMove(expr, isSure)) return this.hold(expr);
    if (expr.kind !== 'choose') return mapOperands(expr, isSure ? this.sure : this.unsure);
    const condition = this.expr(expr.condition, isSure);
    return { ...expr, condition, yes: this.expr(expr.yes, false), no: this.expr(expr.no, false) };
  }

  private readonly sure = (expr: Expr): Expr => this.expr(expr, true);
  private readonly unsure = (expr: Expr): Expr => this.expr(expr, false);

  private hold(expr: Expr): Expr {
    const known = this.holders.find((each) => isSameExpr(each.value, expr));
    if (known !== undefined) return known.read;
    const local = this.locals.push(expr.type) - 1;
    this.moved.push({ kind: 'set', local, value: expr });
    this.onMoved(local);
    const read: Expr = { kind: 'local', type: expr.type, local };
    this.holders.push({ value: expr, read });
    return read;
  }
}

/** A set that leaves takes its local along; not worth it for what needs no computing. */
function isWorthKeeping(value: Expr): boolean {
  return value.kind === 'op' || value.kind === 'load' || value.kind === 'call' || value.kind === 'choose';
}

/** A single cheap operation beside a constant stays: it costs no more than reading a local that had to leave its register. */
function isWorthMoving(expr: Expr): boolean {
  if (expr.kind !== 'op') return expr.kind === 'load' || expr.kind === 'call' || expr.kind === 'choose';
  return weightOf(expr) > 1 || expr.op.endsWith('.mul');
}

class LoopHoister {
  private readonly locals: ValueType[];
  private readonly counts: Int32Array;
  private readonly roots: MemoryRoots;

  constructor(locals: ValueType[], counts: Int32Array, roots: MemoryRoots) {
    this.locals = locals;
    this.counts = counts;
    this.roots = roots;
  }

  list(list: readonly Stmt[]): readonly Stmt[] {
    const out: Stmt[] = [];
    for (const statement of list) {
      const isLoop = statement.kind === 'loop' && !statement.body.some(hasBarrier);
      const { before, rest } = isLoop ? this.loop(statement) : { before: [], rest: statement };
      out.push(
        ...before,
        mapLists(rest, (inner) => this.list(inner)),
      );
    }
    return keepList(list, out);
  }

  private loop(loop: LoopStmt): { readonly before: readonly Stmt[]; readonly rest: Stmt } {
    const sets = new Set(setsInLoop(loop));
    const writes = this.roots.writesIn([loop]);
    const isFixed = (expr: Expr): boolean => {
      if (expr.kind === 'local') return !sets.has(expr.local);
      if (expr.kind !== 'load') return true;
      const root = this.roots.rootOf(expr.address);
      return this.roots.isConstant(root) || (root !== unknownRoot && !writes.has(root) && !writes.has(unknownRoot));
    };
    const mover = new Mover(this.locals, this.counts, isFixed, (local) => sets.delete(local));
    const rest = mapLists(loop, (inner) => mover.list(inner, true));
    return { before: mover.moved, rest };
  }
}

/** Loops first from the outside, so that what leaves goes as far as it can. */
export function hoistInvariants(module: IrModule, source: IrFunction): IrFunction {
  const locals = [...source.locals];
  const hoister = new LoopHoister(locals, countSets(source), new MemoryRoots(module, source));
  const body = hoister.list(source.body);
  return body === source.body ? source : { ...source, body, locals };
}

const isSameForAll = (name: BuiltinName): boolean => !name.startsWith('local-');

/** Of the entry: values that are the same for all invocations are computed once for the workgroup. */
export function hoistUniform(module: IrModule): IrModule {
  const { entry } = module;
  const locals = [...entry.locals];
  const roots = new MemoryRoots(module, entry);
  const uniform = new Set(entry.prologue.flatMap((each) => [...localsSetBy(each)]));
  const isFixed = (expr: Expr): boolean => {
    switch (expr.kind) {
      case 'local':
        return uniform.has(expr.local);
      case 'builtin':
        return isSameForAll(expr.name);
      case 'address': {
        const space = module.variables[expr.variable]?.space;
        return space === 'constant' || space === 'workgroup';
      }
      case 'load':
        return roots.isConstant(roots.rootOf(expr.address));
      default:
        return true;
    }
  };
  const mover = new Mover(locals, countSets(entry), isFixed, (local) => uniform.add(local));
  const body = mover.list(entry.body, true);
  return { ...module, entry: { ...entry, prologue: [...entry.prologue, ...mover.moved], body, locals } };
}
