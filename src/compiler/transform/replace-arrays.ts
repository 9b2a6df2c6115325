/**
 * Gives small private and function variables locals instead of memory, one for each word, where every access names its word by a constant. WebAssembly
 * engines move nothing from memory into registers; locals they do.
 */
import { f32, i32, isConst, op, zeroOf } from '../ir/build.ts';
import type { ConstExpr, Expr, IrFunction, IrModule, Stmt, ValueType } from '../ir/ir.ts';
import { walkExpr, walkStmts } from '../ir/walk.ts';
import { mapDirectExprs, mapExpr, mapLists } from './rewrite.ts';

const maxBytes = 512;

interface Place {
  readonly variable: number;
  readonly offset: number;
}

/** A variable and a constant offset; null: anything else. */
function placeOf(address: Expr, offset: number): Place | null {
  if (address.kind === 'address') return { variable: address.variable, offset };
  if (address.kind !== 'op' || address.op !== 'i32.add') return null;
  const [base, constant] = address.args;
  if (base === undefined || constant === undefined || !isConst(constant)) return null;
  return placeOf(base, offset + Number(constant.value));
}

interface Access extends Place {
  readonly bytes: number;
  /** null: moved without being looked at. */
  readonly type: ValueType | null;
}

/** The accesses that name their words; what reaches a variable in any other way is counted in `others`. */
class Survey {
  private readonly accesses = new Map<number, Access[]>();
  readonly others = new Set<number>();
  private readonly reached = new Map<number, number>();
  private readonly named = new Map<number, number>();

  constructor(source: IrFunction) {
    walkStmts(
      [...source.prologue, ...source.body],
      (statement) => this.statement(statement),
      (expr) => this.expr(expr),
    );
    for (const [variable, count] of this.reached) if (this.named.get(variable) !== count) this.others.add(variable);
  }

  /** null: something reaches the variable in another way, or nothing does. */
  accessesOf(variable: number): readonly Access[] | null {
    return this.others.has(variable) || !this.reached.has(variable) ? null : (this.accesses.get(variable) ?? []);
  }

  reaches(variable: number): boolean {
    return this.reached.has(variable);
  }

  private note(address: Expr, offset: number, bytes: number, type: ValueType | null): void {
    const place = placeOf(address, offset);
    if (place === null) return;
    this.named.set(place.variable, (this.named.get(place.variable) ?? 0) + 1);
    if (place.offset % 4 !== 0 || bytes % 4 !== 0 || (type !== null && type !== 'i32' && type !== 'f32')) this.others.add(place.variable);
    const accesses = this.accesses.get(place.variable) ?? [];
    this.accesses.set(place.variable, accesses);
    accesses.push({ ...place, bytes, type });
  }

  private expr(expr: Expr): void {
    if (expr.kind === 'address') this.reached.set(expr.variable, (this.reached.get(expr.variable) ?? 0) + 1);
    if (expr.kind === 'load') this.note(expr.address, expr.offset, (expr as { bytes?: number }).bytes ?? 4, expr.type);
  }

  private statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'store':
        return this.note(statement.address, statement.offset, (statement as { bytes?: number }).bytes ?? 4, statement.value.type);
      case 'fill':
        return this.note(statement.address, statement.offset, statement.bytes, null);
      case 'copy': {
        const [to, from] = [placeOf(statement.to, statement.toOffset), placeOf(statement.from, statement.fromOffset)];
        if (to !== null && to.variable === from?.variable) this.others.add(to.variable);
        if (statement.bytes > maxBytes) for (const place of [to, from]) if (place !== null) this.others.add(place.variable);
        this.note(statement.to, statement.toOffset, statement.bytes, null);
        this.note(statement.from, statement.fromOffset, statement.bytes, null);
        return;
      }
      default:
        return;
    }
  }
}

/** A word that is only ever a float is one; moving bits between the two changes nothing. */
function typesOfWords(bytes: number, accesses: readonly Access[]): ValueType[] {
  const floats = new Map<number, boolean>();
  for (const { offset, type } of accesses) if (type !== null) floats.set(offset, type === 'f32' && floats.get(offset) !== false);
  return Array.from({ length: bytes / 4 }, (_, word) => (floats.get(word * 4) === true ? 'f32' : 'i32'));
}

class Replacer {
  readonly locals: ValueType[];
  private readonly module: IrModule;
  /** The first local of each variable that is replaced. */
  private readonly firstLocal = new Map<number, number>();
  private readonly hasConstants: boolean;

  constructor(module: IrModule, source: IrFunction, survey: Survey, elsewhere: (variable: number) => boolean) {
    this.module = module;
    this.locals = [...source.locals];
    this.hasConstants = module.variables.some((variable, index) => variable.space === 'constant' && survey.reaches(index));
    module.variables.forEach((variable, index) => {
      const isOwn = variable.space === 'function' || variable.space === 'private';
      const accesses = survey.accessesOf(index);
      if (!isOwn || variable.bytes > maxBytes || accesses === null || elsewhere(index)) return;
      if (accesses.some((access) => access.offset < 0 || access.offset + access.bytes > variable.bytes)) return;
      this.firstLocal.set(index, this.locals.length);
      this.locals.push(...typesOfWords(variable.bytes, accesses));
    });
  }

