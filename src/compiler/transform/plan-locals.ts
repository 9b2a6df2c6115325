/**
 * Decides for a kernel with barriers where each local of the entry function lives: once per workgroup, in a WebAssembly local within one region, computed
 * again in each region that needs it, or spilled to memory with one place for each invocation.
 */
import type { Expr, Stmt } from '../ir/ir.ts';
import { localsSetBy, partsOfStmt, walkExpr, walkStmts } from '../ir/walk.ts';
import { hasBarrier, type Piece } from './split-regions.ts';

export interface LocalPlan {
  /** In order of definition: locals whose only value is cheap to compute again from constants and builtins. */
  readonly again: ReadonlyMap<number, Expr>;
  /** Locals and function variables that live across regions. */
  readonly spilledLocals: readonly number[];
  readonly spilledVariables: ReadonlySet<number>;
}

interface Definitions {
  readonly counts: ReadonlyMap<number, number>;
  readonly values: ReadonlyMap<number, Expr>;
}

function collectDefinitions(body: readonly Stmt[]): Definitions {
  const counts = new Map<number, number>();
  const values = new Map<number, Expr>();
  walkStmts(
    body,
    (statement) => {
      for (const local of localsSetBy(statement)) counts.set(local, (counts.get(local) ?? 0) + 1);
      if (statement.kind === 'set') values.set(statement.local, statement.value);
    },
    () => undefined,
  );
  return { counts, values };
}

function every(expr: Expr, test: (expr: Expr) => boolean): boolean {
  let holds = true;
  walkExpr(expr, (each) => {
    if (!test(each)) holds = false;
  });
  return holds;
}

function sizeOfExpr(expr: Expr): number {
  let size = 0;
  walkExpr(expr, () => size++);
  return size;
}

/** Larger expressions are cheaper to keep than to compute again. */
const maxAgainSize = 12;

function findAgain(definitions: Definitions, prologueLocals: ReadonlySet<number>): ReadonlyMap<number, Expr> {
  const again = new Map<number, Expr>();
  for (const [local, value] of definitions.values) {
    if (definitions.counts.get(local) !== 1 || sizeOfExpr(value) > maxAgainSize) continue;
    const isCheap = every(value, (each) => {
      if (each.kind === 'local') return again.has(each.local) || prologueLocals.has(each.local);
      return each.kind === 'const' || each.kind === 'builtin' || (each.kind === 'op' && !/div|rem|sqrt/.test(each.op));
    });
    if (isCheap) again.set(local, value);
  }
  return again;
}

/**
 * Locals that are only set where the workgroup as a whole is, to values that are the same for all: counters of lifted loops. `body` is the entry's body
 * before it is split.
 */
export function findUniformLocals(body: readonly Stmt[], prologueLocals: ReadonlySet<number>): ReadonlySet<number> {
  const sets = new Map<number, Expr[]>();
  const others = new Set<number>();
  const visitLifted = (list: readonly Stmt[]): void => {
    for (const statement of list) {
      if (statement.kind === 'set') sets.set(statement.local, [...(sets.get(statement.local) ?? []), statement.value]);
      else if (hasBarrier(statement)) for (const inner of partsOfStmt(statement).lists) visitLifted(inner);
      else
        walkStmts(
          [statement],
          (each) => localsSetBy(each).forEach((local) => others.add(local)),
          () => undefined,
        );
    }
  };
  visitLifted(body);
  const candidates = new Map([...sets].filter(([local, values]) => values.length > 1 && !others.has(local)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [local, values] of candidates) {
      const isUniform = values.every((value) => every(value, (each) => isUniformNode(each, candidates, prologueLocals)));
      if (isUniform) continue;
      candidates.delete(local);
      changed = true;
    }
  }
  return new Set(candidates.keys());
}

function isUniformNode(expr: Expr, candidates: ReadonlyMap<number, unknown>, prologueLocals: ReadonlySet<number>): boolean {
  switch (expr.kind) {
    case 'local':
      return candidates.has(expr.local) || prologueLocals.has(expr.local);
    case 'builtin':
      return !expr.name.startsWith('local-');
    case 'load':
    case 'address':
    case 'call':
      return false;
    default:
      return true;
  }
}

/** The expressions a piece evaluates by itself, for the first invocation. */
export function conditionOf(piece: Piece): Expr | null {
  if (piece.kind === 'if') return piece.condition;
  return piece.kind === 'switch' ? piece.selector : null;
}

export function piecesIn(piece: Piece): readonly (readonly Piece[])[] {
  switch (piece.kind) {
    case 'if':
      return [piece.yes, piece.no];
    case 'block':
      return [piece.body];
    case 'loop':
      return [piece.body, piece.continuing];
    case 'switch':
      return piece.cases.map((each) => each.body);
    default:
      return [];
  }
}

export function planLocals(
  body: readonly Stmt[],
  pieces: readonly Piece[],
  prologueLocals: ReadonlySet<number>,
  uniform: ReadonlySet<number>,
): LocalPlan {
  const again = findAgain(collectDefinitions(body), prologueLocals);
  const localRegions = new Map<number, Set<number>>();
  const variableRegions = new Map<number, Set<number>>();
  let region = 0;
  const note = (map: Map<number, Set<number>>, key: number): void => {
    const known = map.get(key) ?? new Set();
    map.set(key, known.add(region));
  };
  const noteExpr = (expr: Expr): void => {
    if (expr.kind === 'local') note(localRegions, expr.local);
    if (expr.kind === 'address') note(variableRegions, expr.variable);
  };
  const visit = (list: readonly Piece[]): void => {
    for (const piece of list) {
      region++;
      if (piece.kind === 'region')
        walkStmts(piece.body, (statement) => localsSetBy(statement).forEach((local) => note(localRegions, local)), noteExpr);
      const condition = conditionOf(piece);
      if (condition !== null) walkExpr(condition, noteExpr);
      for (const inner of piecesIn(piece)) visit(inner);
    }
  };
  visit(pieces);
  const lives = (map: Map<number, Set<number>>): number[] => [...map].filter(([, regions]) => regions.size > 1).map(([key]) => key);
  const spilledLocals = lives(localRegions).filter((local) => !again.has(local) && !prologueLocals.has(local) && !uniform.has(local));
  return { again, spilledLocals, spilledVariables: new Set(lives(variableRegions)) };
}
