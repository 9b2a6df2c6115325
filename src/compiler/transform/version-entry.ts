/**
 * Makes an entry of two versions: a fast one without the clamps that a check in the prologue proves needless for the whole workgroup, and the entry as it was
 * lowered for the workgroups that fail the check: those at the edge of their buffers. Both give the same bytes.
 */
import { i32, op } from '../ir/build.ts';
import type { Expr, IrFunction, Stmt } from '../ir/ir.ts';
import { largestLabel } from '../ir/walk.ts';
import type { Check } from './elide-clamps.ts';
import { isSameExpr } from './expr-facts.ts';
import { mapDirectExprs, mapExpr, mapLists } from './rewrite.ts';
import { type UpperBound, whole } from './upper-bound.ts';

/** Of checks that differ by a constant, the strictest is enough. */
function strictest(checks: readonly Check[]): readonly Check[] {
  const kept: Check[] = [];
  for (const check of checks) {
    const at = kept.findIndex((each) => isSameExpr(each.count, check.count) && isSameTerms(each.bound, check.bound));
    if (at < 0) kept.push(check);
    else if ((kept[at]?.bound.constant ?? 0) < check.bound.constant) kept[at] = check;
  }
  return kept;
}

function isSameTerms(a: UpperBound, b: UpperBound): boolean {
  return a.terms === null || b.terms === null ? a.terms === b.terms : isSameExpr(a.terms, b.terms);
}

function conditionOf(checks: readonly Check[]): Expr {
  return strictest(checks)
    .map(({ bound, count }) => op('f64.lt', whole(bound), op('f64.convert_i32_u', count)))
    .reduce<Expr>((all, each) => (all.kind === 'const' && all.value === 1 ? each : op('i32.and', all, each)), i32(1));
}

/** Moves locals and labels past those of another body, so that both can stand in one function. */
function shift(list: readonly Stmt[], locals: number, labels: number): readonly Stmt[] {
  const shifted = (expr: Expr): Expr => mapExpr(expr, (each) => (each.kind === 'local' ? { ...each, local: each.local + locals } : each));
  return list.map((statement) => {
    const mapped = mapLists(mapDirectExprs(statement, shifted), (inner) => shift(inner, locals, labels));
    if (mapped.kind === 'set') return { ...mapped, local: mapped.local + locals };
    if (mapped.kind === 'atomic') return { ...mapped, result: mapped.result + locals };
    if (mapped.kind === 'call') return { ...mapped, results: mapped.results.map((each) => each + locals) };
    return 'label' in mapped ? { ...mapped, label: mapped.label + labels } : mapped;
  });
}

export function versionEntry(fast: IrFunction, checks: readonly Check[], slow: IrFunction): IrFunction {
  const condition = conditionOf(checks);
  if (condition.kind === 'const') return condition.value !== 0 ? fast : slow;
  const holds = fast.locals.length;
  const firstSlow = holds + 1;
  const labels = largestLabel(fast.body) + 1;
  return {
    ...fast,
    locals: [...fast.locals, 'i32', ...slow.locals],
    prologue: [...fast.prologue, ...shift(slow.prologue, firstSlow, labels), { kind: 'set', local: holds, value: condition }],
    body: [
      {
        kind: 'if',
        condition: { kind: 'local', type: 'i32', local: holds },
        yes: fast.body,
        no: shift(slow.body, firstSlow, labels),
        rare: 'no',
      },
    ],
  };
}
