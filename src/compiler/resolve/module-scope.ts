/** What names mean at module scope: types, constants, variables and functions, each resolved once, when first asked for. */
import { FaultList, SourceFault, type Span } from '../diagnostics.ts';
import type { Value } from '../lower/value.ts';
import type { DeclarationNode, ExprNode, FunctionNode, ModuleNode, ParameterNode, StructNode, VariableNode } from '../parse/ast.ts';
import { alignOf, sizeOf } from './layout.ts';
import { maxDeclarationDepth } from './reach.ts';
import { readBindingNumbers } from './read-attributes.ts';
import { resolveType } from './resolve-type.ts';
import { checkElement, checkMemberAttributes, checkTypeLimits, isRuntimeSized } from './type-limits.ts';
import type { AccessMode, AddressSpace, ScalarName, StructMember, StructType, Type } from './types.ts';

export interface GlobalVariable {
  readonly name: string;
  readonly space: AddressSpace;
  readonly access: AccessMode;
  readonly type: Type;
  /** Only for uniform and storage. */
  readonly slot: { readonly group: number; readonly binding: number } | null;
  readonly node: VariableNode;
}

export type GlobalSymbol =
  | { readonly kind: 'type'; readonly type: Type }
  | { readonly kind: 'const'; readonly value: Value }
  | { readonly kind: 'variable'; readonly variable: GlobalVariable }
  | { readonly kind: 'function'; readonly node: FunctionNode };

/** Evaluates a constant expression; given from outside because it is the lowering itself, run over constants. */
/** `concrete`: an abstract result gets the type it has where nothing asks for another. */
export type Evaluate = (scope: ModuleScope, node: ExprNode, wanted: Type | 'concrete' | null) => Value;

/** Syntax nodes lowered and scalars built, inlining and unrolling counted; a shader of a thousand lines takes some ten thousand. */
export const maxLoweringSteps = 4_000_000;

export class ModuleScope {
  readonly module: ModuleNode;
  /** What is wrong but did not stop the work yet. */
  readonly faults = new FaultList();
  private readonly evaluateConst: Evaluate;
  private readonly overrides: Readonly<Record<string, number>>;
  private readonly symbols = new Map<string, GlobalSymbol>();
  private readonly underWay = new Set<string>();
  private steps = 0;

  constructor(module: ModuleNode, evaluate: Evaluate, overrides: Readonly<Record<string, number>>) {
    this.module = module;
    this.evaluateConst = evaluate;
    this.overrides = overrides;
  }

  evaluate(node: ExprNode, wanted: Type | 'concrete' | null = null): Value {
    return this.evaluateConst(this, node, wanted);
  }

  /** Counts what takes time, so that a small text cannot take forever. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > maxLoweringSteps) {
      const message = `This shader takes more than ${maxLoweringSteps} steps to compile, its functions put into one another; make it smaller.`;
      throw new SourceFault('limit', message, null);
    }
  }

  typeOf(node: ExprNode): Type {
    return resolveType(this, node, (count) => this.evaluate(count));
  }

  lookup(name: string): GlobalSymbol | null {
    const known = this.symbols.get(name);
    if (known !== undefined) return known;
    const declaration = this.module.declarations.get(name);
    if (declaration === undefined) return null;
    if (this.underWay.has(name)) throw new SourceFault('type', `"${name}" is declared by means of itself.`, declaration.span);
    if (this.underWay.size >= maxDeclarationDepth) {
      const message = `Declarations can be made from one another ${maxDeclarationDepth} deep, not deeper.`;
      throw new SourceFault('limit', message, declaration.span);
    }
    this.underWay.add(name);
    try {
      const symbol = this.resolve(declaration);
      this.symbols.set(name, symbol);
      return symbol;
    } finally {
      this.underWay.delete(name);
    }
  }

  private resolve(node: DeclarationNode): GlobalSymbol {
    switch (node.kind) {
      case 'function':
        return { kind: 'function', node };
      case 'alias':
        return { kind: 'type', type: this.typeOf(node.type) };
      case 'struct':
        return { kind: 'type', type: this.resolveStruct(node) };
      case 'var':
        return { kind: 'variable', variable: this.resolveVariable(node) };
      case 'const':
        return { kind: 'const', value: this.resolveConst(node) };
      case 'override':
        return { kind: 'const', value: this.resolveOverride(node) };
      case 'let':
        throw new SourceFault('type', '"let" may not stand outside of functions; use "const".', node.span);
    }
  }

  private resolveConst(node: VariableNode): Value {
    if (node.value === null) throw new SourceFault('type', `"${node.name}" needs a value.`, node.span);
    return this.evaluate(node.value, node.type === null ? null : this.typeOf(node.type));
  }

  private resolveOverride(node: VariableNode): Value {
    const given = this.overrides[this.overrideKey(node)];
    const type = node.type === null ? null : this.typeOf(node.type);
    if (given === undefined) {
      if (node.value === null)
        throw new SourceFault('parameter', `The override "${node.name}" has no default, and no value was given for it.`, node.span);
      return this.evaluate(node.value, type ?? 'concrete');
    }
    const wanted = type ?? (node.value === null ? null : this.evaluate(node.value, 'concrete').type);
    if (wanted?.kind !== 'scalar') throw new SourceFault('type', `The override "${node.name}" needs a type.`, node.span);
    return this.evaluate(overrideLiteral(given, wanted.scalar, node), wanted);
  }

  /** What the value of an override is given under: its @id where it has one, else its name. */
  private overrideKey(node: VariableNode): string {
    const id = node.attributes.find((each) => each.name === 'id')?.args[0];
    return id === undefined ? node.name : String(this.constInteger(id));
  }

