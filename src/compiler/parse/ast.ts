/** The syntax tree of a WGSL module. Types are expressions too: an identifier with an optional template list. */
import type { Span } from '../diagnostics.ts';

export type LiteralKind = 'abstract-int' | 'abstract-float' | 'i32' | 'u32' | 'f32' | 'f16' | 'bool';

export interface LiteralNode {
  readonly kind: 'literal';
  readonly type: LiteralKind;
  readonly value: number | bigint;
  readonly span: Span;
}
export interface IdentNode {
  readonly kind: 'ident';
  readonly name: string;
  readonly template: readonly ExprNode[] | null;
  readonly span: Span;
}
export interface CallNode {
  readonly kind: 'call';
  readonly callee: IdentNode;
  readonly args: readonly ExprNode[];
  readonly span: Span;
}
export interface IndexNode {
  readonly kind: 'index';
  readonly object: ExprNode;
  readonly index: ExprNode;
  readonly span: Span;
}
export interface MemberNode {
  readonly kind: 'member';
  readonly object: ExprNode;
  readonly name: string;
  readonly span: Span;
}
export type UnaryOp = '-' | '!' | '~' | '*' | '&';
export interface UnaryNode {
  readonly kind: 'unary';
  readonly op: UnaryOp;
  readonly operand: ExprNode;
  readonly span: Span;
}
export const binaryOps = ['||', '&&', '|', '^', '&', '==', '!=', '<', '>', '<=', '>=', '<<', '>>', '+', '-', '*', '/', '%'] as const;
export type BinaryOp = (typeof binaryOps)[number];
export interface BinaryNode {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: ExprNode;
  readonly right: ExprNode;
  readonly span: Span;
}
export type ExprNode = LiteralNode | IdentNode | CallNode | IndexNode | MemberNode | UnaryNode | BinaryNode;

export interface Attribute {
  readonly name: string;
  readonly args: readonly ExprNode[];
  readonly span: Span;
}

export interface VariableNode {
  readonly kind: 'var' | 'let' | 'const' | 'override';
  readonly name: string;
  /** `var<storage, read_write>`: the words in the brackets. */
  readonly template: readonly ExprNode[];
  readonly type: ExprNode | null;
  readonly value: ExprNode | null;
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

export interface BlockNode {
  readonly kind: 'block';
  readonly body: readonly StmtNode[];
  readonly span: Span;
}
export interface AssignNode {
  readonly kind: 'assign';
  /** null: the phony assignment `_ = value`. */
  readonly target: ExprNode | null;
  /** The operator of a compound assignment. */
  readonly op: BinaryOp | null;
  readonly value: ExprNode;
  readonly span: Span;
}
export interface IfNode {
  readonly kind: 'if';
  readonly condition: ExprNode;
  readonly yes: BlockNode;
  readonly no: BlockNode | IfNode | null;
  readonly span: Span;
}
export interface ForNode {
  readonly kind: 'for';
  readonly init: StmtNode | null;
  readonly condition: ExprNode | null;
  readonly update: StmtNode | null;
  readonly body: BlockNode;
  readonly span: Span;
}
export interface LoopNode {
  readonly kind: 'loop';
  readonly body: BlockNode;
  readonly continuing: BlockNode | null;
  readonly breakIf: ExprNode | null;
  readonly span: Span;
}
export interface SwitchClause {
  /** null stands for `default` among the selectors. */
  readonly selectors: readonly (ExprNode | null)[];
  readonly body: BlockNode;
}
export interface SwitchNode {
  readonly kind: 'switch';
  readonly selector: ExprNode;
  readonly clauses: readonly SwitchClause[];
  readonly span: Span;
}
export type StmtNode =
  | BlockNode
  | { readonly kind: 'variable'; readonly variable: VariableNode; readonly span: Span }
  | AssignNode
  | { readonly kind: 'call-statement'; readonly call: CallNode; readonly span: Span }
  | IfNode
  | ForNode
  | LoopNode
  | SwitchNode
  | { readonly kind: 'break'; readonly span: Span }
  | { readonly kind: 'continue'; readonly span: Span }
  | { readonly kind: 'return'; readonly value: ExprNode | null; readonly span: Span }
  | { readonly kind: 'const-assert'; readonly condition: ExprNode; readonly span: Span };

export interface ParameterNode {
  readonly name: string;
  readonly type: ExprNode;
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}
export interface FunctionNode {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly ParameterNode[];
  readonly returnType: ExprNode | null;
  readonly attributes: readonly Attribute[];
  readonly body: BlockNode;
  readonly span: Span;
}
export interface StructNode {
  readonly kind: 'struct';
  readonly name: string;
  readonly members: readonly ParameterNode[];
  readonly span: Span;
}
export interface AliasNode {
  readonly kind: 'alias';
  readonly name: string;
  readonly type: ExprNode;
  readonly span: Span;
}
export type DeclarationNode = VariableNode | FunctionNode | StructNode | AliasNode;

export interface ModuleNode {
  /** `enable f16;` was written. */
  readonly enablesHalf: boolean;
  readonly declarations: ReadonlyMap<string, DeclarationNode>;
  readonly asserts: readonly { readonly condition: ExprNode; readonly span: Span }[];
}
