/** Lowers statements. */
import { SourceFault } from '../diagnostics.ts';
import { i32, isConst } from '../ir/build.ts';
import type { Stmt, SwitchCase } from '../ir/ir.ts';
import type { AssignNode, ExprNode, IfNode, LoopNode, StmtNode, SwitchNode, VariableNode } from '../parse/ast.ts';
import { sizeOf } from '../resolve/layout.ts';
import { integerOf } from '../resolve/module-scope.ts';
import { resolveType } from '../resolve/resolve-type.ts';
import { countScalars, hasArray, isSameType, scalarType, type Type, vectorType } from '../resolve/types.ts';
import { loadReference, memberOfReference, partsOf, storeValue, swizzleIndices } from './access.ts';
import { checkAssert } from './check-assert.ts';
import { concretize, convertTo } from './convert.ts';
import { hasEffect } from './effects.ts';
import { continuesTo, endsFlow } from './flow.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerBinary } from './lower-binary.ts';
import { lowerCallStatement } from './lower-call.ts';
import { fixValue, lowerAny, lowerCondition, lowerExpression, memberOf, throughPointer } from './lower-expression.ts';
import { lowerFor } from './lower-for.ts';
import { assignMemory, copyMemory, newMemory, zeroMemory } from './memory.ts';
import { rootName } from './scan.ts';
import { maxParts, type Reference, type Value, zeroValue } from './value.ts';

export function lowerStatements(builder: FunctionBuilder, statements: readonly StmtNode[]): void {
  for (const statement of statements) {
    if (endsFlow(builder.statements.at(-1))) return;
    const hasFault = builder.survives(() => lowerStatement(builder, statement));
    if (hasFault && statement.kind === 'variable') {
      const { name, kind, span } = statement.variable;
      if (builder.frame.names.at(-1)?.has(name) !== true)
        builder.declare(name, { kind: 'unknown', declared: { how: kind === 'override' ? 'const' : kind, span } });
    }
  }
}

export function lowerStatement(builder: FunctionBuilder, node: StmtNode): void {
  const around = builder.span;
  builder.span = node.span;
  lowerNode(builder, node);
  builder.span = around;
}

function lowerNode(builder: FunctionBuilder, node: StmtNode): void {
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
    case 'const-assert':
      return checkAssert(builder, node.condition, node.span);
  }
}

function lowerVariable(builder: FunctionBuilder, node: VariableNode): void {
  const wanted = node.type === null ? null : resolveType(builder.scope, node.type, (count) => lowerExpression(builder, count));
  if (node.kind === 'var') return declareVar(builder, node, wanted);
  if (node.value === null) throw new SourceFault('type', `"${node.name}" needs a value.`, node.span);
  let value = lowerExpression(builder, node.value);
  if (node.kind === 'let' && value.kind === 'pointer') {
    // The place was reached with its index values fixed, so it stays what it is.
    builder.declare(node.name, { kind: 'value', value, declared: { how: 'let', span: node.span } });
    return;
  }
  if (wanted !== null) value = convertTo(value, wanted, node.value.span);
  else if (node.kind === 'let') value = concretize(value, node.value.span);
  if (node.kind === 'const' && !(value.kind === 'parts' && value.parts.every(isConst))) {
    throw new SourceFault('type', `The value of "${node.name}" is not a constant.`, node.span);
  }
  if (builder.frame.memoryNames.has(node.name) && hasArray(value.type) && !(value.kind === 'parts' && value.parts.every(isConst)))
    value = spill(builder, value, node);
  const declared = { how: node.kind === 'const' ? 'const' : 'let', span: node.span } as const;
  builder.declare(node.name, { kind: 'value', value: fixValue(builder, value), declared });
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
    const isLarge = value.kind === 'reference' && value.place.kind === 'memory' && (countScalars(value.type) ?? 0) > maxParts;
    if (value.kind === 'reference' && !(isLarge && (wanted === null || isSameType(value.type, wanted))))
      value = loadReference(builder, value, node.span);
    if (value.kind !== 'reference')
      value = wanted === null ? concretize(value, node.value.span) : convertTo(value, wanted, node.value.span);
  }
  const type = wanted ?? value?.type;
  if (type === undefined) throw new SourceFault('type', `"${node.name}" needs a type or a value.`, node.span);
  const reference = newVariable(builder, node.name, type);
  if (value?.kind === 'reference' && value.place.kind === 'memory' && reference.place.kind === 'memory') {
    copyMemory(builder, reference.place, value.place, sizeOf(type));
  } else if (value !== null && value.kind !== 'reference') storeValue(builder, reference, value, node.span);
  else if (reference.place.kind === 'memory') zeroMemory(builder, reference.place, sizeOf(type));
  else storeValue(builder, reference, zeroValue(type), node.span);
  builder.declare(node.name, { kind: 'variable', reference, declared: { how: 'var', span: node.span } });
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
  let target: Value | Reference;
  if (node.target.kind === 'member') {
    const object = throughPointer(lowerAny(builder, node.target.object));
    if (object.kind === 'reference' && object.type.kind === 'vector' && node.target.name.length > 1)
      return assignSwizzle(builder, node, object, node.target.name);
    target = memberOf(builder, object, node.target.name, node.target.span);
  } else target = lowerAny(builder, node.target);
  if (target.kind === 'pointer') target = target.reference;
  if (target.kind !== 'reference') throw notAssignable(builder, node.target);
  if (target.access === 'read') throw new SourceFault('type', 'This can only be read.', node.target.span);
  if (node.op === null) return assignPlain(builder, target, node.value, node);
  const before = loadReference(builder, target, node.span);
  const left = hasEffect(builder.scope, node.value) ? fixValue(builder, before) : before;
  const right = lowerExpression(builder, node.value);
  const result = lowerBinary(builder, node.op, partsOf(builder, left, node.span), partsOf(builder, right, node.span), node.span);
  storeValue(builder, target, convertTo(result, target.type, node.span), node.span);
}

