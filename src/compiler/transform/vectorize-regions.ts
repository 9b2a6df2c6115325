/**
 * Decides which regions of a kernel run for four invocations at once, and lays out what exists for each invocation so that they can. A region stays scalar
 * when it would not be faster, or when it needs something that has no form for four lanes.
 */
import { i32, op } from '../ir/build.ts';
import type { Expr, IrModule, MemoryVariable, Stmt, ValueType } from '../ir/ir.ts';
import { contains, largestLabel, walkExpr, walkStmts } from '../ir/walk.ts';
import { jamGroups } from './jam-groups.ts';
import { callCosts, paysInLanes } from './lane-cost.ts';
import { findPureFunctions, isPerInvocation, type LaneLayout, variablesOfFunctions } from './lane-layout.ts';
import { findRoots, noRoots, type Roots } from './lane-roots.ts';
import { findShapes, type Shapes } from './lane-shapes.ts';
import { conditionOf, piecesIn } from './plan-locals.ts';
import { renameAddresses, renameVariables } from './rename-variables.ts';
import type { Piece } from './split-regions.ts';
import { vectorizeRegion } from './vectorize.ts';

export interface LanedKernel {
  readonly pieces: readonly Piece[];
  readonly locals: readonly ValueType[];
  readonly variables: readonly MemoryVariable[];
  /** Variables of one invocation that lie four by four; see lane-layout.ts. */
  readonly interleaved: ReadonlySet<number>;
  /** Variables added for rare code, and which each stands for. */
  readonly twins: ReadonlyMap<number, number>;
  readonly isLaned: boolean;
}

interface Candidate {
  readonly piece: Piece;
  body: readonly Stmt[];
  readonly variables: ReadonlySet<number>;
  /** Meters that are counted for all invocations at once. */
  readonly counted: ReadonlySet<Stmt>;
  /** The body is for groups that lie wholly below the region's limit. */
  readonly isFull: boolean;
  found: { readonly shapes: Shapes; readonly roots: Roots } | null;
}

export interface LaneChoice {
  /** Vectorizes whatever can be, for tests; else only what gets faster. */
  readonly always: boolean;
}

export function vectorizeRegions(
  module: IrModule,
  placed: readonly Piece[],
  placedVariables: readonly MemoryVariable[],
  choice: LaneChoice,
): LanedKernel {
  const [x, y, z] = module.workgroupSize;
  const { pieces, variables: given, twins } = ownRareVariables(module, placed, placedVariables);
  const none: LanedKernel = { pieces, locals: module.entry.locals, variables: given, interleaved: new Set(), twins, isLaned: false };
  if (x * y * z < 4) return none;
  const types = [...module.entry.locals];
  const labels = { next: 1 + largestLabel(module.entry.body) };
  const candidates = findCandidates(module, pieces);
  const interleaved = settle(module, pieces, candidates, choice);
  if (candidates.size === 0) return none;
  const variables = [...given];
  const tables = new Map<number, number>();
  const axisTable = (axis: number): number => {
    const known = tables.get(axis) ?? variables.push(makeAxisTable(module.workgroupSize, axis)) - 1;
    tables.set(axis, known);
    return known;
  };
  const bodies = new Map<Piece, Piece>();
  const jamWorld = { workgroupSize: module.workgroupSize, types, isOwn: (variable: number) => isPerInvocation(module, variable) };
  for (const candidate of candidates.values()) {
    if (candidate.found === null) continue;
    const world = { ...candidate.found, types, newLabel: () => labels.next++, axisTable };
    const body = vectorizeRegion(candidate.body, world, candidate.counted);
    const { piece } = candidate;
    if (piece.kind !== 'region') continue;
    const isSingle = hasAtomic(candidate.body) || piece.limit !== undefined;
    const jammed = isSingle ? { body, groups: 1 } : jamGroups(body, jamWorld);
    const rest = candidate.isFull ? { rest: piece.body.filter((statement) => statement.kind !== 'meter') } : {};
    bodies.set(piece, { ...piece, ...rest, body: jammed.body, lanes: 4 * jammed.groups });
  }
  return { pieces: replaceRegions(pieces, bodies), locals: types, variables, interleaved, twins, isLaned: true };
}

