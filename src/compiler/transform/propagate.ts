/**
 * Puts constants and copies in the place of the locals that hold them, folds what becomes constant, and drops branches that are never taken.
 *
 * Only for locals that are set once: their value is the same wherever they can be read, and so is that of another such local they are a copy of.
 */
import type { Expr, IrFunction } from '../ir/ir.ts';
import { countSets } from './expr-facts.ts';
import { ForwardPass, type PlainStmt } from './forward-pass.ts';
import { mapDirectExprs, mapExpr } from './rewrite.ts';
import { simplifyExpr } from './simplify-expr.ts';

/** Nothing needs to be known of the way: a value that replaces a local is always good. */
type Nothing = Readonly<Record<string, never>>;
const nothing: Nothing = {};

class Propagator extends ForwardPass<Nothing> {
  private readonly counts: Int32Array;
  private readonly values = new Map<number, Expr>();

  constructor(source: IrFunction) {
    super();
    this.counts = countSets(source);
    this.state = nothing;
  }

  run(source: IrFunction): IrFunction {
    const prologue = this.list(source.prologue);
    const body = this.list(source.body);
    return prologue === source.prologue && body === source.body ? source : { ...source, prologue, body };
  }

  private readonly replaced = (expr: Expr): Expr => {
    return expr.kind === 'local' ? (this.values.get(expr.local) ?? expr) : simplifyExpr(expr);
  };

  protected expr(expr: Expr): Expr {
    return mapExpr(expr, this.replaced);
  }

  protected plain(statement: PlainStmt): void {
    const mapped = mapDirectExprs(statement, (each) => this.expr(each)) as PlainStmt;
    if (mapped.kind === 'set' && this.counts[mapped.local] === 1 && this.isLasting(mapped.value))
      this.values.set(mapped.local, mapped.value);
    this.out.push(mapped);
  }

  private isLasting(value: Expr): boolean {
    switch (value.kind) {
      case 'const':
      case 'builtin':
      case 'address':
        return true;
      case 'local':
        return this.counts[value.local] === 1;
      default:
        return false;
    }
  }

  protected copy(): Nothing {
    return nothing;
  }
  protected join(): Nothing {
    return nothing;
  }
  protected enterLoop(): Nothing {
    return nothing;
  }
  protected endTurn(): boolean {
    return true;
  }
}

export function propagate(source: IrFunction): IrFunction {
  return new Propagator(source).run(source);
}
