/**
 * Turns a branch that only chooses values for a few locals into selects: cheaper than a jump that is guessed wrong, and with four invocations to an
 * instruction no mask is needed. Both sides are then computed, so they must be cheap, and free of loads and divisions that may be good on one side only.
 *
 * Where a side leaves a local alone, its old value is read; every local that is read anywhere has been set before (see split-webs.ts).
 */
import { select } from '../ir/build.ts';
import type { Expr, IrFunction, Stmt, ValueType } from '../ir/ir.ts';
import { someExpr, weightOf } from './expr-facts.ts';
import { keepList, mapLists } from './rewrite.ts';
import { isFree } from './simplify-expr.ts';

type IfStmt = Extract<Stmt, { readonly kind: 'if' }>;

/** How many locals a branch may choose for. */
const maxLocals: Readonly<Record<1 | 4, number>> = { 1: 1, 4: 3 };
const maxWeight = 6;

/** What a side sets, in order; null: it does something else, or sets a local twice. */
function setsOf(list: readonly Stmt[]): ReadonlyMap<number, Expr> | null {
  const sets = new Map<number, Expr>();
  for (const statement of list) {
    if (statement.kind !== 'set' || sets.has(statement.local) || !isFree(statement.value, maxWeight)) return null;
    // What an earlier set of this side changed would be read too early.
    if (someExpr(statement.value, (each) => each.kind === 'local' && sets.has(each.local))) return null;
    sets.set(statement.local, statement.value);
  }
  return sets;
}

/** null: the branch stays. */
function selectsFor(statement: IfStmt, locals: ValueType[], lanes: 1 | 4): readonly Stmt[] | null {
  const [yes, no] = [setsOf(statement.yes), setsOf(statement.no)];
  if (yes === null || no === null) return null;
  const chosen = [...new Set([...yes.keys(), ...no.keys()])];
  const values = [...yes.values(), ...no.values()];
  if (chosen.length > maxLocals[lanes] || values.reduce((sum, each) => sum + weightOf(each), 0) > maxWeight) return null;
  // One after the other: no select may read what one before it set.
  const isMixed = chosen.some((local, at) =>
    [yes.get(local), no.get(local)].some(
      (value) =>
        value !== undefined &&
        someExpr(value, (each) => each.kind === 'local' && chosen.indexOf(each.local) >= 0 && chosen.indexOf(each.local) < at),
    ),
  );
  if (isMixed) return null;
  const out: Stmt[] = [];
  let { condition } = statement;
  if (chosen.length > 1) {
    const local = locals.push('i32') - 1;
    out.push({ kind: 'set', local, value: condition });
    condition = { kind: 'local', type: 'i32', local };
  }
  for (const local of chosen) {
    const old: Expr = { kind: 'local', type: locals[local] ?? 'i32', local };
    out.push({ kind: 'set', local, value: select(condition, yes.get(local) ?? old, no.get(local) ?? old) });
  }
  return out;
}

interface Selected {
  readonly result: IrFunction;
  /** With one lane some of these branches would have stayed. */
  readonly isForLanes: boolean;
}

export function branchToSelect(source: IrFunction, lanes: 1 | 4): Selected {
  const locals = [...source.locals];
  let isForLanes = false;
  const list = (statements: readonly Stmt[]): readonly Stmt[] =>
    keepList(
      statements,
      statements.flatMap((statement) => {
        const inner = mapLists(statement, list);
        const selects = inner.kind === 'if' ? selectsFor(inner, locals, lanes) : null;
        isForLanes ||= selects !== null && selects.length > maxLocals[1];
        return selects ?? [inner];
      }),
    );
  const body = list(source.body);
  return { result: body === source.body ? source : { ...source, body, locals }, isForLanes };
}
