/** Lowers statements. */
import { SourceFault } from '../diagnostics.ts';
import { i32, isConst } from '../ir/build.ts';
import type { Stmt, SwitchCase } from '../ir/ir.ts';
import type { AssignNode, ExprNode, IfNode, LoopNode, StmtNode, SwitchNode, VariableNode } from '../parse/ast.ts';
import { sizeOf } from '../resolve/layout.ts';
import { integerOf } from '../resolve/module-scope.ts';
import { resolveType } from '../resolve/resolve-type.ts';
import { countScalars, hasArray, scalarType, type Type } from '../resolve/types.ts';
import { loadReference, partsOf, storeValue, swizzleIndices } from './access.ts';
import { concretize, convertTo } from './convert.ts';
import { hasEffect } from './effects.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerBinary } from './lower-binary.ts';
import { lowerCallStatement } from './lower-call.ts';
import { fixValue, lowerAny, lowerCondition, lowerExpression } from './lower-expression.ts';
import { lowerFor } from './lower-for.ts';
import { copyMemory, newMemory, zeroMemory } from './memory.ts';
import { maxParts, type Reference, type Value, zeroValue } from './value.ts';

/** Jumps end a list: what follows cannot run. */
function endsFlow(statement: Stmt | undefined): boolean {
  return statement?.kind === 'break' || statement?.kind === 'continue' || statement?.kind === 'return';
}

export function lowerStatements(builder: FunctionBuilder, statements: readonly StmtNode[]): void {
  for (const statement of statements) {
    if (endsFlow(builder.statements.at(-1))) return;
    lowerStatement(builder, statement);
  }
}

export function lowerStatement(builder: FunctionBuilder, node: StmtNode): void {
  builder.span = node.span;
  switch (node.kind) {
    case 'block':
      return builder.scoped(() => lowerStatements(builder, node.body));
    case 'variable':
      return lowerVariable(builder, node.variable);
    case 'assign':
      return lowerAssign(builder, node);
    case 'call-statement':
      lowerCallStatement(builder, node.call);
      return;
    case 'if':
      return lowerIf(builder, node);
    case 'for':
      return builder.scoped(() => lowerFor(builder, node));
    case 'loop':
      return builder.scoped(() => lowerLoop(builder, node));
    case 'switch':
      return lowerSwitch(builder, node);
    case 'break':
    case 'continue':
      return lowerJump(builder, node);
    case 'return':
      return lowerReturn(builder, node.value, node);
    case 'const-assert': {
      const condition = lowerCondition(builder, node.condition);
      if (!isConst(condition)) throw new SourceFault('type', 'const_assert needs a constant.', node.span);
      if (condition.value === 0) throw new SourceFault('type', 'This const_assert does not hold.', node.span);
    }
  }
}

function lowerVariable(builder: FunctionBuilder, node: VariableNode): void {
  const wanted = node.type === null ? null : resolveType(builder.scope, node.type, (count) => lowerExpression(builder, count));
  if (node.kind === 'var') return declareVar(builder, node, wanted);
  if (node.value === null) throw new SourceFault('type', `"${node.name}" needs a value.`, node.span);
  let value = lowerExpression(builder, node.value);
  if (node.kind === 'let' && value.kind === 'pointer') {
    // The place was reached with its index values fixed, so it stays what it is.
    builder.declare(node.name, { kind: 'value', value });
    return;
  }
  if (wanted !== null) value = convertTo(value, wanted, node.span);
  else if (node.kind === 'let') value = concretize(value, node.span);
  if (node.kind === 'const' && !(value.kind === 'parts' && value.parts.every(isConst))) {
    throw new SourceFault('type', `The value of "${node.name}" is not a constant.`, node.span);
  }
  if (builder.frame.memoryNames.has(node.name) && hasArray(value.type) && !(value.kind === 'parts' && value.parts.every(isConst)))
    value = spill(builder, value, node);
  builder.declare(node.name, { kind: 'value', value: fixValue(builder, value) });
}

/** A `let` array that is indexed at run time is kept in memory from the start. */
function spill(builder: FunctionBuilder, value: Value, node: VariableNode): Value {
  if (value.kind !== 'parts') return value;
  const place = newMemory(builder, value.type, node.name);
  storeValue(builder, { kind: 'reference', type: value.type, space: 'function', access: 'read_write', place }, value, node.span);
  return { kind: 'memory', type: value.type, place };
}