  private resolveStruct(node: StructNode): StructType {
    if (node.members.length === 0) throw new SourceFault('type', `The struct "${node.name}" has no members.`, node.span);
    const members = node.members.map((member, i) => this.resolveMember(node, member, i === node.members.length - 1));
    return checkTypeLimits({ kind: 'struct', name: node.name, members, key: node.name }, node.span);
  }

  private resolveMember(node: StructNode, member: ParameterNode, isLast: boolean): StructMember {
    const first = node.members.find((each) => each.name === member.name);
    if (first !== undefined && first !== member) {
      const label = { message: 'declared here first', span: first.span };
      throw new SourceFault('type', `"${node.name}" has two members "${member.name}".`, member.span, [], [label]);
    }
    const number = (name: string): number | null => {
      const arg = member.attributes.find((each) => each.name === name)?.args[0];
      return arg === undefined ? null : this.constInteger(arg);
    };
    const builtin = member.attributes.find((each) => each.name === 'builtin')?.args[0];
    const type = this.typeOf(member.type);
    checkElement(type, isLast, member.type.span);
    const resolved: StructMember = {
      name: member.name,
      type,
      align: number('align'),
      size: number('size'),
      builtin: builtin?.kind === 'ident' ? builtin.name : null,
    };
    checkMemberAttributes(resolved, { align: alignOf(type), size: sizeOf(type) }, member.span);
    return resolved;
  }

  private resolveVariable(node: VariableNode): GlobalVariable {
    const words = node.template.map((each) => (each.kind === 'ident' ? each.name : ''));
    const type = node.type === null ? null : this.typeOf(node.type);
    const space = words[0] ?? null;
    if (space !== 'uniform' && space !== 'storage' && space !== 'private' && space !== 'workgroup') {
      const what =
        type === null || space !== null
          ? `The address space "${space ?? ''}" is not known to the compiler.`
          : 'This variable needs an address space.';
      throw new SourceFault(space === null ? 'type' : 'unsupported', what, node.span);
    }
    const access = space === 'storage' ? storageAccess(words[1] ?? 'read', node.span) : space === 'uniform' ? 'read' : 'read_write';
    const stored = type ?? (node.value === null ? null : this.evaluate(node.value, 'concrete').type);
    if (stored === null) throw new SourceFault('type', `"${node.name}" needs a type.`, node.span);
    if (space !== 'storage' && isRuntimeSized(stored))
      throw new SourceFault('type', 'Only a storage buffer may be runtime-sized.', node.type?.span ?? node.span, [
        'Give the array a length.',
      ]);
    const slot = space === 'uniform' || space === 'storage' ? readBindingNumbers(this, node) : null;
    return { name: node.name, space, access, type: stored, slot, node };
  }

  constInteger(node: ExprNode): number {
    return integerOf(this.evaluate(node), node.span);
  }
}

function overrideLiteral(given: number, scalar: ScalarName, node: VariableNode): ExprNode {
  const { span } = node;
  if (scalar === 'bool') return { kind: 'literal', type: 'bool', value: given === 0 || Number.isNaN(given) ? 0 : 1, span };
  if (!Number.isFinite(given)) throw new SourceFault('parameter', `The override "${node.name}" cannot be ${given}.`, span);
  if (scalar !== 'i32' && scalar !== 'u32') return { kind: 'literal', type: 'abstract-float', value: given, span };
  return { kind: 'literal', type: 'abstract-int', value: BigInt(Math.trunc(given)), span };
}

function storageAccess(word: string, span: Span): AccessMode {
  if (word === 'read' || word === 'read_write' || word === 'write') return word;
  throw new SourceFault('type', `"${word}" is no access mode.`, span);
}

/** A constant whole number of any integer type. */
export function integerOf(value: Value, span: Span): number {
  const part = value.kind === 'parts' && value.type.kind === 'scalar' ? value.parts[0] : undefined;
  if (part?.kind !== 'const' || value.type.kind !== 'scalar') throw new SourceFault('type', 'This must be a constant whole number.', span);
  switch (value.type.scalar) {
    case 'u32':
      return Number(part.value) >>> 0;
    case 'i32':
    case 'abstract-int':
      return Number(part.value);
    default:
      throw new SourceFault('type', 'This must be a constant whole number.', span);
  }
}
