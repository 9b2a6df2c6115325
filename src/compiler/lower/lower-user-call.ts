/** Calls of the shader's own functions: put in place when small, called once, given pointers, or containing a barrier; called otherwise. */
import { SourceFault, type Span } from '../diagnostics.ts';
import type { Stmt } from '../ir/ir.ts';
import type { CallNode, FunctionNode } from '../parse/ast.ts';
import { listLeaves } from '../resolve/layout.ts';
import { countScalars, isSameType, type Type, voidType } from '../resolve/types.ts';
import { partsOf } from './access.ts';
import { convertTo } from './convert.ts';
import { reachesEnd } from './flow.ts';
import { FunctionBuilder, type LocalSymbol } from './function-builder.ts';
import { fixValue, lowerOperands } from './lower-expression.ts';
import { lowerStatements } from './lower-statement.ts';
import { newMemory } from './memory.ts';
import { factsOf, reachesBarrier } from './scan.ts';
import type { Unit } from './unit.ts';
import { maxParts, type Reference, type Value, valueTypeOf } from './value.ts';

/** Syntax nodes up to which a body is put in place wherever it is called: a call costs about as much as ten operations. */
const maxInlineSize = 160;

/** A WebAssembly function can have a thousand parameters. */
const maxPassedScalars = 500;

export function lowerUserCall(builder: FunctionBuilder, callee: FunctionNode, node: CallNode): Value | null {
  const unit = builder.requireUnit();
  if (callee.parameters.length !== node.args.length) {
    const count = callee.parameters.length;
    throw new SourceFault(
      'type',
      `"${callee.name}" takes ${count} argument${count === 1 ? '' : 's'}, not ${node.args.length}.`,
      node.span,
      [],
      [{ message: 'declared here', span: callee.span }],
    );
  }
  const types = callee.parameters.map((parameter) => builder.scope.typeOf(parameter.type));
  const args = lowerOperands(builder, node.args).map((value, i) => argument(value, types[i] ?? voidType, node.args[i]?.span ?? node.span));
  const returns = callee.returnType === null ? voidType : builder.scope.typeOf(callee.returnType);
  if (mustInline(unit, callee, types, returns)) return inlineCall(builder, callee, args, returns, node.span);
  return emitCall(builder, unit, callee, types, args, returns, node.span);
}

function argument(value: Value, type: Type, span: Span): Value {
  if (value.kind !== 'pointer') return convertTo(value, type, span);
  if (type.kind !== 'pointer' || !isSameType(type, value.type))
    throw new SourceFault('type', `Expected ${type.key} here, found ${value.type.key}.`, span);
  return value;
}

function mustInline(unit: Unit, callee: FunctionNode, types: readonly Type[], returns: Type): boolean {
  const isWide = (type: Type): boolean => type.kind === 'pointer' || (type.kind !== 'void' && (countScalars(type) ?? 0) > maxParts);
  if (types.some(isWide) || isWide(returns)) return true;
  if (types.reduce((sum, type) => sum + (countScalars(type) ?? 0), 0) > maxPassedScalars) return true;
  if (unit.callSites.get(callee.name) === 1 || factsOf(callee).size <= maxInlineSize) return true;
  return reachesBarrier(unit.scope.module, callee);
}

/** Even an empty body takes its time to put in place. */
const stepsOfCall = 16;
export const maxCallDepth = 250;

const underWay = new WeakMap<Unit, Set<string>>();

/** WGSL has no recursion, but a program that was not validated may. */
function guardRecursion<T>(unit: Unit, callee: FunctionNode, span: Span, lower: () => T): T {
  const active = underWay.get(unit) ?? new Set<string>();
  underWay.set(unit, active);
  if (active.has(callee.name)) throw recursionFault(callee, active, span);
  if (active.size >= maxCallDepth) throw new SourceFault('limit', `Functions can call one another ${maxCallDepth} deep, not deeper.`, span);
  active.add(callee.name);
  try {
    return lower();
  } finally {
    active.delete(callee.name);
  }
}

function recursionFault(callee: FunctionNode, active: ReadonlySet<string>, span: Span): SourceFault {
  const names = [...active];
  const circle = [...names.slice(names.indexOf(callee.name)), callee.name];
  const notes = circle.length > 2 ? [`The way around: ${circle.join(' -> ')}.`] : [];
  return new SourceFault('type', `"${callee.name}" calls itself, which WGSL does not allow.`, span, notes, [
    { message: 'declared here', span: callee.span },
  ]);
}

