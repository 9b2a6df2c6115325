/**
 * Loop fission: cuts the body of a kernel with barriers into regions without one. Each region runs for every invocation of the workgroup before the
 * next begins, so the end of a region is the barrier. A construct that contains a barrier is lifted: the workgroup as a whole goes through it, by the
 * condition of its first invocation, which WGSL's uniformity rules promise to be everyone's.
 */
import { SourceFault } from '../diagnostics.ts';
import { i32, op } from '../ir/build.ts';
import type { Expr, IrFunction, Stmt, ValueType } from '../ir/ir.ts';
import { contains, localsSetBy, walkStmts } from '../ir/walk.ts';
import { mapLists } from './rewrite.ts';

export type Piece =
  /** `lanes` is there where the body was vectorized: it then runs for that many neighbouring invocations at once. */
  | {
      readonly kind: 'region';
      readonly body: readonly Stmt[];
      readonly lanes?: number;
      /** Only invocations below this do anything. */
      readonly limit?: Expr;
      /** What the last of them run one by one, where the body is for full groups only. */
      readonly rest?: readonly Stmt[];
    }
  | { readonly kind: 'uniform-set'; readonly local: number; readonly value: Expr }
  /** `prepare` runs for the first invocation, before its condition is evaluated. */
  | {
      readonly kind: 'if';
      readonly prepare?: readonly Stmt[];
      readonly condition: Expr;
      readonly yes: readonly Piece[];
      readonly no: readonly Piece[];
      /** The side that hardly ever runs: it stays scalar. */
      readonly rare?: 'no';
    }
  | { readonly kind: 'block'; readonly label: number; readonly body: readonly Piece[] }
  | { readonly kind: 'loop'; readonly label: number; readonly body: readonly Piece[]; readonly continuing: readonly Piece[] }
  | {
      readonly kind: 'switch';
      readonly label: number;
      readonly prepare?: readonly Stmt[];
      readonly selector: Expr;
      readonly cases: readonly { readonly values: readonly number[]; readonly isDefault: boolean; readonly body: readonly Piece[] }[];
    }
  | { readonly kind: 'jump'; readonly jump: 'break' | 'continue'; readonly label: number };

