/** Looks over syntax before it is lowered: which functions to put in place of their calls, and which variables need memory. */
import type { BlockNode, ExprNode, FunctionNode, ModuleNode, StmtNode } from '../parse/ast.ts';

export interface FunctionFacts {
  /** Nodes of the body, calls counted as one. */
  readonly size: number;
  readonly hasBarrier: boolean;
  /** Names indexed by something that is no literal, or whose address is taken. */
  readonly memoryNames: ReadonlySet<string>;
  /** Everything that is called, in order, as often as it is. */
  readonly callees: readonly string[];
}

const facts = new WeakMap<FunctionNode, FunctionFacts>();

export function factsOf(node: FunctionNode): FunctionFacts {
  const known = facts.get(node);
  if (known !== undefined) return known;
  let size = 0;
  const memoryNames = new Set<string>();
  const callees: string[] = [];
  visitBlock(node.body, (expr) => {
    size++;
    if (expr.kind === 'index' && expr.index.kind !== 'literal') addRoot(memoryNames, expr.object);
    if (expr.kind === 'unary' && expr.op === '&') addRoot(memoryNames, expr.operand);
    if (expr.kind === 'call') callees.push(expr.callee.name);
  });
  const result = { size, hasBarrier: callees.some(isBarrierName), memoryNames, callees };
  facts.set(node, result);
  return result;
}

export function isBarrierName(name: string): boolean {
  return name === 'workgroupBarrier' || name === 'storageBarrier' || name === 'textureBarrier' || name === 'workgroupUniformLoad';
}

export function reachesBarrier(module: ModuleNode, node: FunctionNode, seen = new Set<string>()): boolean {
  if (seen.has(node.name)) return false;
  seen.add(node.name);
  const { hasBarrier, callees } = factsOf(node);
  if (hasBarrier) return true;
  return callees.some((name) => {
    const callee = module.declarations.get(name);
    return callee?.kind === 'function' && reachesBarrier(module, callee, seen);
  });
}

/** How often each function is called from what `entry` reaches. */
export function countCallSites(module: ModuleNode, entry: FunctionNode): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  const visit = (node: FunctionNode): void => {
    if (seen.has(node.name)) return;
    seen.add(node.name);
    for (const name of factsOf(node).callees) {
      const callee = module.declarations.get(name);
      if (callee?.kind !== 'function') continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      visit(callee);
    }
  };
  visit(entry);
  return counts;
}

/** The variable at the root of `a.b[i].c`. */
export function rootName(node: ExprNode): string | null {
  switch (node.kind) {
    case 'ident':
      return node.name;
    case 'index':
    case 'member':
      return rootName(node.object);
    case 'unary':
      return node.op === '*' || node.op === '&' ? rootName(node.operand) : null;
    default:
      return null;
  }
}

function addRoot(into: Set<string>, node: ExprNode): void {
  const name = rootName(node);
  if (name !== null) into.add(name);
}

/** True when a statement may change the variable of that name, directly or through a pointer. */
export function mayAssign(body: StmtNode, name: string): boolean {
  let found = false;
  visitStmt(
    body,
    (expr) => {
      if (expr.kind === 'unary' && expr.op === '&' && rootName(expr.operand) === name) found = true;
    },
    (statement) => {
      if (statement.kind === 'assign' && statement.target !== null && rootName(statement.target) === name) found = true;
    },
  );
  return found;
}

export interface BodySurvey {
  readonly size: number;
  /** A jump that leaves the body or cuts a turn short, or a barrier. */
  readonly hasJump: boolean;
  readonly declaresName: (name: string) => boolean;
}

/** What matters for writing a loop's body out several times. */
export function surveyBody(body: BlockNode): BodySurvey {
  let size = 0;
  let hasJump = false;
  const declared = new Set<string>();
  visitStmt(
    body,
    (expr) => {
      size++;
      if (expr.kind === 'call' && isBarrierName(expr.callee.name)) hasJump = true;
    },
    (statement) => {
      if (statement.kind === 'break' || statement.kind === 'continue' || statement.kind === 'return') hasJump = true;
      if (statement.kind === 'variable') declared.add(statement.variable.name);
      // An inner loop is left as it is: it may be long.
      if (statement.kind === 'loop' || statement.kind === 'for') size += 40;
    },
  );
  return { size, hasJump, declaresName: (name) => declared.has(name) };
}

type VisitExpr = (node: ExprNode) => void;
type VisitStmt = (node: StmtNode) => void;
const ignore: VisitStmt = () => undefined;

function visitBlock(block: BlockNode, onExpr: VisitExpr, onStmt: VisitStmt = ignore): void {
  for (const statement of block.body) visitStmt(statement, onExpr, onStmt);
}

function visitStmt(node: StmtNode, onExpr: VisitExpr, onStmt: VisitStmt): void {
  onStmt(node);
  const expr = (each: ExprNode | null): void => (each === null ? undefined : visitExpr(each, onExpr));
  switch (node.kind) {
    case 'block':
      return visitBlock(node, onExpr, onStmt);
    case 'variable':
      return expr(node.variable.value);
    case 'assign':
      expr(node.target);
      return expr(node.value);
    case 'call-statement':
      return expr(node.call);
    case 'if':
      expr(node.condition);
      visitBlock(node.yes, onExpr, onStmt);
      return node.no === null ? undefined : visitStmt(node.no, onExpr, onStmt);
    case 'for':
      if (node.init !== null) visitStmt(node.init, onExpr, onStmt);
      expr(node.condition);
      if (node.update !== null) visitStmt(node.update, onExpr, onStmt);
      return visitBlock(node.body, onExpr, onStmt);
    case 'loop':
      visitBlock(node.body, onExpr, onStmt);
      if (node.continuing !== null) visitBlock(node.continuing, onExpr, onStmt);
      return expr(node.breakIf);
    case 'switch':
      expr(node.selector);
      for (const clause of node.clauses) visitBlock(clause.body, onExpr, onStmt);
      return;
    case 'return':
      return expr(node.value);
    case 'const-assert':
    case 'break':
    case 'continue':
      return;
  }
}

function visitExpr(node: ExprNode, onExpr: VisitExpr): void {
  onExpr(node);
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return;
    case 'call':
      for (const arg of node.args) visitExpr(arg, onExpr);
      return;
    case 'index':
      visitExpr(node.object, onExpr);
      return visitExpr(node.index, onExpr);
    case 'member':
      return visitExpr(node.object, onExpr);
    case 'unary':
      return visitExpr(node.operand, onExpr);
    case 'binary':
      visitExpr(node.left, onExpr);
      return visitExpr(node.right, onExpr);
  }
}
