/**
 * Rewrites one region so that a run of it does the work of four neighbouring invocations, one in each lane of a v128.
 *
 * What is the same for the four stays scalar and runs once (lane-shapes.ts says what that is). Where a condition differs between lanes, both ways run one
 * after the other, each under a mask of the lanes that take it, and not at all when no lane does. A lane that jumps is taken out of the masks of all
 * constructs that it leaves; a construct ends when its mask is empty. A set leaves the lanes alone that do not take part, unless nothing in them will read
 * the local. So each lane computes what its invocation would compute alone, with the same operations in the same order.
 */
import { i32, op } from '../ir/build.ts';
import { expandAtomic } from '../ir/expand-atomic.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { contains, walkExpr, walkStmts } from '../ir/walk.ts';
import { type Alias, anyLane, blend, extract, LaneContext, type LaneWorld, laneConst, laneNumbers } from './lane-context.ts';
import { lanesOf, maskOf, scalarOf, vectorOf } from './lane-expressions.ts';
import { fillOrCopy, forActiveLanes, runOf, storeVector } from './lane-memory.ts';

type LocalRead = Expr & { kind: 'local' };

interface Construct {
  readonly label: number;
  /** Lanes that are still in it; null: none leaves before the others. */
  readonly live: LocalRead | null;
  /** Lanes that did not skip to the continuing part in this turn. */
  readonly turn: LocalRead | null;
}

/** `counted` are the meters that the region counts for all its invocations at once. */
export function vectorizeRegion(body: readonly Stmt[], world: LaneWorld, counted: ReadonlySet<Stmt>): readonly Stmt[] {
  const vectorizer = new Vectorizer(body, world, counted);
  return vectorizer.run();
}

const allOnes = laneConst([-1, -1, -1, -1]);

class Vectorizer {
  private readonly context: LaneContext;
  private readonly body: readonly Stmt[];
  private readonly counted: ReadonlySet<Stmt>;
  private readonly constructs: Construct[] = [];
  private readonly addressLocals: ReadonlySet<number>;
  private readonly setCounts = new Map<number, number>();
  private readonly reads = new Set<number>();

  constructor(body: readonly Stmt[], world: LaneWorld, counted: ReadonlySet<Stmt>) {
    this.body = body;
    this.counted = counted;
    this.context = new LaneContext(world);
    this.addressLocals = findAddressLocals(body);
    walkStmts(
      body,
      (statement) => {
        if (statement.kind === 'set') this.setCounts.set(statement.local, (this.setCounts.get(statement.local) ?? 0) + 1);
      },
      (expr) => {
        if (expr.kind === 'local') this.reads.add(expr.local);
      },
    );
  }

  run(): readonly Stmt[] {
    return this.context.collect(() => this.list(this.body));
  }

  private list(list: readonly Stmt[]): void {
    const { context } = this;
    for (const [index, statement] of list.entries()) {
      this.statement(statement);
      if (statement.kind === 'break' || statement.kind === 'continue') return;
      if (!this.escapes(statement)) continue;
      const rest = list.slice(index + 1);
      const inner = this.constructs.findLast((each) => each.live !== null);
      const { mask } = context;
      if (inner === undefined || mask?.kind !== 'local') throw new Error('lanes left nothing');
      if (mask.local === inner.turn?.local || mask.local === inner.live?.local) {
        const jump = mask.local === inner.turn?.local ? 'continue' : 'break';
        context.emit({ kind: 'if', condition: op('i32.eqz', anyLane(mask)), yes: [{ kind: jump, label: inner.label }], no: [] });
        continue;
      }
      context.set(mask, op('v128.and', mask, inner.turn ?? inner.live ?? allOnes));
      if (rest.length === 0) return;
      const yes = context.collect(() => this.list(rest));
      return context.emit({ kind: 'if', condition: anyLane(mask), yes, no: [] });
    }
  }

  /** Do some lanes leave a statement by a jump to somewhere around it, while others go on behind it? */
  private escapes(statement: Stmt): boolean {
    const inside = new Set<number>();
    walkStmts(
      [statement],
      (each) => {
        if (each.kind === 'block' || each.kind === 'loop' || each.kind === 'switch') inside.add(each.label);
      },
      () => undefined,
    );
    return contains(
      statement,
      (each) => (each.kind === 'break' || each.kind === 'continue') && !inside.has(each.label) && this.context.shapes.isPartial(each),
    );
  }

