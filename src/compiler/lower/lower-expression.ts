/** Lowers expressions: every node becomes a value, or a reference where it names memory. */
import { EchoFault, SourceFault, type Span } from '../diagnostics.ts';
import { f32, f64, i32, i64 } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import { suggestName } from '../nearest-name.ts';
import type { BinaryNode, ExprNode, IdentNode, LiteralNode } from '../parse/ast.ts';
import type { GlobalVariable } from '../resolve/module-scope.ts';
import { requireHalf } from '../resolve/resolve-type.ts';
import { pointerType, type ScalarType, scalarType } from '../resolve/types.ts';
import { elementsOf, indexReference, indexValue, loadReference, memberOfReference, memberOfValue, partsOf } from './access.ts';
import { checkConstIndex, checkConstOperands, checkConstResult, isConstExpression } from './const-expression.ts';
import { concretize } from './convert.ts';
import { hasEffect } from './effects.ts';
import type { FunctionBuilder, LocalSymbol } from './function-builder.ts';
import { lowerBinary, lowerLogical } from './lower-binary.ts';
import { lowerCall } from './lower-call.ts';
import { lowerUnary } from './lower-unary.ts';
import { variablePlace } from './memory.ts';
import { type PartsValue, partsValue, type Reference, type Value } from './value.ts';

/** The value of an expression; a reference is read. */
export function lowerExpression(builder: FunctionBuilder, node: ExprNode): Value {
  const result = lowerAny(builder, node);
  return result.kind === 'reference' ? loadReference(builder, result, node.span) : result;
}

/** The value of an expression, split into scalars. */
export function lowerParts(builder: FunctionBuilder, node: ExprNode): PartsValue {
  return partsOf(builder, lowerExpression(builder, node), node.span);
}

/** Lowers several operands in order; one is fixed when a later one may change what it reads. */
export function lowerOperands(builder: FunctionBuilder, nodes: readonly ExprNode[]): Value[] {
  return nodes.map((node, i) => {
    const value = lowerExpression(builder, node);
    const mustFix = nodes.slice(i + 1).some((later) => hasEffect(builder.scope, later));
    return mustFix ? fixValue(builder, value) : value;
  });
}

export function fixValue(builder: FunctionBuilder, value: Value): Value {
  return value.kind === 'parts' ? { ...value, parts: builder.keepAll(value.parts) } : value;
}

/** A condition or index: one scalar. */
export function lowerScalar(builder: FunctionBuilder, node: ExprNode): { readonly type: ScalarType; readonly part: Expr } {
  const value = lowerParts(builder, node);
  const [part] = value.parts;
  if (value.type.kind !== 'scalar' || part === undefined)
    throw new SourceFault('type', `Expected one scalar here, found ${value.type.key}.`, node.span);
  return { type: value.type, part };
}

export function lowerCondition(builder: FunctionBuilder, node: ExprNode): Expr {
  const { type, part } = lowerScalar(builder, node);
  if (type.scalar !== 'bool') throw new SourceFault('type', `Expected a bool here, found ${type.key}.`, node.span);
  return part;
}

function lowerIndex(builder: FunctionBuilder, node: ExprNode): { readonly part: Expr; readonly isUnsigned: boolean } {
  const value = concretize(lowerParts(builder, node), node.span);
  const [part] = partsOf(builder, value, node.span).parts;
  const { type } = value;
  if (part === undefined || type.kind !== 'scalar' || (type.scalar !== 'i32' && type.scalar !== 'u32')) {
    throw new SourceFault('type', `An index is an i32 or u32, not ${type.key}.`, node.span);
  }
  return { part, isUnsigned: type.scalar === 'u32' };
}

export function lowerAny(builder: FunctionBuilder, node: ExprNode): Value | Reference {
  builder.span = node.span;
  builder.scope.spend(1);
  switch (node.kind) {
    case 'literal':
      if (node.type === 'f16') requireHalf(builder.scope, node.span);
      return literalValue(node);
    case 'ident':
      return lowerIdent(builder, node);
    case 'member':
      return memberOf(builder, throughPointer(lowerAny(builder, node.object)), node.name, node.span);
    case 'index':
      return lowerIndexing(builder, node.object, node.index, node.span);
    case 'unary':
      if (node.op === '*') return throughPointer(requirePointer(lowerAny(builder, node.operand), node.span));
      if (node.op === '&') return addressOf(lowerAny(builder, node.operand), node.span);
      return checked(builder, node, lowerUnary(node.op, lowerParts(builder, node.operand), node.span));
    case 'binary':
      return checked(builder, node, lowerOperator(builder, node));
    case 'call':
      return checked(builder, node, lowerCall(builder, node));
  }
}

function checked(builder: FunctionBuilder, node: ExprNode, value: Value): Value {
  checkConstResult(builder, node, value);
  return value;
}

