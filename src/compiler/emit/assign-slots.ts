/**
 * Chooses the WebAssembly local of each IR local: those that are never needed at the same time share one. A local's number is written wherever it is used, in
 * one byte below 128 and in two above, so fewer locals make a smaller module; engines give every value a register of its own anyway.
 *
 * A local is needed from where it is first mentioned to where it is last, in the order the code is written. One that is mentioned before a loop and inside
 * is needed to the loop's end, and one that is mentioned inside and behind from the loop's start: lanes that left in an earlier turn keep their value.
 */
import type { Expr, IrFunction, Stmt, ValueType } from '../ir/ir.ts';
import { localsSetBy, partsOfStmt, walkExpr } from '../ir/walk.ts';
import type { Piece } from '../transform/split-regions.ts';

interface Slots {
  /** By IR local: the number of its slot, parameters first and in their places; undefined for one that nothing mentions. */
  readonly ofLocal: readonly (number | undefined)[];
  /** Types of all slots. */
  readonly types: readonly ValueType[];
}

class Spans {
  readonly first: number[] = [];
  readonly last: number[] = [];
  private now = 0;
  /** Of each open loop, the locals mentioned in it. */
  private readonly open: Set<number>[] = [];
  /** Of locals first mentioned in a loop that is closed: where it starts. */
  private readonly left: number[] = [];

  private mention(local: number): void {
    this.first[local] = this.left[local] ?? this.first[local] ?? this.now;
    this.last[local] = this.now;
    this.open.at(-1)?.add(local);
  }

  expr(expr: Expr): void {
    walkExpr(expr, (each) => {
      if (each.kind === 'local') this.mention(each.local);
    });
  }

  list(list: readonly Stmt[]): void {
    for (const statement of list) this.statement(statement);
  }

  private statement(statement: Stmt): void {
    this.now++;
    const { exprs, lists } = partsOfStmt(statement);
    for (const expr of exprs) this.expr(expr);
    // An atomic is written as several instructions: its operands are needed when its result is there already.
    if (statement.kind !== 'atomic') this.now++;
    for (const local of localsSetBy(statement)) this.mention(local);
    if (statement.kind === 'loop') this.loop(() => lists.forEach((each) => this.list(each)));
    else for (const each of lists) this.list(each);
  }

  loop(visit: () => void): void {
    const start = ++this.now;
    const inside = new Set<number>();
    this.open.push(inside);
    visit();
    this.open.pop();
    const end = ++this.now;
    for (const local of inside) {
      if ((this.first[local] ?? 0) < start) this.last[local] = end;
      else this.left[local] = start;
      this.open.at(-1)?.add(local);
    }
  }

  pieces(list: readonly Piece[]): void {
    for (const piece of list) this.piece(piece);
  }

  private piece(piece: Piece): void {
    this.now++;
    switch (piece.kind) {
      case 'region':
        if (piece.limit !== undefined) this.expr(piece.limit);
        this.loop(() => this.list(piece.body));
        return this.loop(() => this.list(piece.rest ?? []));
      case 'uniform-set':
        this.expr(piece.value);
        this.now++;
        return this.mention(piece.local);
      case 'if':
        this.list(piece.prepare ?? []);
        this.expr(piece.condition);
        this.pieces(piece.yes);
        return this.pieces(piece.no);
      case 'block':
        return this.pieces(piece.body);
      case 'loop':
        return this.loop(() => {
          this.pieces(piece.body);
          this.pieces(piece.continuing);
        });
      case 'switch':
        this.list(piece.prepare ?? []);
        this.expr(piece.selector);
        for (const each of piece.cases) this.pieces(each.body);
        return;
      case 'jump':
        return;
    }
  }
}

interface Slot {
  readonly type: ValueType;
}

function assign(types: readonly ValueType[], parameters: number, spans: Spans): Slots {
  const slots: Slot[] = [];
  const slotOf = new Map<number, Slot>();
  const order = types.flatMap((_, local) => (local < parameters || spans.first[local] === undefined ? [] : [local]));
  order.sort((a, b) => (spans.first[a] ?? 0) - (spans.first[b] ?? 0));
  const free: Readonly<Record<ValueType, Slot[]>> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
  /** By the place where they are last needed. */
  const ending = new Map<number, Slot[]>();
  let at = 0;
  for (const local of order) {
    for (; at < (spans.first[local] ?? 0); at++) for (const slot of ending.get(at) ?? []) free[slot.type].push(slot);
    const type = types[local] ?? 'i32';
    let slot = free[type].pop();
    if (slot === undefined) {
      slot = { type };
      slots.push(slot);
    }
    slotOf.set(local, slot);
    const last = spans.last[local] ?? 0;
    const others = ending.get(last);
    if (others === undefined) ending.set(last, [slot]);
    else others.push(slot);
  }
  // A run of one type is declared at once.
  slots.sort((a, b) => a.type.localeCompare(b.type));
  const numbers = new Map(slots.map((slot, i) => [slot, parameters + i]));
  return {
    ofLocal: types.map((_, local) => (local < parameters ? local : numbers.get(slotOf.get(local) as Slot))),
    types: [...types.slice(0, parameters), ...slots.map((each) => each.type)],
  };
}

export function slotsOfFunction(source: IrFunction): Slots {
  const spans = new Spans();
  spans.list(source.body);
  return assign(source.locals, source.parameterCount, spans);
}

/** Of the entry, whose code is the prologue and then the pieces. */
export function slotsOfEntry(types: readonly ValueType[], prologue: readonly Stmt[], pieces: readonly Piece[]): Slots {
  const spans = new Spans();
  spans.list(prologue);
  spans.pieces(pieces);
  return assign(types, 0, spans);
}