function inlineCall(builder: FunctionBuilder, callee: FunctionNode, args: readonly Value[], returns: Type, span: Span): Value | null {
  const unit = builder.requireUnit();
  builder.scope.spend(stepsOfCall);
  const names = new Map<string, LocalSymbol>();
  callee.parameters.forEach((parameter, i) => {
    const value = args[i];
    if (value === undefined) return;
    names.set(parameter.name, { kind: 'value', value: fixValue(builder, value), declared: { how: 'parameter', span: parameter.span } });
  });
  const isWide = returns.kind !== 'void' && (countScalars(returns) ?? 0) > maxParts;
  const memory: Reference | null = isWide
    ? {
        kind: 'reference',
        type: returns,
        space: 'function',
        access: 'read_write',
        place: newMemory(builder, returns, `result of ${callee.name}`),
      }
    : null;
  const results =
    returns.kind === 'void' || isWide ? [] : listLeaves(returns).map((leaf) => builder.newStableLocal(valueTypeOf(leaf.scalar)));
  const label = builder.newLabel();
  const frame = {
    names: [names],
    jumps: [],
    returns: { kind: 'inline', type: returns, label, results, memory } as const,
    memoryNames: factsOf(callee).memoryNames,
  };
  const body = builder.collect(() => {
    guardRecursion(unit, callee, span, () => builder.withFrame(frame, () => lowerStatements(builder, callee.body.body)));
  });
  if (returns.kind !== 'void' && builder.scope.faults.isEmpty && reachesEnd(body)) throw missingReturn(callee, returns);
  emitBody(builder, label, body);
  if (returns.kind === 'void') return null;
  if (memory?.place.kind === 'memory') return { kind: 'memory', type: returns, place: memory.place };
  return { kind: 'parts', type: returns, parts: results.map((local) => builder.read(local)) };
}

function missingReturn(callee: FunctionNode, returns: Type): SourceFault {
  const notes = ['Every way through it must end in a "return" with a value.'];
  return new SourceFault('type', `"${callee.name}" can end without giving the ${returns.key} it promises.`, callee.span, notes);
}

/** A body whose only return is its last statement needs no label. */
function emitBody(builder: FunctionBuilder, label: number, body: readonly Stmt[]): void {
  const last = body.at(-1);
  const trimmed = last?.kind === 'break' && last.label === label ? body.slice(0, -1) : body;
  if (trimmed.some((statement) => jumpsTo(statement, label))) builder.emit({ kind: 'block', label, body: trimmed });
  else for (const statement of trimmed) builder.statements.push(statement);
}

export function jumpsTo(statement: Stmt, label: number): boolean {
  switch (statement.kind) {
    case 'break':
    case 'continue':
      return statement.label === label;
    case 'if':
      return statement.yes.some((each) => jumpsTo(each, label)) || statement.no.some((each) => jumpsTo(each, label));
    case 'block':
      return statement.body.some((each) => jumpsTo(each, label));
    case 'loop':
      return statement.body.some((each) => jumpsTo(each, label)) || statement.continuing.some((each) => jumpsTo(each, label));
    case 'switch':
      return statement.cases.some((each) => each.body.some((inner) => jumpsTo(inner, label)));
    default:
      return false;
  }
}

function emitCall(
  builder: FunctionBuilder,
  unit: Unit,
  callee: FunctionNode,
  types: readonly Type[],
  args: readonly Value[],
  returns: Type,
  span: Span,
): Value | null {
  const index = functionIndex(unit, callee, types, returns, span);
  const flat = args.flatMap((value) => partsOf(builder, value, span).parts);
  const results = returns.kind === 'void' ? [] : listLeaves(returns).map((leaf) => builder.newStableLocal(valueTypeOf(leaf.scalar)));
  builder.emit({ kind: 'call', callee: index, args: flat, results });
  return returns.kind === 'void' ? null : { kind: 'parts', type: returns, parts: results.map((local) => builder.read(local)) };
}

function functionIndex(unit: Unit, callee: FunctionNode, types: readonly Type[], returns: Type, span: Span): number {
  const known = unit.functionIndex.get(callee.name);
  if (known !== undefined) return known;
  return guardRecursion(unit, callee, span, () => {
    const names = new Map<string, LocalSymbol>();
    const frame = {
      names: [names],
      jumps: [],
      returns: { kind: 'function', type: returns } as const,
      memoryNames: factsOf(callee).memoryNames,
    };
    const builder = new FunctionBuilder(unit.scope, unit, frame);
    callee.parameters.forEach((parameter, i) => {
      const type = types[i] ?? voidType;
      const parts = listLeaves(type).map((leaf) => builder.read(builder.newStableLocal(valueTypeOf(leaf.scalar))));
      const declared = { how: 'parameter', span: parameter.span } as const;
      names.set(parameter.name, { kind: 'value', value: { kind: 'parts', type, parts }, declared });
    });
    const parameterCount = builder.locals.length;
    lowerStatements(builder, callee.body.body);
    if (returns.kind !== 'void' && builder.scope.faults.isEmpty && reachesEnd(builder.statements)) throw missingReturn(callee, returns);
    const results = returns.kind === 'void' ? [] : listLeaves(returns).map((leaf) => valueTypeOf(leaf.scalar));
    const body = [...builder.prologue, ...builder.statements];
    const index = unit.functions.push({ name: callee.name, parameterCount, locals: builder.locals, results, prologue: [], body }) - 1;
    unit.functionIndex.set(callee.name, index);
    return index;
  });
}