/** Gives rare code its own function and private variables, so that they need not lie as the others do. */
function ownRareVariables(
  module: IrModule,
  pieces: readonly Piece[],
  given: readonly MemoryVariable[],
): Pick<LanedKernel, 'pieces' | 'variables' | 'twins'> {
  const variables = [...given];
  const ofFunctions = variablesOfFunctions(module);
  const twinsOf = new Map<number, number>();
  const twinOf = (variable: number): number => {
    const original = given[variable];
    if (original === undefined || !isPerInvocation(module, variable) || ofFunctions.has(variable)) return variable;
    const twin = twinsOf.get(variable) ?? variables.push(original) - 1;
    twinsOf.set(variable, twin);
    return twin;
  };
  const own = (list: readonly Piece[]): readonly Piece[] =>
    list.map((piece): Piece => {
      switch (piece.kind) {
        case 'region':
          return { ...piece, body: renameVariables(piece.body, twinOf) };
        case 'if':
          return {
            ...piece,
            prepare: renameVariables(piece.prepare ?? [], twinOf),
            condition: renameAddresses(piece.condition, twinOf),
            yes: own(piece.yes),
            no: own(piece.no),
          };
        case 'switch':
          return {
            ...piece,
            prepare: renameVariables(piece.prepare ?? [], twinOf),
            selector: renameAddresses(piece.selector, twinOf),
            cases: piece.cases.map((each) => ({ ...each, body: own(each.body) })),
          };
        case 'block':
          return { ...piece, body: own(piece.body) };
        case 'loop':
          return { ...piece, body: own(piece.body), continuing: own(piece.continuing) };
        case 'uniform-set':
          return { ...piece, value: renameAddresses(piece.value, twinOf) };
        case 'jump':
          return piece;
      }
    });
  const renamed = pieces.map((piece): Piece => (piece.kind === 'if' && piece.rare === 'no' ? { ...piece, no: own(piece.no) } : piece));
  return { pieces: renamed, variables, twins: new Map([...twinsOf].map(([variable, twin]) => [twin, variable])) };
}

function findCandidates(module: IrModule, pieces: readonly Piece[]): Map<Piece, Candidate> {
  const candidates = new Map<Piece, Candidate>();
  const ofFunctions = variablesOfFunctions(module);
  const isPure = findPureFunctions(module);
  const usesPrivate = [...ofFunctions].some((variable) => module.variables[variable]?.space === 'private');
  const visit = (list: readonly Piece[]): void => {
    for (const piece of list) {
      if (piece.kind === 'if' && piece.rare === 'no') {
        visit(piece.yes);
        continue;
      }
      for (const inner of piecesIn(piece)) visit(inner);
      if (piece.kind !== 'region' || (piece.limit?.kind === 'const' && Number(piece.limit.value) < 4)) continue;
      const variables = variablesOf(module, piece.body);
      const isPossible = canRunInLanes(piece.body, (callee) => !usesPrivate || isPure(callee));
      if (!isPossible || [...variables].some((variable) => ofFunctions.has(variable))) continue;
      const isFull = piece.limit !== undefined && variables.size === 0;
      const body = isFull ? withoutLimit(copyList(piece.body)) : guardRest(module, piece.body);
      const counted = new Set(
        body.slice(0, isFull ? piece.body.length - 1 : body.length).filter((statement) => statement.kind === 'meter'),
      );
      candidates.set(piece, { piece, body, counted, isFull, variables, found: null });
    }
  };
  visit(pieces);
  return candidates;
}

function variablesOf(module: IrModule, body: readonly Stmt[]): ReadonlySet<number> {
  const found = new Set<number>();
  walkStmts(
    body,
    () => undefined,
    (expr) => {
      if (expr.kind === 'address' && isPerInvocation(module, expr.variable)) found.add(expr.variable);
    },
  );
  return found;
}

function canRunInLanes(body: readonly Stmt[], canCall: (callee: number) => boolean): boolean {
  let can = true;
  walkStmts(
    body,
    (statement) => {
      if (statement.kind === 'return' || statement.kind === 'barrier') can = false;
      if (statement.kind === 'call' && !canCall(statement.callee)) can = false;
      if (statement.kind === 'store' && 'bytes' in statement) can = false;
      if ((statement.kind === 'fill' || statement.kind === 'copy') && statement.bytes % 4 !== 0) can = false;
    },
    (expr) => {
      if (expr.kind === 'load' && 'bytes' in expr) can = false;
      if (expr.kind === 'call' && !canCall(expr.callee)) can = false;
    },
  );
  return can;
}

