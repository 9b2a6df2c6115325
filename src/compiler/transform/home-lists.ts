/**
 * Finds for each local and each variable of one invocation its home: the innermost list of statements that contains every mention of it. Invocations
 * that do not run that list never see it, so what it holds for them does not matter.
 */
import type { Expr, Stmt } from '../ir/ir.ts';
import { localsSetBy, partsOfStmt, walkExpr } from '../ir/walk.ts';

export interface Home {
  /** How many lists stand around; 0: the region's own list. */
  readonly depth: number;
  /** The statement of the home list with all reads in it; null: there are several. */
  readonly onlyReader: Stmt | null;
}

interface Mention {
  readonly lists: readonly (readonly Stmt[])[];
  readonly statements: readonly Stmt[];
  readonly isRead: boolean;
}

/** Names a variable among locals. */
export const variableKey = (variable: number): number => -1 - variable;

export function findHomes(body: readonly Stmt[]): ReadonlyMap<number, Home> {
  const mentions = new Map<number, Mention[]>();
  const note = (key: number, mention: Mention): void => {
    const known = mentions.get(key);
    if (known === undefined) mentions.set(key, [mention]);
    else known.push(mention);
  };
  const visit = (list: readonly Stmt[], lists: readonly (readonly Stmt[])[], statements: readonly Stmt[]): void => {
    const around = [...lists, list];
    for (const statement of list) {
      const path = [...statements, statement];
      for (const local of localsSetBy(statement)) note(local, { lists: around, statements: path, isRead: false });
      const read: Mention = { lists: around, statements: path, isRead: true };
      const { exprs, lists: inner } = partsOfStmt(statement);
      for (const expr of exprs) noteExpr(expr, read, note);
      for (const each of inner) visit(each, around, path);
    }
  };
  visit(body, [], []);
  return new Map([...mentions].map(([key, all]) => [key, homeOf(all)]));
}

function noteExpr(expr: Expr, mention: Mention, note: (key: number, mention: Mention) => void): void {
  walkExpr(expr, (each) => {
    if (each.kind === 'local') note(each.local, mention);
    else if (each.kind === 'address') note(variableKey(each.variable), mention);
  });
}

function homeOf(mentions: readonly Mention[]): Home {
  const [first] = mentions;
  if (first === undefined) return { depth: 0, onlyReader: null };
  let depth = first.lists.length - 1;
  for (const { lists } of mentions) {
    let common = 0;
    while (common < depth && lists[common + 1] === first.lists[common + 1]) common++;
    depth = common;
  }
  const readers = new Set(mentions.filter((each) => each.isRead).map((each) => each.statements[depth]));
  const [only] = readers;
  return { depth, onlyReader: readers.size === 1 && only !== undefined ? only : null };
}
