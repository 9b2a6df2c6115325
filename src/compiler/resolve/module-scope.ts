/** What names mean at module scope: types, constants, variables and functions, each resolved once, when first asked for. */
import { SourceFault, type Span } from '../diagnostics.ts';
import type { Value } from '../lower/value.ts';
import type { DeclarationNode, ExprNode, FunctionNode, ModuleNode, StructNode, VariableNode } from '../parse/ast.ts';
import { readBindingNumbers } from './read-attributes.ts';
import { resolveType } from './resolve-type.ts';
import type { AccessMode, AddressSpace, StructMember, StructType, Type } from './types.ts';

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
export type Evaluate = (scope: ModuleScope, node: ExprNode, wanted: Type | null) => Value;

export class ModuleScope {
  readonly module: ModuleNode;
  private readonly evaluateConst: Evaluate;
  private readonly overrides: Readonly<Record<string, number>>;
  private readonly symbols = new Map<string, GlobalSymbol>();
  private readonly underWay = new Set<string>();

  constructor(module: ModuleNode, evaluate: Evaluate, overrides: Readonly<Record<string, number>>) {
    this.module = module;
    this.evaluateConst = evaluate;
    this.overrides = overrides;
  }

  evaluate(node: ExprNode, wanted: Type | null = null): Value {
    return this.evaluateConst(this, node, wanted);
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
    this.underWay.add(name);
    const symbol = this.resolve(declaration);
    this.underWay.delete(name);
    this.symbols.set(name, symbol);
    return symbol;
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
    const idArg = node.attributes.find((each) => each.name === 'id')?.args[0];
    const id = idArg?.kind === 'literal' ? String(idArg.value) : node.name;
    const given = this.overrides[id];
    const type = node.type === null ? null : this.typeOf(node.type);
    if (given !== undefined) {
      const literal: ExprNode =
        type?.kind === 'scalar' && type.scalar === 'bool'
          ? { kind: 'literal', type: 'bool', value: given === 0 ? 0 : 1, span: node.span }
          : Number.isInteger(given)
            ? { kind: 'literal', type: 'abstract-int', value: BigInt(given), span: node.span }
            : { kind: 'literal', type: 'abstract-float', value: given, span: node.span };
      return this.evaluate(literal, type ?? (node.value === null ? null : this.evaluate(node.value).type));
    }
    if (node.value === null)
      throw new SourceFault('unsupported', `The override "${node.name}" has no default and no value was given.`, node.span);
    return this.evaluate(node.value, type);
  }

  private resolveStruct(node: StructNode): StructType {
    const members = node.members.map((member): StructMember => {
      const number = (name: string): number | null => {
        const arg = member.attributes.find((each) => each.name === name)?.args[0];
        return arg === undefined ? null : this.constInteger(arg);
      };
      const builtin = member.attributes.find((each) => each.name === 'builtin')?.args[0];
      return {
        name: member.name,
        type: this.typeOf(member.type),
        align: number('align'),
        size: number('size'),
        builtin: builtin?.kind === 'ident' ? builtin.name : null,
      };
    });
    if (members.length === 0) throw new SourceFault('type', `The struct "${node.name}" has no members.`, node.span);
    return { kind: 'struct', name: node.name, members, key: node.name };
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
    const stored = type ?? (node.value === null ? null : this.evaluate(node.value).type);
    if (stored === null) throw new SourceFault('type', `"${node.name}" needs a type.`, node.span);
    const slot = space === 'uniform' || space === 'storage' ? readBindingNumbers(this, node) : null;
    return { name: node.name, space, access, type: stored, slot, node };
  }

  constInteger(node: ExprNode): number {
    return integerOf(this.evaluate(node), node.span);
  }
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
