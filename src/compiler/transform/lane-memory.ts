/**
 * Loads and stores for four lanes. Neighbouring words are one access; the same word is loaded once; everything else goes lane by lane. A bound on an index
 * hides that lanes lie next to each other: `index < n ? index : n - 1` then becomes one test for all four, with the lane by lane way behind it. Lanes that
 * do not take part store nothing, and load from address 0, because their index may be anything.
 */
import { i32, op } from '../ir/build.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { blend, extract, gatherLanes, type LaneContext, laneConst, laneNumbers, splat } from './lane-context.ts';
import { guardOf, lanesOf, scalarOf, vectorOf } from './lane-expressions.ts';

type Load = Extract<Expr, { kind: 'load' }>;
type Store = Extract<Stmt, { kind: 'store' }>;

/** An address that is `stride` apart from lane to lane while all `checks` hold. */
interface Run {
  readonly base: Expr;
  readonly stride: number;
  readonly checks: readonly Expr[];
}

export function runOf(context: LaneContext, expr: Expr): Run | null {
  const shape = context.shapes.of(expr);
  if (shape !== 'varying') return { base: scalarOf(context, expr), stride: shape, checks: [] };
  if (expr.kind === 'local') {
    const alias = context.aliases.get(expr.local);
    return alias === undefined ? null : { base: alias.base, stride: alias.stride, checks: [alias.isInside] };
  }
  if (expr.kind !== 'op') return null;
  const [a, b, c] = expr.args;
  if (a === undefined || b === undefined) return null;
  if (expr.op === 'select') return c === undefined ? null : clampedRun(context, a, b, c);
  if (expr.op === 'i32.add') {
    const [left, right] = [runOf(context, a), runOf(context, b)];
    if (left === null || right === null) return null;
    return {
      base: op('i32.add', left.base, right.base),
      stride: (left.stride + right.stride) | 0,
      checks: [...left.checks, ...right.checks],
    };
  }
  if ((expr.op !== 'i32.mul' && expr.op !== 'i32.shl') || b.kind !== 'const') return null;
  const left = runOf(context, a);
  const factor = Number(b.value);
  if (left === null) return null;
  const stride = expr.op === 'i32.mul' ? Math.imul(left.stride, factor) : left.stride << factor;
  return { base: op(expr.op, left.base, b), stride, checks: left.checks };
}

/** `index < count ? index : last`, where the index counts up and stays below the count in all four lanes. */
function clampedRun(context: LaneContext, index: Expr, last: Expr, condition: Expr): Run | null {
  if (condition.kind !== 'op' || condition.op !== 'i32.lt_u' || context.shapes.of(last) !== 0) return null;
  const [tested, count] = condition.args;
  if (tested === undefined || count === undefined || context.shapes.of(count) !== 0 || !isSame(tested, index)) return null;
  const stride = context.shapes.of(index);
  if (stride === 'varying' || stride <= 0 || stride > 65536) return null;
  const first = context.keep(scalarOf(context, index));
  const end = context.keep(op('i32.add', first, i32(3 * stride)));
  const isInside = op('i32.and', op('i32.lt_u', end, scalarOf(context, count)), op('i32.le_u', first, end));
  return { base: first, stride, checks: [context.keep(isInside)] };
}

function isSame(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind === 'op' && b.kind === 'op')
    return a.op === b.op && a.args.length === b.args.length && a.args.every((arg, i) => isSame(arg, b.args[i] ?? arg));
  if (a.kind === 'local') return b.kind === 'local' && a.local === b.local;
  if (a.kind === 'const') return b.kind === 'const' && a.type === b.type && Object.is(a.value, b.value);
  return a.kind === 'builtin' && b.kind === 'builtin' && a.name === b.name;
}

export function loadVector(context: LaneContext, expr: Load): Expr {
  const { offset } = expr;
  const own = ownElement(context, expr.address, offset);
  if (own !== null) {
    if (own.kind === 'same') return { kind: 'load', type: 'v128', address: own.address, offset: offset * 4 };
    return loadLanes(context, expr, own.address, offset * 4);
  }
  const run = runOf(context, expr.address);
  if (run === null || run.stride === 0) return loadLanes(context, expr, vectorOf(context, expr.address), offset);
  const guard = guardOf(context, run.checks);
  if (run.stride !== 4) {
    if (guard !== null || run.stride < 0) return loadLanes(context, expr, vectorOf(context, expr.address), offset);
    const base = context.keep(run.base);
    return gatherLanes(laneNumbers.map((lane) => ({ ...expr, address: base, offset: offset + lane * run.stride })));
  }
  const whole: Expr = { kind: 'load', type: 'v128', address: run.base, offset };
  if (guard === null) return whole;
  const result = context.newLocal('v128');
  const yes = context.collect(() => context.set(result, whole));
  const no = context.collect(() => context.set(result, loadLanes(context, expr, vectorOf(context, expr.address), offset)));
  context.emit({ kind: 'if', condition: guard, yes, no });
  return result;
}