  private statement(statement: Stmt): void {
    const { context } = this;
    switch (statement.kind) {
      case 'set':
        return this.set(statement);
      case 'store':
        return storeVector(context, statement);
      case 'fill':
      case 'copy':
        return fillOrCopy(context, statement);
      case 'atomic':
        return this.atomic(statement);
      case 'call':
        return this.call(statement);
      case 'if':
        return context.shapes.of(statement.condition) === 0 ? this.uniformIf(statement) : this.divergentIf(statement);
      case 'block':
        return this.construct(statement.label, false, () => {
          const body = context.collect(() => this.list(statement.body));
          context.emit({ kind: 'block', label: statement.label, body });
        });
      case 'loop':
        return this.construct(statement.label, context.shapes.isContinued(statement.label), (construct) => this.loop(statement, construct));
      case 'switch':
        return this.construct(statement.label, false, () => {
          const cases = statement.cases.map((each) => ({ ...each, body: context.collect(() => this.list(each.body)) }));
          context.emit({ ...statement, selector: scalarOf(context, statement.selector), cases });
        });
      case 'break':
      case 'continue':
        return this.jump(statement);
      case 'meter':
        return this.meter(statement);
      case 'return':
      case 'barrier':
        throw new Error(`a ${statement.kind} in a region`);
    }
  }

  private set(statement: Extract<Stmt, { kind: 'set' }>): void {
    const { context } = this;
    const { local, value } = statement;
    if (context.shapes.ofLocal(local) !== 'varying') return context.emit({ kind: 'set', local, value: scalarOf(context, value) });
    const isPartial = context.mask !== null && context.shapes.isPartial(statement);
    if (value.type === 'i64' || value.type === 'f64') return this.setWide(local, value, isPartial);
    if (!context.shapes.isPartial(statement)) this.noteAlias(local, value);
    const target = context.vectorLocal(local);
    const isBoolean = context.shapes.isBoolean({ kind: 'local', type: value.type, local });
    const after = isBoolean ? maskOf(context, value) : vectorOf(context, value);
    context.set(target, isPartial && context.mask !== null ? blend(context.mask, after, target) : after);
  }

  private setWide(local: number, value: Expr, isPartial: boolean): void {
    const { context } = this;
    const targets = context.wideLocals(local, value.type);
    const values = lanesOf(context, value).map((each) => (each.kind === 'const' ? each : this.copyOf(each)));
    const write = (lane: number): void => {
      const [target, after] = [targets[lane], values[lane]];
      if (target !== undefined && after !== undefined) context.set(target, after);
    };
    if (isPartial) forActiveLanes(context, write);
    else for (const lane of laneNumbers) write(lane);
  }

  /** Lanes of a 64-bit local may be among the values that are about to be set. */
  private copyOf(value: Expr): Expr {
    const copy = this.context.newLocal(value.type);
    this.context.set(copy, value);
    return copy;
  }

  /** Remembers of an index that it counts up while it is inside its bounds. */
  private noteAlias(local: number, value: Expr): void {
    const { context } = this;
    if (value.type !== 'i32' || this.setCounts.get(local) !== 1 || !this.addressLocals.has(local)) return;
    const run = context.world.roots.of(value) === null ? runOf(context, value) : null;
    if (run === null || run.stride === 0 || run.checks.length === 0) return;
    const [first = i32(1), ...others] = run.checks;
    const isInside = others.reduce<Expr>((sum, each) => op('i32.and', sum, each), first);
    const alias: Alias = { base: this.copyOf(run.base), stride: run.stride, isInside: this.copyOf(isInside) };
    context.aliases.set(local, alias);
  }

  private uniformIf(statement: Extract<Stmt, { kind: 'if' }>): void {
    const { context } = this;
    const condition = scalarOf(context, statement.condition);
    const [yes, no] = [statement.yes, statement.no].map((list) => context.collect(() => this.list(list)));
    context.emit({ kind: 'if', condition, yes: yes ?? [], no: no ?? [] });
  }