interface Context {
  /** Lifted labels around, innermost last. */
  readonly labels: readonly LiftedLabel[];
  /** Of the labels that some invocations jumped to alone: the local that says so. */
  readonly flags: Map<number, number>;
  readonly newLocal: () => number;
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

export interface SplitBody {
  readonly pieces: readonly Piece[];
  /** Locals of the entry function, then one flag for each construct that some invocations leave early; it is not 0 for those that did. */
  readonly locals: readonly ValueType[];
}

export function splitRegions(entry: IrFunction, uniformLocals: ReadonlySet<number>): SplitBody {
  const locals = [...entry.locals];
  const pieces = splitList(entry.body, { labels: [], flags: new Map(), newLocal: () => locals.push('i32') - 1 }, uniformLocals);
  return { pieces, locals };
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
  for (const [index, statement] of list.entries()) {
    const inner = narrow(context, index === list.length - 1, index < lastBarrier);
    if (statement.kind === 'barrier') {
      flush();
      continue;
    }
    if (statement.kind === 'set' && uniform.has(statement.local)) {
      if (mentions(segment, statement.local)) flush();
      pieces.push({ kind: 'uniform-set', local: statement.local, value: statement.value });
      continue;
    }
    if (hasBarrier(statement) || (list.length === 1 && statement.kind === 'if' && statement.rare === 'no')) {
      flush();
      pieces.push(...enter(statement, inner, uniform));
      const rest = guardRest(statement, list.slice(index + 1), context);
      if (rest === null) continue;
      pieces.push(...splitList(rest, context, uniform));
      return pieces;
    }
    // After the last barrier of a list in tail position, a jump to its end concerns one invocation alone.
    const jumps = jumpsOf(statement, inner.labels).filter((lifted) => !(isTailOf(context, lifted.label) && index > lastBarrier));
    if (jumps.length === 0) {
      segment.push(statement);
      continue;
    }
    if (statement.kind !== 'break' && statement.kind !== 'continue' && jumps.some((jump) => !jump.barrierFollows)) {
      // No barrier comes any more before the construct ends, so what is left of this list is one region, and who jumps may be alone.
      const raised = raiseFlags(list.slice(index), context);
      const labels = inner.labels.filter((lifted) => raised.some((each) => jumpsOf(each, [lifted]).length > 0));
      if (labels.some((lifted) => lifted.barrierFollows && !isTailOf(context, lifted.label))) throw mixedJump();
      segment.push(...labels.reduce<readonly Stmt[]>((body, { label }) => [{ kind: 'block', label, body }], raised));
      flush();
      return pieces;
    }
    flush();
    pieces.push(lift(statement, inner, uniform));
  }
  const tails = context.labels.filter((lifted) => lifted.isTail && segment.some((statement) => jumpsOf(statement, [lifted]).length > 0));
  segment = tails.reduce<Stmt[]>((inner, { label }) => [{ kind: 'block', label, body: inner }], segment);
  flush();
  return pieces;
}

function mixedJump(): SourceFault {
  return new SourceFault(
    'unsupported',
    'Some invocations leave code with barriers here by themselves, and others go on to the next barrier; write the jump behind the last barrier.',
    null,
  );
}

/** A lifted construct, behind a region that lowers its flag. */
function enter(statement: Stmt, context: Context, uniform: ReadonlySet<number>): readonly Piece[] {
  const piece = lift(statement, context, uniform);
  const flag = statement.kind === 'block' || statement.kind === 'switch' ? context.flags.get(statement.label) : undefined;
  return flag === undefined ? [piece] : [{ kind: 'region', body: [{ kind: 'set', local: flag, value: i32(0) }] }, piece];
}

/** What follows a construct out of which some invocations jumped further: only the others run it. null: nobody did, or nothing follows. */
function guardRest(statement: Stmt, rest: readonly Stmt[], context: Context): readonly Stmt[] | null {
  const left = context.labels.filter(
    ({ label }) => context.flags.has(label) && jumpsOf(statement, [{ label, isTail: false, barrierFollows: false }]).length > 0,
  );
  if (left.length === 0 || rest.length === 0) return null;
  if (rest.some(hasBarrier)) throw mixedJump();
  return left.reduce<readonly Stmt[]>((body, { label }) => {
    const flag: Expr = { kind: 'local', type: 'i32', local: context.flags.get(label) ?? 0 };
    return [{ kind: 'if', condition: op('i32.eqz', flag), yes: body, no: [] }];
  }, rest);
}

/** Raises the flag of a lifted construct before each jump to its end, unless nothing stands between. */
function raiseFlags(list: readonly Stmt[], context: Context): readonly Stmt[] {
  return list.flatMap((statement): readonly Stmt[] => {
    const inner = mapLists(statement, (each) => raiseFlags(each, context));
    if (statement.kind !== 'break' || isTailOf(context, statement.label)) return [inner];
    if (!context.labels.some((lifted) => lifted.label === statement.label)) return [inner];
    const flag = context.flags.get(statement.label) ?? context.newLocal();
    context.flags.set(statement.label, flag);
    return [{ kind: 'set', local: flag, value: i32(1) }, inner];
  });
}

function isTailOf(context: Context, label: number): boolean {
  return context.labels.some((lifted) => lifted.label === label && lifted.isTail);
}

/** What the labels around mean for the lists inside one statement of a list. */
function narrow(context: Context, isLast: boolean, barrierFollows: boolean): Context {
  return {
    ...context,
    labels: context.labels.map((each) => ({
      label: each.label,
      isTail: each.isTail && isLast,
      barrierFollows: each.barrierFollows || barrierFollows,
    })),
  };
}

function lift(statement: Stmt, context: Context, uniform: ReadonlySet<number>): Piece {
  const inside = (label: number, isTail: boolean, barrierFollows: boolean): Context => ({
    ...context,
    labels: [...context.labels, { label, isTail, barrierFollows }],
  });
  switch (statement.kind) {
    case 'if':
      return {
        kind: 'if',
        ...(statement.rare === undefined ? {} : { rare: statement.rare }),
        condition: statement.condition,
        yes: splitList(statement.yes, context, uniform),
        no: splitList(statement.no, context, uniform),
      };
    case 'block':
      return { kind: 'block', label: statement.label, body: splitList(statement.body, inside(statement.label, true, false), uniform) };
    case 'loop': {
      // Around a loop that has a barrier another one always follows: the next turn's.
      const around = { ...context, labels: context.labels.map((each) => ({ ...each, isTail: false, barrierFollows: true })) };
      const turn: Context = { ...around, labels: [...around.labels, { label: statement.label, isTail: false, barrierFollows: true }] };
      return {
        kind: 'loop',
        label: statement.label,
        body: splitList(statement.body, turn, uniform),
        continuing: splitList(statement.continuing, turn, uniform),
      };
    }
    case 'switch': {
      const way = inside(statement.label, true, false);
      const cases = statement.cases.map((each) => ({
        values: each.values,
        isDefault: each.isDefault,
        body: splitList(each.body, way, uniform),
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
