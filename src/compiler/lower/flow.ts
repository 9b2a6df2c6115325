/** Questions about where control goes after a list of statements. */
import type { Stmt } from '../ir/ir.ts';
import { contains } from '../ir/walk.ts';

/** Jumps end a list: what follows cannot run. */
export function endsFlow(statement: Stmt | undefined): boolean {
  return statement?.kind === 'break' || statement?.kind === 'continue' || statement?.kind === 'return';
}

export function continuesTo(statement: Stmt, label: number): boolean {
  return contains(statement, (each) => each.kind === 'continue' && each.label === label);
}

/** False when the end of a list is never reached, whatever the conditions in it are. */
export function reachesEnd(list: readonly Stmt[]): boolean {
  return list.every(passes);
}

function passes(statement: Stmt): boolean {
  switch (statement.kind) {
    case 'break':
    case 'continue':
    case 'return':
      return false;
    case 'if':
      return reachesEnd(statement.yes) || reachesEnd(statement.no);
    case 'block':
      return reachesEnd(statement.body) || isLeft(statement, statement.label);
    case 'loop':
      return isLeft(statement, statement.label);
    case 'switch':
      return (
        isLeft(statement, statement.label) ||
        !statement.cases.some((each) => each.isDefault) ||
        statement.cases.some((each) => reachesEnd(each.body))
      );
    default:
      return true;
  }
}

function isLeft(statement: Stmt, label: number): boolean {
  return contains(statement, (each) => each.kind === 'break' && each.label === label);
}