  private divergentIf(statement: Extract<Stmt, { kind: 'if' }>): void {
    const { context } = this;
    const { mask } = context;
    const chosen = maskOf(context, statement.condition);
    const condition = statement.no.length === 0 ? chosen : context.keep(chosen);
    const yesMask = this.freshMask(mask === null ? condition : op('v128.and', mask, condition));
    const noMask = statement.no.length === 0 ? null : this.freshMask(op('v128.andnot', mask ?? allOnes, condition));
    this.side(yesMask, statement.yes);
    if (noMask !== null) this.side(noMask, statement.no);
  }

  /** A local of its own: lanes that jump are taken out of it. */
  private freshMask(mask: Expr): LocalRead {
    const local = this.context.newLocal('v128');
    this.context.set(local, mask);
    return local;
  }

  private side(mask: LocalRead, list: readonly Stmt[]): void {
    const { context } = this;
    if (list.length === 0) return;
    if (isCheap(list) || isJump(list[0])) return context.masked(mask, () => this.list(list));
    const yes = context.collect(() => context.masked(mask, () => this.list(list)));
    context.emit({ kind: 'if', condition: anyLane(mask), yes, no: [] });
  }

  private construct(label: number, hasTurn: boolean, write: (construct: Construct) => void): void {
    const { context } = this;
    const isLeft = context.shapes.isLeft(label) || hasTurn;
    const live = isLeft ? this.freshMask(context.mask ?? allOnes) : null;
    const construct: Construct = { label, live, turn: hasTurn ? context.newLocal('v128') : null };
    this.constructs.push(construct);
    context.masked(live ?? context.mask, () => write(construct));
    this.constructs.pop();
  }

  private loop(statement: Extract<Stmt, { kind: 'loop' }>, { label, live, turn }: Construct): void {
    const { context } = this;
    const body = context.collect(() => {
      if (turn === null || live === null) return this.list(statement.body);
      context.set(turn, live);
      context.masked(turn, () => this.list(statement.body));
    });
    // Behind its body no lane skips to the continuing part any more.
    if (turn !== null) this.constructs[this.constructs.length - 1] = { label, live, turn: null };
    const continuing = context.collect(() => {
      if (turn !== null && live !== null && context.shapes.isLeft(label))
        context.emit({ kind: 'if', condition: op('i32.eqz', anyLane(live)), yes: [{ kind: 'break', label }], no: [] });
      this.list(statement.continuing);
    });
    context.emit({ kind: 'loop', label, body, continuing });
  }

  private jump(statement: Extract<Stmt, { kind: 'break' | 'continue' }>): void {
    const { context } = this;
    const { mask } = context;
    if (!context.shapes.isPartial(statement)) return context.emit(statement);
    if (mask === null) throw new Error('all lanes leave, but not all together');
    const at = this.constructs.findIndex((each) => each.label === statement.label);
    // The innermost last: the mask may be its own.
    this.constructs.slice(at).forEach(({ live, turn }, i) => {
      if (live !== null && !(i === 0 && statement.kind === 'continue')) context.set(live, op('v128.andnot', live, mask));
      if (turn !== null) context.set(turn, op('v128.andnot', turn, mask));
    });
  }

  private meter(statement: Extract<Stmt, { kind: 'meter' }>): void {
    const { context } = this;
    if (this.counted.has(statement)) return context.emit(statement);
    const times = context.mask === null ? i32(4) : op('i32.popcnt', op('i32x4.bitmask', context.mask));
    context.emit({ ...statement, times });
  }

  private atomic(statement: Extract<Stmt, { kind: 'atomic' }>): void {
    const { context } = this;
    if (!this.reads.has(statement.result) && this.combined(statement)) return;
    const addresses = lanesOf(context, statement.address);
    const operands = statement.operands.map((each) => lanesOf(context, each));
    const scalar = context.newLocal('i32');
    const result = context.vectorLocal(statement.result);
    forActiveLanes(context, (lane) => {
      const address = addresses[lane] ?? i32(0);
      const values = operands.map((each) => each[lane] ?? i32(0));
      for (const each of expandAtomic({ ...statement, address, operands: values, result: scalar.local })) context.emit(each);
      context.set(result, op(`i32x4.replace_lane_${lane}`, result, scalar));
    });
  }

