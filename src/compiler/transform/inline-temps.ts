/**
 * Puts the value of a local that is read once into the place that reads it, where nothing in between changes what the value reads. The code gets shorter,
 * and the passes behind see whole expressions.
 */
import type { Expr, IrFunction, Stmt } from '../ir/ir.ts';
import { localsSetBy, walkExpr, walkStmts } from '../ir/walk.ts';
import { countSets, eachStmt, weightOf } from './expr-facts.ts';
import { keepList, mapDirectExprs, mapExpr, mapLists } from './rewrite.ts';

/** Trees are walked by recursion, so they stay small. */
const maxWeight = 24;

interface Pending {
  readonly set: Extract<Stmt, { readonly kind: 'set' }>;
  readonly reads: readonly number[];
  readonly loads: boolean;
  /** Where its set stands, should it be needed. */
  readonly at: number;
}

class Inliner {
  private readonly sets: Int32Array;
  private readonly reads: Int32Array;
  private readonly parameters: number;

  constructor(source: IrFunction) {
    this.sets = countSets(source);
    this.parameters = source.parameterCount;
    this.reads = new Int32Array(source.locals.length);
    walkStmts(
      [...source.prologue, ...source.body],
      () => undefined,
      (expr) => {
        if (expr.kind === 'local') this.reads[expr.local] = (this.reads[expr.local] ?? 0) + 1;
      },
    );
  }

  readonly list = (list: readonly Stmt[]): readonly Stmt[] => {
    const out: (Stmt | null)[] = [];
    const pending = new Map<number, Pending>();
    const flush = (test: (each: Pending) => boolean): void => {
      for (const [local, each] of pending) {
        if (!test(each)) continue;
        out[each.at] = each.set;
        pending.delete(local);
      }
    };
    const put = (expr: Expr): Expr => {
      if (pending.size === 0) return expr;
      return mapExpr(expr, (each) => {
        const value = each.kind === 'local' ? pending.get(each.local)?.set.value : undefined;
        if (value === undefined || each.kind !== 'local') return each;
        pending.delete(each.local);
        return value;
      });
    };
    for (const statement of list) {
      const mapped = mapLists(mapDirectExprs(statement, put), this.list);
      if (pending.size > 0) disturb(mapped, flush);
      if (mapped.kind === 'set' && this.isTemp(mapped.local) && weightOf(mapped.value) <= maxWeight) {
        pending.set(mapped.local, { set: mapped, ...readsOf(mapped.value), at: out.length });
        out.push(null);
      } else out.push(mapped);
    }
    flush(() => true);
    return keepList(
      list,
      out.filter((each) => each !== null),
    );
  };

  private isTemp(local: number): boolean {
    return local >= this.parameters && this.sets[local] === 1 && this.reads[local] === 1;
  }
}

function readsOf(value: Expr): Pick<Pending, 'reads' | 'loads'> {
  const reads: number[] = [];
  let loads = false;
  walkExpr(value, (each) => {
    if (each.kind === 'local') reads.push(each.local);
    if (each.kind === 'load') loads = true;
  });
  return { reads, loads };
}

/** Sets down what a statement may change the meaning of. */
function disturb(statement: Stmt, flush: (test: (each: Pending) => boolean) => void): void {
  if (statement.kind === 'set') return flush((each) => each.reads.includes(statement.local));
  if (statement.kind === 'store') return flush((each) => each.loads);
  const sets = new Set<number>();
  let writes = false;
  let cuts = false;
  eachStmt([statement], (each) => {
    for (const local of localsSetBy(each)) sets.add(local);
    cuts ||= each.kind === 'barrier';
    writes ||= each.kind === 'store' || each.kind === 'atomic' || each.kind === 'fill' || each.kind === 'copy' || each.kind === 'call';
  });
  flush((each) => cuts || (writes && each.loads) || each.reads.some((read) => sets.has(read)));
}

export function inlineTemps(source: IrFunction): IrFunction {
  const body = new Inliner(source).list(source.body);
  return body === source.body ? source : { ...source, body };
}
