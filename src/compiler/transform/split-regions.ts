/**
 * Loop fission: cuts the body of a kernel with barriers into regions without one. Each region runs for every invocation of the workgroup before the
 * next begins, so the end of a region is the barrier. A construct that contains a barrier is lifted: the workgroup as a whole goes through it, by the
 * condition of its first invocation, which WGSL's uniformity rules promise to be everyone's.
 */
import { SourceFault } from '../diagnostics.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { contains, localsSetBy, walkStmts } from '../ir/walk.ts';

export type Piece =
  | { readonly kind: 'region'; readonly body: readonly Stmt[] }
  | { readonly kind: 'uniform-set'; readonly local: number; readonly value: Expr }
  | { readonly kind: 'if'; readonly condition: Expr; readonly yes: readonly Piece[]; readonly no: readonly Piece[] }
  | { readonly kind: 'block'; readonly label: number; readonly body: readonly Piece[] }
  | { readonly kind: 'loop'; readonly label: number; readonly body: readonly Piece[]; readonly continuing: readonly Piece[] }
  | {
      readonly kind: 'switch';
      readonly label: number;
      readonly selector: Expr;
      readonly cases: readonly { readonly values: readonly number[]; readonly isDefault: boolean; readonly body: readonly Piece[] }[];
    }
  | { readonly kind: 'jump'; readonly jump: 'break' | 'continue'; readonly label: number };

interface Context {
  /** Lifted labels around, innermost last. */
  readonly labels: readonly LiftedLabel[];
}

interface LiftedLabel {
  readonly label: number;
  /** The list being split ends where the labelled construct ends: a jump there only skips the rest of the region. */
  readonly isTail: boolean;
  /** Within the construct a barrier can still come, so a jump out of it must be uniform. */
  readonly barrierFollows: boolean;
}

export function hasBarrier(statement: Stmt): boolean {
  return contains(statement, (each) => each.kind === 'barrier');
}

export function splitRegions(body: readonly Stmt[], uniformLocals: ReadonlySet<number>): readonly Piece[] {
  return splitList(body, { labels: [] }, uniformLocals);
}

function jumpsOf(statement: Stmt, labels: readonly LiftedLabel[]): readonly LiftedLabel[] {
  return labels.filter((lifted) =>
    contains(statement, (each) => (each.kind === 'break' || each.kind === 'continue') && each.label === lifted.label),
  );
}

function splitList(list: readonly Stmt[], context: Context, uniform: ReadonlySet<number>): Piece[] {
  const pieces: Piece[] = [];
  let segment: Stmt[] = [];
  const flush = (): void => {
    if (segment.length > 0) pieces.push({ kind: 'region', body: segment });
    segment = [];
  };
  const lastBarrier = list.findLastIndex(hasBarrier);
  list.forEach((statement, index) => {
    const inner = narrow(context, index === list.length - 1, index < lastBarrier);
    if (statement.kind === 'barrier') return flush();
    if (statement.kind === 'set' && uniform.has(statement.local)) {
      if (mentions(segment, statement.local)) flush();
      pieces.push({ kind: 'uniform-set', local: statement.local, value: statement.value });
      return;
    }
    if (hasBarrier(statement)) {
      flush();
      pieces.push(lift(statement, inner, uniform));
      return;
    }
    // After the last barrier of a list in tail position, a jump to its end concerns one invocation alone.
    const jumps = jumpsOf(statement, inner.labels).filter((lifted) => !(isTailOf(context, lifted.label) && index > lastBarrier));
    if (jumps.length === 0) {
      segment.push(statement);
      return;
    }
    if (statement.kind !== 'break' && statement.kind !== 'continue' && jumps.some((jump) => !jump.barrierFollows)) {
      throw new SourceFault(
        'unsupported',
        'A jump out of the middle of code with barriers, taken by some invocations only, is not compiled for the CPU yet.',
        null,
      );
    }
    flush();
    pieces.push(lift(statement, inner, uniform));
  });
  const tails = context.labels.filter((lifted) => lifted.isTail && segment.some((statement) => jumpsOf(statement, [lifted]).length > 0));
  segment = tails.reduce<Stmt[]>((inner, { label }) => [{ kind: 'block', label, body: inner }], segment);
  flush();
  return pieces;
}

function isTailOf(context: Context, label: number): boolean {
  return context.labels.some((lifted) => lifted.label === label && lifted.isTail);
}

/** What the labels around mean for the lists inside one statement of a list. */
function narrow(context: Context, isLast: boolean, barrierFollows: boolean): Context {
  return {
    labels: context.labels.map((each) => ({
      label: each.label,
      isTail: each.isTail && isLast,
      barrierFollows: each.barrierFollows || barrierFollows,
    })),
  };
}

function lift(statement: Stmt, context: Context, uniform: ReadonlySet<number>): Piece {
  const enter = (label: number, isTail: boolean, barrierFollows: boolean): Context => ({
    labels: [...context.labels, { label, isTail, barrierFollows }],
  });
  switch (statement.kind) {
    case 'if':
      return {
        kind: 'if',
        condition: statement.condition,
        yes: splitList(statement.yes, context, uniform),
        no: splitList(statement.no, context, uniform),
      };
    case 'block':
      return { kind: 'block', label: statement.label, body: splitList(statement.body, enter(statement.label, true, false), uniform) };
    case 'loop': {
      // Around a loop that has a barrier another one always follows: the next turn's.
      const around = { labels: context.labels.map((each) => ({ ...each, isTail: false, barrierFollows: true })) };
      const inside: Context = { labels: [...around.labels, { label: statement.label, isTail: false, barrierFollows: true }] };
      return {
        kind: 'loop',
        label: statement.label,
        body: splitList(statement.body, inside, uniform),
        continuing: splitList(statement.continuing, inside, uniform),
      };
    }
    case 'switch': {
      const inside = enter(statement.label, true, false);
      const cases = statement.cases.map((each) => ({
        values: each.values,
        isDefault: each.isDefault,
        body: splitList(each.body, inside, uniform),
      }));
      return { kind: 'switch', label: statement.label, selector: statement.selector, cases };
    }
    case 'break':
    case 'continue':
      return { kind: 'jump', jump: statement.kind, label: statement.label };
    default:
      throw new Error(`${statement.kind} cannot be lifted`);
  }
}

function mentions(segment: readonly Stmt[], local: number): boolean {
  let found = false;
  walkStmts(
    segment,
    (statement) => {
      if (localsSetBy(statement).includes(local)) found = true;
    },
    (expr) => {
      if (expr.kind === 'local' && expr.local === local) found = true;
    },
  );
  return found;
}