  /** Sums and the like at one place, where nobody looks at what was there before: the lanes are joined first. */
  private combined(statement: Extract<Stmt, { kind: 'atomic' }>): boolean {
    const { context } = this;
    const joins: Readonly<Record<string, readonly [string, number]>> = {
      add: ['i32.add', 0],
      sub: ['i32.add', 0],
      or: ['i32.or', 0],
      xor: ['i32.xor', 0],
      and: ['i32.and', -1],
    };
    const join = joins[statement.op];
    const [operand] = statement.operands;
    if (join === undefined || operand === undefined || context.shapes.of(statement.address) !== 0) return false;
    const [name, neutral] = join;
    const vector = vectorOf(context, operand);
    const value = context.keep(context.mask === null ? vector : blend(context.mask, vector, laneConst(laneNumbers.map(() => neutral))));
    const [first = i32(0), ...others] = laneNumbers.map((lane) => extract(value, lane, 'i32'));
    const joined = context.keep(others.reduce((sum, each) => op(name, sum, each), first));
    const result = context.newLocal('i32').local;
    for (const each of expandAtomic({ ...statement, address: scalarOf(context, statement.address), operands: [joined], result }))
      context.emit(each);
    return true;
  }

  private call(statement: Extract<Stmt, { kind: 'call' }>): void {
    const { context } = this;
    const { shapes } = context;
    if (statement.results.length > 0 && statement.results.every((result) => shapes.ofLocal(result) === 0))
      return context.emit({ ...statement, args: statement.args.map((arg) => scalarOf(context, arg)) });
    const args = statement.args.map((arg) => lanesOf(context, arg));
    const types = statement.results.map((result) => context.world.types[result] ?? 'i32');
    const scalars = types.map((type) => context.newLocal(type));
    forActiveLanes(context, (lane) => {
      const values = args.map((each) => each[lane] ?? i32(0));
      context.emit({ ...statement, args: values, results: scalars.map((each) => each.local) });
      statement.results.forEach((result, i) => {
        const scalar = scalars[i];
        if (scalar !== undefined) this.putLane(result, lane, scalar);
      });
    });
  }

  private putLane(local: number, lane: number, value: LocalRead): void {
    const { context } = this;
    if (context.shapes.ofLocal(local) !== 'varying') return context.emit({ kind: 'set', local, value });
    if (value.type === 'i64' || value.type === 'f64') {
      const target = context.wideLocals(local, value.type)[lane];
      if (target !== undefined) context.set(target, value);
      return;
    }
    const target = context.vectorLocal(local);
    context.set(target, op(`${value.type}x4.replace_lane_${lane}`, target, value));
  }
}

function isJump(statement: Stmt | undefined): boolean {
  return statement?.kind === 'break' || statement?.kind === 'continue';
}

/** Operations up to which a side runs without asking whether any lane takes it. */
const maxCheap = 12;

/** Only sets that can do no harm and cost about as much as a branch. */
function isCheap(list: readonly Stmt[]): boolean {
  let size = 0;
  const isFine = list.every((statement) => {
    if (statement.kind !== 'set') return false;
    let fine = true;
    walkExpr(statement.value, (expr) => {
      size++;
      if (expr.kind === 'load' || expr.kind === 'call' || expr.kind === 'choose') fine = false;
      if (expr.kind === 'op' && /div|rem|sqrt|64/.test(expr.op)) fine = false;
    });
    return fine;
  });
  return isFine && size <= maxCheap;
}

/** Locals that addresses are computed from. */
function findAddressLocals(body: readonly Stmt[]): ReadonlySet<number> {
  const found = new Set<number>();
  const note = (expr: Expr): void =>
    walkExpr(expr, (each) => {
      if (each.kind === 'local') found.add(each.local);
    });
  walkStmts(
    body,
    (statement) => {
      if (statement.kind === 'store') note(statement.address);
    },
    (expr) => {
      if (expr.kind === 'load') note(expr.address);
    },
  );
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    walkStmts(
      body,
      (statement) => {
        if (statement.kind === 'set' && found.has(statement.local)) note(statement.value);
      },
      () => undefined,
    );
  }
  return found;
}
