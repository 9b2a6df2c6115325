/** Lowers `for`: counts small loops out, and learns the range of a counter so that its uses as an index need no clamp. */
import { i32, isConst, not } from '../ir/build.ts';
import type { ExprNode, ForNode, VariableNode } from '../parse/ast.ts';
import { resolveType } from '../resolve/resolve-type.ts';
import { scalarType } from '../resolve/types.ts';
import { concretize, convertTo } from './convert.ts';
import { hasEffect } from './effects.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerCondition, lowerExpression, lowerScalar } from './lower-expression.ts';
import { lowerStatement } from './lower-statement.ts';
import { mayAssign, surveyBody } from './scan.ts';
import { partsValue } from './value.ts';

export function lowerFor(builder: FunctionBuilder, node: ForNode): void {
  const { init, condition, update, body } = node;
  if (unroll(builder, node)) return;
  if (init !== null) lowerStatement(builder, init);
  const label = builder.newLabel();
  const target = { breakLabel: label, continueLabel: label };
  const bodyList = builder.collect(() => {
    let counter: number | null = null;
    if (condition !== null) {
      const test = lowerCondition(builder, condition);
      builder.emit({ kind: 'if', condition: not(test), yes: [{ kind: 'break', label }], no: [] });
      counter = limitCounter(builder, node, condition);
    }
    builder.withJump(target, () => lowerStatement(builder, body));
    if (counter !== null) builder.setLimit(counter, null);
  }, true);
  const continuing = builder.collect(() => (update === null ? undefined : lowerStatement(builder, update)), true);
  builder.emit({ kind: 'loop', label, body: bodyList, continuing });
}

/**
 * In the body of `for (var i = a; i < n; i += c)` that does not touch i, i is at most n - 1: its uses as an index need no clamp.
 * Gives the local whose limit was set.
 */
function limitCounter(builder: FunctionBuilder, node: ForNode, condition: ExprNode): number | null {
  const { init, update } = node;
  if (init?.kind !== 'variable' || condition.kind !== 'binary' || condition.left.kind !== 'ident') return null;
  const isLess = condition.op === '<' || condition.op === '<=';
  const { name } = init.variable;
  if (!isLess || condition.left.name !== name || init.variable.value === null || mayAssign(node.body, name)) return null;
  if (update?.kind !== 'assign' || update.op !== '+' || update.target?.kind !== 'ident' || update.target.name !== name) return null;
  const symbol = builder.lookupLocal(name);
  const place = symbol?.kind === 'variable' && symbol.reference.type.kind === 'scalar' ? symbol.reference.place : null;
  const local = place?.kind === 'locals' ? place.locals[0] : undefined;
  if (local === undefined || symbol?.kind !== 'variable' || hasEffect(builder.scope, condition)) return null;
  let bound = 4294967295;
  // Lowered only to learn its range; what it would emit is thrown away.
  builder.collect(() => {
    bound = builder.limitOf(lowerScalar(builder, condition.right).part) - (condition.op === '<' ? 1 : 0);
  });
  const isSigned = symbol.reference.type.kind === 'scalar' && symbol.reference.type.scalar === 'i32';
  if (isSigned && !(bound < 2147483647 && startsAtLeastZero(builder, init.variable) && addsPositive(builder, update.value))) return null;
  if (bound < 0) return null;
  builder.setLimit(local, bound, isSigned || stepsUp(builder, update.value) ? startOf(builder, init.variable) : 0);
  return local;
}

function startsAtLeastZero(builder: FunctionBuilder, node: VariableNode): boolean {
  let limit = 4294967295;
  const { value } = node;
  if (value === null || value.kind === 'call') return false;
  builder.collect(() => {
    const part = convertTo(concretize(lowerExpression(builder, value), node.span), scalarType('i32'), node.span);
    if (part.kind === 'parts' && part.parts[0] !== undefined) limit = builder.limitOf(part.parts[0]);
  });
  return limit < 2147483648;
}

function addsPositive(builder: FunctionBuilder, node: ExprNode): boolean {
  if (node.kind !== 'literal') return false;
  const value = lowerScalar(builder, node).part;
  return isConst(value) && Number(value.value) > 0 && Number(value.value) < 65536;
}