function declareVar(builder: FunctionBuilder, node: VariableNode, wanted: Type | null): void {
  let value: Value | Reference | null = null;
  if (node.value !== null) {
    value = lowerAny(builder, node.value);
    if (value.kind === 'reference' && !(value.place.kind === 'memory' && (countScalars(value.type) ?? 0) > maxParts))
      value = loadReference(builder, value, node.span);
    if (value.kind !== 'reference') value = wanted === null ? concretize(value, node.span) : convertTo(value, wanted, node.span);
  }
  const type = wanted ?? value?.type;
  if (type === undefined) throw new SourceFault('type', `"${node.name}" needs a type or a value.`, node.span);
  const reference = newVariable(builder, node.name, type);
  if (value?.kind === 'reference' && value.place.kind === 'memory' && reference.place.kind === 'memory') {
    copyMemory(builder, reference.place, value.place, sizeOf(type));
  } else if (value !== null && value.kind !== 'reference') storeValue(builder, reference, value, node.span);
  else if (reference.place.kind === 'memory') zeroMemory(builder, reference.place, sizeOf(type));
  else storeValue(builder, reference, zeroValue(type), node.span);
  builder.declare(node.name, { kind: 'variable', reference });
}

function newVariable(builder: FunctionBuilder, name: string, type: Type): Reference {
  const count = countScalars(type);
  if (count === null) throw new SourceFault('type', `A variable cannot have the type ${type.key}.`, builder.span);
  const needsMemory = count > maxParts || (hasArray(type) && builder.frame.memoryNames.has(name));
  const place = needsMemory ? newMemory(builder, type, name) : ({ kind: 'locals', locals: builder.newLocalsFor(type) } as const);
  return { kind: 'reference', type, space: 'function', access: 'read_write', place };
}

function lowerAssign(builder: FunctionBuilder, node: AssignNode): void {
  if (node.target === null) {
    const value = lowerAny(builder, node.value);
    if (value.kind !== 'reference') fixValue(builder, value);
    return;
  }
  if (
    node.target.kind === 'member' &&
    node.target.name.length > 1 &&
    lowerSwizzleAssign(builder, node, node.target.object, node.target.name)
  )
    return;
  let target = lowerAny(builder, node.target);
  if (target.kind === 'pointer') target = target.reference;
  if (target.kind !== 'reference') throw new SourceFault('type', 'This cannot be assigned to.', node.target.span);
  if (target.access === 'read') throw new SourceFault('type', 'This can only be read.', node.target.span);
  if (node.op === null) return assignPlain(builder, target, node.value, node);
  const before = loadReference(builder, target, node.span);
  const left = hasEffect(builder.scope, node.value) ? fixValue(builder, before) : before;
  const right = lowerExpression(builder, node.value);
  const result = lowerBinary(builder, node.op, partsOf(builder, left, node.span), partsOf(builder, right, node.span), node.span);
  storeValue(builder, target, convertTo(result, target.type, node.span), node.span);
}

function assignPlain(builder: FunctionBuilder, target: Reference, valueNode: ExprNode, node: AssignNode): void {
  const value = lowerAny(builder, valueNode);
  if (value.kind === 'reference') {
    const isLarge = (countScalars(value.type) ?? 0) > maxParts;
    if (isLarge && value.place.kind === 'memory' && target.place.kind === 'memory')
      return copyMemory(builder, target.place, value.place, sizeOf(target.type));
    return storeValue(builder, target, convertTo(loadReference(builder, value, node.span), target.type, node.span), node.span);
  }
  storeValue(builder, target, convertTo(value, target.type, node.span), node.span);
}

/** `v.xy = e`: not in every WGSL yet, but its meaning is plain. */
function lowerSwizzleAssign(builder: FunctionBuilder, node: AssignNode, objectNode: ExprNode, name: string): boolean {
  let object = lowerAny(builder, objectNode);
  if (object.kind === 'pointer') object = object.reference;
  if (object.kind !== 'reference' || object.type.kind !== 'vector') return false;
  const indices = swizzleIndices(object.type.n, name, node.span);
  const whole = fixValue(builder, loadReference(builder, object, node.span));
  const old = partsOf(builder, whole, node.span);
  const type = {
    kind: 'vector',
    n: indices.length,
    scalar: object.type.scalar,
    key: `vec${indices.length}<${object.type.scalar}>`,
  } as const;
  let value = lowerExpression(builder, node.value);
  if (node.op !== null) {
    const picked = { kind: 'parts', type, parts: indices.map((index) => old.parts[index] ?? i32(0)) } as const;
    value = lowerBinary(builder, node.op, picked, partsOf(builder, value, node.span), node.span);
  }
  const { parts } = partsOf(builder, convertTo(value, type, node.span), node.span);
  const merged = [...old.parts];
  indices.forEach((index, i) => {
    merged[index] = parts[i] ?? i32(0);
  });
  storeValue(builder, object, { kind: 'parts', type: object.type, parts: merged }, node.span);
  return true;
}