/** The limited statements themselves: for groups that need not be asked. */
function withoutLimit(body: readonly Stmt[]): readonly Stmt[] {
  const at = body.findLastIndex((statement) => statement.kind === 'if');
  return body.flatMap((statement, index) => (index === at && statement.kind === 'if' ? statement.yes : [statement]));
}

/** Atomics count how often they run: groups that run together would share them. */
function hasAtomic(body: readonly Stmt[]): boolean {
  return body.some((statement) => contains(statement, (each) => each.kind === 'atomic'));
}

/** Copies a region, because its analysis tells statements apart by identity; the lanes behind the last invocation do nothing. */
function guardRest(module: IrModule, body: readonly Stmt[]): readonly Stmt[] {
  const [x, y, z] = module.workgroupSize;
  const count = x * y * z;
  const copied = copyList(body);
  if (count % 4 === 0) return copied;
  const condition = op('i32.lt_u', { kind: 'builtin', type: 'i32', name: 'local-index' }, i32(count));
  const meters = copied.filter((statement) => statement.kind === 'meter');
  return [...meters, { kind: 'if', condition, yes: copied.filter((statement) => statement.kind !== 'meter'), no: [] }];
}

function copyList(list: readonly Stmt[]): readonly Stmt[] {
  return list.map((statement): Stmt => {
    switch (statement.kind) {
      case 'if':
        return { ...statement, yes: copyList(statement.yes), no: copyList(statement.no) };
      case 'block':
        return { ...statement, body: copyList(statement.body) };
      case 'loop':
        return { ...statement, body: copyList(statement.body), continuing: copyList(statement.continuing) };
      case 'switch':
        return { ...statement, cases: statement.cases.map((each) => ({ ...each, body: copyList(each.body) })) };
      default:
        return { ...statement };
    }
  });
}

/** Takes out candidates until each that is left can and should run in lanes; gives the variables that then lie interleaved. */
function settle(module: IrModule, pieces: readonly Piece[], candidates: Map<Piece, Candidate>, choice: LaneChoice): ReadonlySet<number> {
  const isPure = findPureFunctions(module);
  const callCostOf = callCosts(module);
  const livesOn = variablesOfSeveral(module, pieces);
  for (;;) {
    const scalar = variablesOfScalarCode(module, pieces, candidates);
    const before = candidates.size;
    const interleaved = new Set<number>();
    for (const [piece, candidate] of candidates) {
      if ([...candidate.variables].some((variable) => scalar.has(variable))) candidates.delete(piece);
      else for (const variable of candidate.variables) interleaved.add(variable);
    }
    if (candidates.size < before) continue;
    const layout: LaneLayout = {
      workgroupSize: module.workgroupSize,
      isInterleaved: (variable) => interleaved.has(variable),
      livesOn: (variable) => livesOn.has(variable),
      isPure,
    };
    for (const [piece, candidate] of candidates) {
      if (!study(candidate, layout, choice, callCostOf)) candidates.delete(piece);
    }
    if (candidates.size === before) return interleaved;
  }
}

function study(candidate: Candidate, layout: LaneLayout, choice: LaneChoice, callCostOf: (callee: number) => number): boolean {
  for (;;) {
    const roots = candidate.variables.size === 0 ? noRoots : findRoots(candidate.body, layout);
    if (!roots.isClear) return false;
    const shapes = findShapes(candidate.body, layout, roots);
    const spread = spreadSwitches(candidate.body, shapes);
    if (spread === null) {
      candidate.found = { shapes, roots };
      return choice.always || paysInLanes(candidate.body, shapes, roots, callCostOf);
    }
    candidate.body = spread;
  }
}

/** Variables of one invocation that more than one region names. */
function variablesOfSeveral(module: IrModule, pieces: readonly Piece[]): ReadonlySet<number> {
  const once = new Set<number>();
  const often = new Set<number>();
  const visit = (list: readonly Piece[]): void => {
    for (const piece of list) {
      for (const inner of piecesIn(piece)) visit(inner);
      if (piece.kind !== 'region') continue;
      for (const variable of variablesOf(module, piece.body)) {
        if (once.has(variable)) often.add(variable);
        once.add(variable);
      }
    }
  };
  visit(pieces);
  return often;
}