/** Memory always has one page, so that an address of 0 with a small offset is good. */
const smallOffset = 4096;

function loadLanes(context: LaneContext, expr: Load, addresses: Expr, offset: number): Expr {
  const isFar = offset > smallOffset;
  const whole = isFar ? op('i32x4.add', addresses, splat(i32(offset))) : addresses;
  const safe = context.keep(context.mask === null ? whole : op('v128.and', whole, context.mask));
  return gatherLanes(laneNumbers.map((lane) => ({ ...expr, address: extract(safe, lane, 'i32'), offset: isFar ? 0 : offset })));
}

type OwnElement = { readonly kind: 'same'; readonly address: Expr } | { readonly kind: 'lanes'; readonly address: Expr };

/** The place of an element of an interleaved variable: one address for all lanes, or a v128 of them. The constant offset is left out. */
function ownElement(context: LaneContext, address: Expr, offset: number): OwnElement | null {
  const root = context.world.roots.of(address);
  if (root === null || offset < 0) return null;
  const start: Expr = { kind: 'address', type: 'i32', variable: root };
  if (context.shapes.of(address) === 0) {
    return { kind: 'same', address: op('i32.add', start, op('i32.shl', scalarOf(context, address), i32(2))) };
  }
  const places = op('i32x4.shl', vectorOf(context, address), i32(2));
  return { kind: 'lanes', address: op('i32x4.add', places, op('i32x4.add', splat(start), laneConst([0, 4, 8, 12]))) };
}

export function storeVector(context: LaneContext, statement: Store): void {
  const { address, offset, value } = statement;
  if (value.type === 'i64' || value.type === 'f64') return storeWide(context, statement);
  const own = ownElement(context, address, offset);
  if (own?.kind === 'same') {
    const place = context.keep(own.address);
    const before: Expr = { kind: 'load', type: 'v128', address: place, offset: offset * 4 };
    const isPartial = context.mask !== null && context.shapes.isPartial(statement);
    const after = vectorOf(context, value);
    context.emit({
      kind: 'store',
      address: place,
      offset: offset * 4,
      value: isPartial && context.mask !== null ? blend(context.mask, after, before) : after,
    });
    return;
  }
  if (own !== null) return storeLanes(context, own.address, offset * 4, value);
  const run = runOf(context, address);
  if (run === null) return storeLanes(context, vectorOf(context, address), offset, value);
  if (run.stride === 0 && run.checks.length === 0) return storeSame(context, statement, run.base);
  const guard = guardOf(context, run.checks);
  if (run.stride !== 4) return storeApart(context, statement, run, guard);
  const kept = context.keep(vectorOf(context, value));
  const whole: Stmt = { kind: 'store', address: run.base, offset, value: kept };
  if (guard === null) return context.emit(whole);
  const no = context.collect(() => storeKept(context, vectorOf(context, address), offset, value, kept));
  context.emit({ kind: 'if', condition: guard, yes: [whole], no });
}

/** All lanes store to one place: the last one stays. */
function storeSame(context: LaneContext, statement: Store, address: Expr): void {
  const { offset, value } = statement;
  if (context.shapes.of(value) === 0) return context.emit({ kind: 'store', address, offset, value: scalarOf(context, value) });
  const vector = context.keep(vectorOf(context, value));
  if (context.mask === null) return context.emit({ kind: 'store', address, offset, value: extract(vector, 3, value.type) });
  forActiveLanes(context, (lane) => context.emit({ kind: 'store', address, offset, value: extract(vector, lane, value.type) }));
}

function storeApart(context: LaneContext, statement: Store, run: Run, guard: Expr | null): void {
  const { address, offset, value } = statement;
  if (guard !== null || run.stride < 0) return storeLanes(context, vectorOf(context, address), offset, value);
  const base = context.keep(run.base);
  const vector = context.keep(vectorOf(context, value));
  for (const lane of laneNumbers)
    context.emit({ kind: 'store', address: base, offset: offset + lane * run.stride, value: extract(vector, lane, value.type) });
}

function storeLanes(context: LaneContext, addresses: Expr, offset: number, value: Expr): void {
  storeKept(context, addresses, offset, value, context.keep(vectorOf(context, value)));
}