function lowerOperator(builder: FunctionBuilder, node: BinaryNode): Value {
  if (node.op === '&&' || node.op === '||') return lowerLogical(builder, node.op, node.left, node.right);
  const [leftValue, rightValue] = lowerOperands(builder, [node.left, node.right]);
  if (leftValue === undefined || rightValue === undefined) throw new Error('two operands');
  const right = partsOf(builder, rightValue, node.right.span);
  // What is shifted by a number only known at run time is concrete, even where this compiler happens to know it.
  const isShift = node.op === '<<' || node.op === '>>';
  const left = partsOf(
    builder,
    isShift && !isConstExpression(builder, node.right) ? concretize(leftValue, node.left.span) : leftValue,
    node.left.span,
  );
  checkConstOperands(builder, node.op, left, right, node, node.right);
  return lowerBinary(builder, node.op, left, right, node.span);
}

export function memberOf(builder: FunctionBuilder, object: Value | Reference, name: string, span: Span): Value | Reference {
  if (object.kind !== 'reference') return memberOfValue(builder, object, name, span);
  return memberOfReference(object, name, span) ?? memberOfValue(builder, loadReference(builder, object, span), name, span);
}

function lowerIndexing(builder: FunctionBuilder, objectNode: ExprNode, indexNode: ExprNode, span: Span): Value | Reference {
  let object = throughPointer(lowerAny(builder, objectNode));
  if (object.kind !== 'reference' && hasEffect(builder.scope, indexNode)) object = fixValue(builder, object);
  const { part: index, isUnsigned } = lowerIndex(builder, indexNode);
  checkConstIndex(builder, index, isUnsigned, elementsOf(object.type, span).count, indexNode);
  if (object.kind === 'reference') return indexReference(builder, object, index, span);
  return indexValue(builder, index.kind === 'const' ? object : concretize(object, span), index, span);
}

function literalValue(node: LiteralNode): PartsValue {
  switch (node.type) {
    case 'bool':
    case 'i32':
    case 'u32':
      return partsValue(scalarType(node.type), i32(Number(node.value)));
    case 'f32':
    case 'f16':
      return partsValue(scalarType(node.type), f32(Number(node.value)));
    case 'abstract-int':
      return partsValue(scalarType('abstract-int'), i64(BigInt(node.value)));
    case 'abstract-float':
      return partsValue(scalarType('abstract-float'), f64(Number(node.value)));
  }
}

function lowerIdent(builder: FunctionBuilder, node: IdentNode): Value | Reference {
  const local = builder.lookupLocal(node.name);
  if (local !== null) return localValue(local, node);
  const symbol = builder.scope.lookup(node.name);
  if (symbol === null) throw notDeclared(builder, node);
  switch (symbol.kind) {
    case 'const':
      return symbol.value;
    case 'variable':
      return globalReference(builder, symbol.variable);
    case 'type':
    case 'function':
      throw new SourceFault('type', `"${node.name}" is a ${symbol.kind}, not a value.`, node.span);
  }
}

function localValue(local: LocalSymbol, node: IdentNode): Value | Reference {
  switch (local.kind) {
    case 'value':
      return local.value;
    case 'variable':
      return local.reference;
    case 'unknown':
      throw new EchoFault(node.span);
  }
}

function notDeclared(builder: FunctionBuilder, node: IdentNode): SourceFault {
  const names = [...builder.localNames(), ...builder.scope.module.declarations.keys()];
  return new SourceFault('type', `"${node.name}" is not declared.`, node.span, suggestName(node.name, names));
}

export function globalReference(builder: FunctionBuilder, variable: GlobalVariable): Reference {
  const unit = builder.requireUnit();
  const { type, space, access } = variable;
  if (space === 'private' || space === 'workgroup') {
    return { kind: 'reference', type, space, access, place: variablePlace(unit.globalVariable(variable)) };
  }
  const binding = unit.bindingIndex(variable.name);
  const address = builder.hoist(`base ${binding}`, { kind: 'binding-base', type: 'i32', binding });
  return { kind: 'reference', type, space, access, place: { kind: 'memory', address, offset: 0, binding } };
}

/** What a pointer points to, where members and elements may be named without `*`. */
export function throughPointer(result: Value | Reference): Value | Reference {
  return result.kind === 'pointer' ? result.reference : result;
}

function requirePointer(result: Value | Reference, span: Span): Value {
  if (result.kind !== 'pointer') throw new SourceFault('type', 'Only a pointer can be followed with "*".', span);
  return result;
}

function addressOf(result: Value | Reference, span: Span): Value {
  if (result.kind !== 'reference') throw new SourceFault('type', 'Only a variable has an address.', span);
  return { kind: 'pointer', type: pointerType(result.space, result.type, result.access), reference: result };
}
