/**
 * Which memory an address reaches, and which memory a piece of code may change.
 *
 * An address is the start of one binding or variable plus something, and clamping keeps it inside that one. Two bindings never overlap where one of them is
 * written: WebGPU refuses such bind groups. So accesses with different roots have nothing to do with each other.
 */
import type { Expr, IrFunction, IrModule, Stmt } from '../ir/ir.ts';
import { countSets, eachStmt } from './expr-facts.ts';

/** Of a binding twice its number, of a variable one more; or `unknownRoot`. */
export type Root = number;
export const unknownRoot: Root = -1;

export class MemoryRoots {
  private readonly locals: ReadonlyMap<number, Root>;
  private readonly module: IrModule;
  private readonly written: ReadonlySet<Root>;

  constructor(module: IrModule, source: IrFunction) {
    this.module = module;
    this.locals = rootsOfLocals(source);
    this.written = writtenIn(module);
  }

  rootOf(address: Expr): Root {
    return rootOfAddress(address, this.locals) ?? unknownRoot;
  }

  /** Nothing that runs changes what lies there. */
  isConstant(root: Root): boolean {
    if (root === unknownRoot) return false;
    if (root % 2 === 1) return this.module.variables[(root - 1) / 2]?.space === 'constant';
    return !this.written.has(root) && !this.written.has(unknownRoot);
  }

  /** The roots that a list may write. */
  writesIn(list: readonly Stmt[]): ReadonlySet<Root> {
    return writesOf(list, this.locals, true);
  }
}

const written = new WeakMap<IrModule, ReadonlySet<Root>>();

/** What anything in the module writes. */
function writtenIn(module: IrModule): ReadonlySet<Root> {
  const known = written.get(module);
  if (known !== undefined) return known;
  const roots = new Set<Root>();
  for (const each of [module.entry, ...module.functions]) {
    for (const root of writesOf(each.body, rootsOfLocals(each), false)) roots.add(root);
  }
  written.set(module, roots);
  return roots;
}

/** Where locals that are set once hold an address. */
function rootsOfLocals(source: IrFunction): ReadonlyMap<number, Root> {
  const counts = countSets(source);
  const locals = new Map<number, Root>();
  const look = (statement: Stmt): void => {
    if (statement.kind !== 'set' || counts[statement.local] !== 1 || statement.value.type !== 'i32') return;
    const root = rootOfAddress(statement.value, locals);
    if (root !== null) locals.set(statement.local, root);
  };
  eachStmt(source.prologue, look);
  eachStmt(source.body, look);
  return locals;
}

/** null: no address, as far as one can see. */
function rootOfAddress(address: Expr, locals: ReadonlyMap<number, Root>): Root | null {
  switch (address.kind) {
    case 'address':
      return address.variable * 2 + 1;
    case 'binding-base':
      return address.binding * 2;
    case 'local':
      return locals.get(address.local) ?? null;
    case 'op': {
      if (address.op !== 'i32.add' && address.op !== 'select') return null;
      const [a, b] = address.args;
      const first = a === undefined ? null : rootOfAddress(a, locals);
      const second = b === undefined ? null : rootOfAddress(b, locals);
      if (address.op === 'select') return first === second ? first : unknownRoot;
      return first ?? second;
    }
    default:
      return null;
  }
}

function writesOf(list: readonly Stmt[], locals: ReadonlyMap<number, Root>, callsWrite: boolean): ReadonlySet<Root> {
  const roots = new Set<Root>();
  const add = (address: Expr): void => {
    roots.add(rootOfAddress(address, locals) ?? unknownRoot);
  };
  eachStmt(list, (statement) => {
    switch (statement.kind) {
      case 'store':
      case 'atomic':
      case 'fill':
        return add(statement.address);
      case 'copy':
        return add(statement.to);
      case 'call':
      case 'barrier':
        if (callsWrite) roots.add(unknownRoot);
        return;
      default:
        return;
    }
  });
  return roots;
}