function notAssignable(builder: FunctionBuilder, target: ExprNode): SourceFault {
  const name = rootName(target);
  const declared = name === null ? null : (builder.lookupLocal(name)?.declared ?? null);
  if (name === null || declared === null) return new SourceFault('type', 'This cannot be assigned to.', target.span);
  const notes =
    declared.how === 'parameter'
      ? [`Copy it into a variable first: var copy = ${name};`]
      : declared.how === 'var'
        ? []
        : [`Declare it with "var" to change it later.`];
  return new SourceFault('type', `"${name}" cannot be assigned to.`, target.span, notes, [
    { message: `declared here as a ${declared.how}`, span: declared.span },
  ]);
}

function assignPlain(builder: FunctionBuilder, target: Reference, valueNode: ExprNode, node: AssignNode): void {
  const value = lowerAny(builder, valueNode);
  if (value.kind === 'reference') {
    const isLarge = (countScalars(value.type) ?? 0) > maxParts;
    if (isLarge && value.place.kind === 'memory' && target.place.kind === 'memory' && isSameType(value.type, target.type))
      return assignMemory(builder, target, value.place);
    return storeValue(builder, target, convertTo(loadReference(builder, value, node.span), target.type, valueNode.span), node.span);
  }
  storeValue(builder, target, convertTo(value, target.type, valueNode.span), node.span);
}

/** `v.xy = e` writes the named components and leaves the others to whoever changes them meanwhile. */
function assignSwizzle(builder: FunctionBuilder, node: AssignNode, object: Reference, name: string): void {
  if (object.type.kind !== 'vector') throw new Error('a swizzle of something else than a vector');
  if (object.access === 'read') throw new SourceFault('type', 'This can only be read.', node.span);
  if (new Set(name).size !== name.length) throw new SourceFault('type', `"${name}" names a component twice.`, node.span);
  const indices = swizzleIndices(object.type.n, name, node.span);
  const type = vectorType(indices.length, object.type.scalar);
  const targets = [...name].map((letter) => {
    const target = memberOfReference(object, letter, node.span);
    if (target === null) throw new Error('a vector without components');
    return target;
  });
  const before =
    node.op === null
      ? []
      : targets.flatMap((target) => partsOf(builder, fixValue(builder, loadReference(builder, target, node.span)), node.span).parts);
  let value = lowerExpression(builder, node.value);
  if (node.op !== null)
    value = lowerBinary(builder, node.op, { kind: 'parts', type, parts: before }, partsOf(builder, value, node.span), node.span);
  const parts = builder.keepAll(partsOf(builder, convertTo(value, type, node.span), node.span).parts);
  targets.forEach((target, i) => {
    const part = parts[i] ?? i32(0);
    storeValue(builder, target, { kind: 'parts', type: target.type, parts: [part] }, node.span);
  });
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
    // A body that always leaves, and never by "continue", has no continuing block to run; its names may not even be there.
    const isLeft = endsFlow(builder.statements.at(-1)) && !builder.statements.some((statement) => continuesTo(statement, label));
    if (isLeft) return;
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
