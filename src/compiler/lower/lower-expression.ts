/** Lowers expressions: every node becomes a value, or a reference where it names memory. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { f32, f64, i32, i64 } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import type { ExprNode, IdentNode, LiteralNode } from '../parse/ast.ts';
import type { GlobalVariable } from '../resolve/module-scope.ts';
import { pointerType, type ScalarType, scalarType } from '../resolve/types.ts';
import { indexReference, indexValue, loadReference, memberOfReference, memberOfValue, partsOf } from './access.ts';
import { concretize } from './convert.ts';
import { hasEffect } from './effects.ts';
import type { FunctionBuilder } from './function-builder.ts';
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

export function lowerIndex(builder: FunctionBuilder, node: ExprNode): Expr {
  const value = concretize(lowerParts(builder, node), node.span);
  const [part] = partsOf(builder, value, node.span).parts;
  const { type } = value;
  if (part === undefined || type.kind !== 'scalar' || (type.scalar !== 'i32' && type.scalar !== 'u32')) {
    throw new SourceFault('type', `An index is an i32 or u32, not ${type.key}.`, node.span);
  }
  return part;
}

export function lowerAny(builder: FunctionBuilder, node: ExprNode): Value | Reference {
  builder.span = node.span;
  switch (node.kind) {
    case 'literal':
      return literalValue(node);
    case 'ident':
      return lowerIdent(builder, node);
    case 'member': {
      const object = throughPointer(lowerAny(builder, node.object));
      if (object.kind !== 'reference') return memberOfValue(builder, object, node.name, node.span);
      return (
        memberOfReference(object, node.name, node.span) ??
        memberOfValue(builder, loadReference(builder, object, node.span), node.name, node.span)
      );
    }
    case 'index':
      return lowerIndexing(builder, node.object, node.index, node.span);
    case 'unary':
      if (node.op === '*') return throughPointer(requirePointer(lowerAny(builder, node.operand), node.span));
      if (node.op === '&') return addressOf(lowerAny(builder, node.operand), node.span);
      return lowerUnary(node.op, lowerParts(builder, node.operand), node.span);
    case 'binary': {
      if (node.op === '&&' || node.op === '||') return lowerLogical(builder, node.op, node.left, node.right);
      const [left, right] = lowerOperands(builder, [node.left, node.right]);
      if (left === undefined || right === undefined) throw new Error('two operands');
      return lowerBinary(builder, node.op, partsOf(builder, left, node.left.span), partsOf(builder, right, node.right.span), node.span);
    }
    case 'call':
      return lowerCall(builder, node);
  }
}

function lowerIndexing(builder: FunctionBuilder, objectNode: ExprNode, indexNode: ExprNode, span: Span): Value | Reference {
  let object = throughPointer(lowerAny(builder, objectNode));
  if (object.kind !== 'reference' && hasEffect(builder.scope, indexNode)) object = fixValue(builder, object);
  const index = lowerIndex(builder, indexNode);
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
      return partsValue(scalarType('f32'), f32(Number(node.value)));
    case 'abstract-int':
      return partsValue(scalarType('abstract-int'), i64(BigInt(node.value)));
    case 'abstract-float':
      return partsValue(scalarType('abstract-float'), f64(Number(node.value)));
  }
}

function lowerIdent(builder: FunctionBuilder, node: IdentNode): Value | Reference {
  const local = builder.lookupLocal(node.name);
  if (local !== null) return local.kind === 'value' ? local.value : local.reference;
  const symbol = builder.scope.lookup(node.name);
  if (symbol === null) throw new SourceFault('type', `"${node.name}" is not declared.`, node.span);
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

function throughPointer(result: Value | Reference): Value | Reference {
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