function lowerIf(builder: FunctionBuilder, node: IfNode): void {
  const condition = lowerCondition(builder, node.condition);
  const { no } = node;
  const yesList = builder.collect(() => lowerStatement(builder, node.yes));
  const noList = builder.collect(() => (no === null ? undefined : lowerStatement(builder, no)));
  if (isConst(condition)) {
    for (const statement of condition.value !== 0 ? yesList : noList) builder.statements.push(statement);
    return;
  }
  builder.emit({ kind: 'if', condition, yes: yesList, no: noList });
}

function lowerLoop(builder: FunctionBuilder, node: LoopNode): void {
  const label = builder.newLabel();
  let continuing: Stmt[] = [];
  const body = builder.collect(() => {
    builder.withJump({ breakLabel: label, continueLabel: label }, () => lowerStatements(builder, node.body.body));
    // Names of the body are in scope in its continuing block.
    continuing = builder.collect(() => {
      builder.scoped(() => {
        if (node.continuing !== null)
          builder.withJump({ breakLabel: label, continueLabel: null }, () => lowerStatements(builder, node.continuing?.body ?? []));
        if (node.breakIf === null) return;
        const condition = lowerCondition(builder, node.breakIf);
        builder.emit({ kind: 'if', condition, yes: [{ kind: 'break', label }], no: [] });
      });
    }, true);
  }, true);
  builder.emit({ kind: 'loop', label, body, continuing });
}

function lowerSwitch(builder: FunctionBuilder, node: SwitchNode): void {
  const values = node.clauses.flatMap((clause) => clause.selectors.filter((each) => each !== null));
  const types = values.map((each) => lowerExpression(builder, each).type.key);
  const lowered = lowerExpression(builder, node.selector);
  const isUnsigned = lowered.type.key === 'u32' || types.includes('u32');
  const selector = convertTo(lowered, scalarType(isUnsigned ? 'u32' : 'i32'), node.selector.span);
  const [part] = partsOf(builder, selector, node.span).parts;
  if (part === undefined) throw new Error('no selector');
  const label = builder.newLabel();
  const cases = node.clauses.map((clause): SwitchCase => {
    const body = builder.collect(() =>
      builder.withJump({ breakLabel: label, continueLabel: null }, () => lowerStatement(builder, clause.body)),
    );
    const numbers = clause.selectors.flatMap((each) => (each === null ? [] : [integerOf(lowerExpression(builder, each), each.span) | 0]));
    return { values: numbers, isDefault: clause.selectors.includes(null), body };
  });
  builder.emit({ kind: 'switch', label, selector: part, cases });
}

function lowerJump(builder: FunctionBuilder, node: { readonly kind: 'break' | 'continue'; readonly span: StmtNode['span'] }): void {
  const { jumps } = builder.frame;
  if (node.kind === 'break') {
    const target = jumps.at(-1);
    if (target === undefined) throw new SourceFault('type', '"break" stands outside of any loop or switch.', node.span);
    return builder.emit({ kind: 'break', label: target.breakLabel });
  }
  const label = jumps.findLast((jump) => jump.continueLabel !== null)?.continueLabel ?? null;
  if (label === null) throw new SourceFault('type', '"continue" stands outside of any loop.', node.span);
  builder.emit({ kind: 'continue', label });
}

function lowerReturn(builder: FunctionBuilder, valueNode: ExprNode | null, node: StmtNode): void {
  const { returns } = builder.frame;
  const isVoid = returns.type.kind === 'void';
  if (isVoid !== (valueNode === null))
    throw new SourceFault('type', isVoid ? 'This function returns nothing.' : `This function returns ${returns.type.key}.`, node.span);
  const value = valueNode === null ? null : convertTo(lowerExpression(builder, valueNode), returns.type, node.span);
  if (returns.kind === 'function') {
    const values = value === null ? [] : partsOf(builder, value, node.span).parts;
    return builder.emit({ kind: 'return', values });
  }
  if (value !== null && returns.memory !== null) storeValue(builder, returns.memory, value, node.span);
  else if (value !== null) partsOf(builder, value, node.span).parts.forEach((part, i) => builder.set(returns.results[i] ?? 0, part));
  builder.emit({ kind: 'break', label: returns.label });
}