/** The constant a counter starts from, read without sign; 0 when it is not known. */
function startOf(builder: FunctionBuilder, node: VariableNode): number {
  const value = node.value === null ? null : constantOf(builder, node.value);
  return value === null || value < 0 ? 0 : value;
}

/** A step so small that a counter cannot wrap past zero before its bound stops it. */
function stepsUp(builder: FunctionBuilder, node: ExprNode): boolean {
  return addsPositive(builder, node);
}

function constantOf(builder: FunctionBuilder, node: ExprNode): number | null {
  if (node.kind === 'call' || hasEffect(builder.scope, node)) return null;
  let value: number | null = null;
  builder.collect(() => {
    const lowered = concretize(lowerExpression(builder, node), node.span);
    const [part] = lowered.kind === 'parts' ? lowered.parts : [];
    if (part === undefined || !isConst(part) || lowered.type.kind !== 'scalar') return;
    if (lowered.type.scalar === 'i32') value = Number(part.value);
    else if (lowered.type.scalar === 'u32') value = Number(part.value) >>> 0;
  });
  return value;
}

/** Turns of a counted-out loop, and syntax nodes of all of them together. */
const maxTurns = 4;
const maxUnrolledSize = 640;
/** Nodes of all copies of a body whose loops around it were written out as well. */
const maxUnrolledAround = 8192;
/** How many times the body being lowered is written out by the loops around it. */
const copiesAround = new WeakMap<FunctionBuilder, number>();

interface Count {
  readonly name: string;
  readonly scalar: 'i32' | 'u32';
  readonly values: readonly number[];
}

/**
 * Writes a short loop over constants out, with its counter a constant in each turn: V8 moves nothing out of WebAssembly loops, so this is where addresses
 * become cheap. False: it is not such a loop.
 */
function unroll(builder: FunctionBuilder, node: ForNode): boolean {
  const count = countTurns(builder, node);
  if (count === null) return false;
  const survey = surveyBody(node.body);
  if (survey.hasJump || survey.declaresName(count.name) || survey.size * count.values.length > maxUnrolledSize) return false;
  if (mayAssign(node.body, count.name)) return false;
  const copies = copiesAround.get(builder) ?? 1;
  if (copies * survey.size * count.values.length > maxUnrolledAround) return false;
  copiesAround.set(builder, copies * count.values.length);
  for (const value of count.values) {
    builder.scope.spend(1);
    builder.scoped(() => {
      const declared = { how: 'var', span: node.span } as const;
      builder.declare(count.name, { kind: 'value', value: partsValue(scalarType(count.scalar), i32(value)), declared });
      lowerStatement(builder, node.body);
    });
  }
  copiesAround.set(builder, copies);
  return true;
}

function countTurns(builder: FunctionBuilder, node: ForNode): Count | null {
  const { init, condition, update } = node;
  if (init?.kind !== 'variable' || init.variable.kind !== 'var' || init.variable.value === null) return null;
  const { name, type } = init.variable;
  if (condition?.kind !== 'binary' || condition.left.kind !== 'ident' || condition.left.name !== name) return null;
  if (update?.kind !== 'assign' || update.op !== '+' || update.target?.kind !== 'ident' || update.target.name !== name) return null;
  const [start, end, step] = [init.variable.value, condition.right, update.value].map((each) => constantOf(builder, each));
  if (start === null || start === undefined || end === null || end === undefined || step === null || step === undefined || step <= 0)
    return null;
  if (condition.op !== '<' && condition.op !== '<=') return null;
  const scalar =
    type === null
      ? scalarOfValue(builder, init.variable.value)
      : resolveType(builder.scope, type, (each) => lowerExpression(builder, each)).key;
  if (scalar !== 'i32' && scalar !== 'u32') return null;
  const values: number[] = [];
  for (let value = start; condition.op === '<' ? value < end : value <= end; value += step) {
    if (values.length === maxTurns || value > 2147483647) return null;
    values.push(value);
  }
  return { name, scalar, values };
}

function scalarOfValue(builder: FunctionBuilder, node: ExprNode): string {
  let key = '';
  builder.collect(() => {
    key = concretize(lowerExpression(builder, node), node.span).type.key;
  });
  return key;
}
