/** Finds what an entry point can reach: functions in call order and the module-scope names they use. Local names hide global ones. */
import { SourceFault } from '../diagnostics.ts';
import type { BlockNode, ExprNode, FunctionNode, ModuleNode, StmtNode, VariableNode } from '../parse/ast.ts';

/** How long a chain of calls or of `const a = b; const b = c; ...` may be. */
export const maxDeclarationDepth = 250;

export interface Reach {
  /** Names of module-scope declarations, the entry point's own included. */
  readonly names: ReadonlySet<string>;
  /** Names that are called or used and declared nowhere: builtins. */
  readonly builtins: ReadonlySet<string>;
  /** True when a literal with a fraction or the suffix f is reached. */
  readonly hasFloatLiteral: boolean;
}

export function reachFrom(module: ModuleNode, entry: FunctionNode): Reach {
  const walker = new Walker(module);
  walker.visitName(entry.name);
  return { names: walker.names, builtins: walker.builtins, hasFloatLiteral: walker.hasFloatLiteral };
}

class Walker {
  readonly names = new Set<string>();
  readonly builtins = new Set<string>();
  hasFloatLiteral = false;
  private readonly module: ModuleNode;
  private scopes: Set<string>[] = [];
  private depth = 0;

  constructor(module: ModuleNode) {
    this.module = module;
  }

  visitName(name: string): void {
    if (this.scopes.some((scope) => scope.has(name))) return;
    if (this.names.has(name)) return;
    const declaration = this.module.declarations.get(name);
    if (declaration === undefined) {
      this.builtins.add(name);
      return;
    }
    this.names.add(name);
    if (++this.depth > maxDeclarationDepth) {
      const message = `Functions and declarations can be made from one another ${maxDeclarationDepth} deep, not deeper.`;
      throw new SourceFault('limit', message, declaration.span);
    }
    const outer = this.scopes;
    this.scopes = [];
    switch (declaration.kind) {
      case 'function':
        this.visitFunction(declaration);
        break;
      case 'struct':
        for (const member of declaration.members) this.visitExpr(member.type);
        break;
      case 'alias':
        this.visitExpr(declaration.type);
        break;
      default:
        this.visitVariable(declaration);
    }
    this.scopes = outer;
    this.depth--;
  }

  private visitFunction(node: FunctionNode): void {
    for (const attribute of node.attributes) if (attribute.name === 'workgroup_size') for (const arg of attribute.args) this.visitExpr(arg);
    for (const parameter of node.parameters) {
      this.visitExpr(parameter.type);
      for (const attribute of parameter.attributes) for (const arg of attribute.args) this.visitExpr(arg);
    }
    if (node.returnType !== null) this.visitExpr(node.returnType);
    this.scopes.push(new Set(node.parameters.map((parameter) => parameter.name)));
    this.visitBlock(node.body);
    this.scopes.pop();
  }

  private visitVariable(node: VariableNode): void {
    if (node.type !== null) this.visitExpr(node.type);
    if (node.value !== null) this.visitExpr(node.value);
  }

  private visitBlock(block: BlockNode): void {
    this.scopes.push(new Set());
    for (const statement of block.body) this.visitStmt(statement);
    this.scopes.pop();
  }

  private visitStmt(node: StmtNode): void {
    switch (node.kind) {
      case 'block':
        return this.visitBlock(node);
      case 'variable':
        this.visitVariable(node.variable);
        this.scopes.at(-1)?.add(node.variable.name);
        return;
      case 'assign':
        if (node.target !== null) this.visitExpr(node.target);
        return this.visitExpr(node.value);
      case 'call-statement':
        return this.visitExpr(node.call);
      case 'if':
        this.visitExpr(node.condition);
        this.visitBlock(node.yes);
        if (node.no !== null) this.visitStmt(node.no);
        return;
      case 'for':
        this.scopes.push(new Set());
        if (node.init !== null) this.visitStmt(node.init);
        if (node.condition !== null) this.visitExpr(node.condition);
        if (node.update !== null) this.visitStmt(node.update);
        this.visitBlock(node.body);
        this.scopes.pop();
        return;
      case 'loop':
        this.scopes.push(new Set());
        for (const statement of node.body.body) this.visitStmt(statement);
        if (node.continuing !== null) for (const statement of node.continuing.body) this.visitStmt(statement);
        if (node.breakIf !== null) this.visitExpr(node.breakIf);
        this.scopes.pop();
        return;
      case 'switch':
        this.visitExpr(node.selector);
        for (const clause of node.clauses) {
          for (const selector of clause.selectors) if (selector !== null) this.visitExpr(selector);
          this.visitBlock(clause.body);
        }
        return;
      case 'return':
        if (node.value !== null) this.visitExpr(node.value);
        return;
      case 'const-assert':
        return this.visitExpr(node.condition);
      case 'break':
      case 'continue':
        return;
    }
  }

  private visitExpr(node: ExprNode): void {
    switch (node.kind) {
      case 'literal':
        if (node.type === 'f32' || node.type === 'f16' || node.type === 'abstract-float') this.hasFloatLiteral = true;
        return;
      case 'ident':
        this.visitName(node.name);
        for (const arg of node.template ?? []) this.visitExpr(arg);
        return;
      case 'call':
        this.visitExpr(node.callee);
        for (const arg of node.args) this.visitExpr(arg);
        return;
      case 'index':
        this.visitExpr(node.object);
        return this.visitExpr(node.index);
      case 'member':
        return this.visitExpr(node.object);
      case 'unary':
        return this.visitExpr(node.operand);
      case 'binary':
        this.visitExpr(node.left);
        return this.visitExpr(node.right);
    }
  }
}