function storeKept(context: LaneContext, addresses: Expr, offset: number, value: Expr, vector: Expr): void {
  const places = context.keep(addresses);
  forActiveLanes(context, (lane) =>
    context.emit({ kind: 'store', address: extract(places, lane, 'i32'), offset, value: extract(vector, lane, value.type) }),
  );
}

function storeWide(context: LaneContext, statement: Store): void {
  const addresses = lanesOf(context, statement.address);
  const values = lanesOf(context, statement.value);
  forActiveLanes(context, (lane) => {
    const [address, value] = [addresses[lane], values[lane]];
    if (address !== undefined && value !== undefined) context.emit({ kind: 'store', address, offset: statement.offset, value });
  });
}

/** Writes something once for each lane, in order, and runs it only for those that take part. */
export function forActiveLanes(context: LaneContext, write: (lane: number) => void): void {
  const bits = context.maskBits();
  for (const lane of laneNumbers) {
    if (bits === null) write(lane);
    else {
      const yes = context.collect(() => write(lane));
      context.emit({ kind: 'if', condition: op('i32.and', bits, i32(1 << lane)), yes, no: [] });
    }
  }
}

/** Up to this many words are zeroed or copied one by one; more by a loop. */
const maxWords = 32;

/** Zeroing and copying where lanes have their own places: word by word. */
export function fillOrCopy(context: LaneContext, statement: Extract<Stmt, { kind: 'fill' | 'copy' }>): void {
  const to = statement.kind === 'fill' ? statement.address : statement.to;
  const places = statement.kind === 'fill' ? [to] : [to, statement.from];
  const { roots } = context.world;
  if (places.every((each) => roots.of(each) === null && context.shapes.of(each) === 0)) return context.emit(sameForAll(context, statement));
  const root = roots.of(to);
  if (
    statement.kind === 'fill' &&
    root !== null &&
    context.shapes.of(to) === 0 &&
    !(context.mask !== null && context.shapes.isPartial(statement))
  ) {
    const own = ownElement(context, to, statement.offset);
    if (own !== null) return context.emit({ kind: 'fill', address: own.address, offset: statement.offset * 4, bytes: statement.bytes * 4 });
  }
  const words = statement.bytes / 4;
  if (words <= maxWords) {
    for (let word = 0; word < words; word++) moveWord(context, statement, null, word * 4);
    return;
  }
  const label = context.world.newLabel();
  const counter = context.newLocal('i32');
  context.set(counter, i32(0));
  const body = context.collect(() => {
    moveWord(context, statement, counter, 0);
    context.set(counter, op('i32.add', counter, i32(4)));
    context.emit({ kind: 'if', condition: op('i32.ge_u', counter, i32(statement.bytes)), yes: [{ kind: 'break', label }], no: [] });
  });
  context.emit({ kind: 'loop', label, body, continuing: [] });
}

function sameForAll(context: LaneContext, statement: Extract<Stmt, { kind: 'fill' | 'copy' }>): Stmt {
  if (statement.kind === 'fill') return { ...statement, address: scalarOf(context, statement.address) };
  return { ...statement, to: scalarOf(context, statement.to), from: scalarOf(context, statement.from) };
}

/** A word `skip` bytes behind the start; `skip` is a local that is the same for all lanes. */
function moveWord(context: LaneContext, statement: Extract<Stmt, { kind: 'fill' | 'copy' }>, skip: Expr | null, at: number): void {
  const behind = (address: Expr): Expr => (skip === null ? address : op('i32.add', address, skip));
  if (statement.kind === 'fill') {
    writeWord(context, statement, behind(statement.address), statement.offset + at, splat(i32(0)));
    return;
  }
  const load: Load = { kind: 'load', type: 'i32', address: behind(statement.from), offset: statement.fromOffset + at };
  const isSame = context.shapes.of(load) === 0;
  const value = context.keep(isSame ? splat(scalarOf(context, load)) : loadVector(context, load));
  writeWord(context, statement, behind(statement.to), statement.toOffset + at, value);
}

function writeWord(context: LaneContext, statement: Stmt, address: Expr, offset: number, value: Expr): void {
  const own = ownElement(context, address, offset);
  const zero = i32(0);
  if (own?.kind === 'same') {
    const place = context.keep(own.address);
    const before: Expr = { kind: 'load', type: 'v128', address: place, offset: offset * 4 };
    const isPartial = context.mask !== null && context.shapes.isPartial(statement);
    context.emit({
      kind: 'store',
      address: place,
      offset: offset * 4,
      value: isPartial && context.mask !== null ? blend(context.mask, value, before) : value,
    });
  } else if (own !== null) storeKept(context, own.address, offset * 4, zero, value);
  else storeKept(context, vectorOf(context, address), offset, zero, value);
}