/** Variables of one invocation that scalar code reaches: they keep their plain layout. */
function variablesOfScalarCode(module: IrModule, pieces: readonly Piece[], candidates: ReadonlyMap<Piece, Candidate>): ReadonlySet<number> {
  const found = new Set<number>();
  const noteExpr = (expr: Expr): void =>
    walkExpr(expr, (each) => {
      if (each.kind === 'address' && isPerInvocation(module, each.variable)) found.add(each.variable);
    });
  const noteList = (list: readonly Stmt[]): void => walkStmts(list, () => undefined, noteExpr);
  const visit = (list: readonly Piece[]): void => {
    for (const piece of list) {
      for (const inner of piecesIn(piece)) visit(inner);
      const condition = conditionOf(piece);
      if (condition !== null) noteExpr(condition);
      if (piece.kind === 'if' || piece.kind === 'switch') noteList(piece.prepare ?? []);
      if (piece.kind === 'uniform-set') noteExpr(piece.value);
      if (piece.kind === 'region' && !candidates.has(piece)) noteList(piece.body);
    }
  };
  visit(pieces);
  return found;
}

/** Makes a chain of conditions of each switch whose lanes may choose differently; null: there is none. */
function spreadSwitches(body: readonly Stmt[], shapes: Shapes): readonly Stmt[] | null {
  let found = false;
  const visit = (list: readonly Stmt[]): readonly Stmt[] =>
    list.map((statement): Stmt => {
      switch (statement.kind) {
        case 'if':
          return { ...statement, yes: visit(statement.yes), no: visit(statement.no) };
        case 'block':
          return { ...statement, body: visit(statement.body) };
        case 'loop':
          return { ...statement, body: visit(statement.body), continuing: visit(statement.continuing) };
        case 'switch': {
          const cases = statement.cases.map((each) => ({ ...each, body: visit(each.body) }));
          if (shapes.of(statement.selector) === 0) return { ...statement, cases };
          found = true;
          return { kind: 'block', label: statement.label, body: chainOf({ ...statement, cases }) };
        }
        default:
          return statement;
      }
    });
  const spread = visit(body);
  return found ? spread : null;
}

function chainOf(statement: Extract<Stmt, { kind: 'switch' }>): readonly Stmt[] {
  const { selector, cases } = statement;
  const fallback = cases.find((each) => each.isDefault);
  const tested = cases.filter((each) => each !== fallback);
  return tested.reduceRight<readonly Stmt[]>((no, each) => {
    const [first = i32(0), ...others] = each.values.map((value) => op('i32.eq', selector, i32(value)));
    const condition = others.reduce((sum, test) => op('i32.or', sum, test), first);
    return [{ kind: 'if', condition, yes: each.body, no }];
  }, fallback?.body ?? []);
}

function makeAxisTable(size: readonly [number, number, number], axis: number): MemoryVariable {
  const [x, y, z] = size;
  const count = Math.ceil((x * y * z) / 4) * 4;
  const data = new DataView(new ArrayBuffer(count * 4));
  for (let i = 0; i < count; i++) {
    const place = [i % x, Math.floor(i / x) % y, Math.floor(i / (x * y))];
    data.setInt32(i * 4, place[axis] ?? 0, true);
  }
  return { name: `local ${'xyz'[axis] ?? ''}`, space: 'constant', bytes: count * 4, align: 16, data: new Uint8Array(data.buffer) };
}

function replaceRegions(pieces: readonly Piece[], bodies: ReadonlyMap<Piece, Piece>): readonly Piece[] {
  return pieces.map((piece): Piece => {
    switch (piece.kind) {
      case 'region':
        return bodies.get(piece) ?? piece;
      case 'if':
        return { ...piece, yes: replaceRegions(piece.yes, bodies), no: replaceRegions(piece.no, bodies) };
      case 'switch':
        return { ...piece, cases: piece.cases.map((each) => ({ ...each, body: replaceRegions(each.body, bodies) })) };
      case 'block':
        return { ...piece, body: replaceRegions(piece.body, bodies) };
      case 'loop':
        return { ...piece, body: replaceRegions(piece.body, bodies), continuing: replaceRegions(piece.continuing, bodies) };
      case 'uniform-set':
      case 'jump':
        return piece;
    }
  });
}