  /** Nothing to replace, and no constants to look up. */
  get isIdle(): boolean {
    return this.firstLocal.size === 0 && !this.hasConstants;
  }

  private localAt(address: Expr, offset: number): number | null {
    const place = placeOf(address, offset);
    const first = place === null ? undefined : this.firstLocal.get(place.variable);
    return place === null || first === undefined ? null : first + place.offset / 4;
  }

  private typeOf(local: number): ValueType {
    return this.locals[local] ?? 'i32';
  }

  private readonly expr = (expr: Expr): Expr =>
    mapExpr(expr, (each) => {
      if (each.kind !== 'load') return each;
      const local = this.localAt(each.address, each.offset);
      return local === null ? (this.constantAt(each) ?? each) : converted(read(local, this.typeOf(local)), each.type);
    });

  /** A load of constant memory at a known place is a constant. */
  private constantAt(load: Extract<Expr, { kind: 'load' }>): ConstExpr | null {
    const place = placeOf(load.address, load.offset);
    const data = place === null ? undefined : this.module.variables[place.variable]?.data;
    if (place === null || data === undefined || data === null || 'bytes' in load || place.offset < 0 || place.offset + 4 > data.length)
      return null;
    return wordOf(data, place.offset, load.type);
  }

  list(list: readonly Stmt[]): readonly Stmt[] {
    return list.flatMap((statement) => {
      const plain = this.statement(statement);
      return plain ?? [mapLists(mapDirectExprs(statement, this.expr), (inner) => this.list(inner))];
    });
  }

  /** null: it touches no replaced variable by itself. */
  private statement(statement: Stmt): readonly Stmt[] | null {
    switch (statement.kind) {
      case 'store': {
        const local = this.localAt(statement.address, statement.offset);
        return local === null ? null : [{ kind: 'set', local, value: converted(this.expr(statement.value), this.typeOf(local)) }];
      }
      case 'fill': {
        const first = this.localAt(statement.address, statement.offset);
        if (first === null) return null;
        return Array.from({ length: statement.bytes / 4 }, (_, i) => ({
          kind: 'set',
          local: first + i,
          value: zeroOf(this.typeOf(first + i)),
        }));
      }
      case 'copy':
        return this.copy(statement);
      default:
        return null;
    }
  }

  private copy(statement: Extract<Stmt, { kind: 'copy' }>): readonly Stmt[] | null {
    const to = this.localAt(statement.to, statement.toOffset);
    const from = this.localAt(statement.from, statement.fromOffset);
    if (to === null && from === null) return null;
    const source = placeOf(statement.from, statement.fromOffset);
    const data = source === null ? null : (this.module.variables[source.variable]?.data ?? null);
    return Array.from({ length: statement.bytes / 4 }, (_, i): Stmt => {
      const type = to !== null ? this.typeOf(to + i) : this.typeOf((from ?? 0) + i);
      const value: Expr =
        from !== null
          ? converted(read(from + i, this.typeOf(from + i)), type)
          : data !== null && source !== null
            ? wordOf(data, source.offset + i * 4, type)
            : { kind: 'load', type, address: this.expr(statement.from), offset: statement.fromOffset + i * 4 };
      return to !== null
        ? { kind: 'set', local: to + i, value }
        : { kind: 'store', address: this.expr(statement.to), offset: statement.toOffset + i * 4, value };
    });
  }
}

function read(local: number, type: ValueType): Expr {
  return { kind: 'local', type, local };
}

function converted(expr: Expr, type: ValueType): Expr {
  if (expr.type === type) return expr;
  return op(type === 'f32' ? 'f32.reinterpret_i32' : 'i32.reinterpret_f32', expr);
}

function wordOf(data: Uint8Array, offset: number, type: ValueType): ConstExpr {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return type === 'f32' ? f32(view.getFloat32(offset, true)) : i32(view.getInt32(offset, true));
}

export function replaceArrays(module: IrModule): IrModule {
  const sources = [module.entry, ...module.functions];
  const mentioned = sources.map((source) => addressesIn(source));
  const replaced = sources.map((source, at) => {
    const elsewhere = (variable: number): boolean => mentioned.some((set, other) => other !== at && set.has(variable));
    const replacer = new Replacer(module, source, new Survey(source), elsewhere);
    return replacer.isIdle ? source : { ...source, body: replacer.list(source.body), locals: replacer.locals };
  });
  if (replaced.every((each, at) => each === sources[at])) return module;
  const [entry = module.entry, ...functions] = replaced;
  return { ...module, entry, functions };
}

function addressesIn(source: IrFunction): ReadonlySet<number> {
  const variables = new Set<number>();
  const visit = (expr: Expr): void => {
    walkExpr(expr, (each) => {
      if (each.kind === 'address') variables.add(each.variable);
    });
  };
  walkStmts([...source.prologue, ...source.body], () => undefined, visit);
  return variables;
}
