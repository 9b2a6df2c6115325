// Writes what each stage of the compiler makes of a shader as small texts, for the goldens of the stages.
import { evaluateConst } from '../../../src/compiler/lower/evaluate-const.ts';
import { lowerEntry } from '../../../src/compiler/lower/lower-entry.ts';
import type { DeclarationNode, ExprNode, ModuleNode, StmtNode, VariableNode } from '../../../src/compiler/parse/ast.ts';
import { parseModule } from '../../../src/compiler/parse/parse-module.ts';
import type { TypeLayout } from '../../../src/compiler/reflection.ts';
import { describeEntry } from '../../../src/compiler/resolve/describe-entry.ts';
import { findEntryPoint } from '../../../src/compiler/resolve/entry-point.ts';
import { ModuleScope } from '../../../src/compiler/resolve/module-scope.ts';
import { printModule } from '../../support/print-ir.ts';

export interface Stages {
  readonly parse: string;
  readonly resolve: string;
  readonly lower: string;
}

export function printStages(wgsl: string): Stages {
  const module = parseModule(wgsl);
  const scope = new ModuleScope(module, evaluateConst, {});
  const entry = findEntryPoint(module, undefined);
  const { reflection, reach } = describeEntry(scope, entry);
  const names = reflection.bindings.map((binding) => binding.name);
  const { bindings, ...facts } = reflection;
  const resolved = [
    ...Object.entries(facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
    ...bindings.flatMap((each) => [
      `@group(${each.group}) @binding(${each.binding}) ${each.space} ${each.access} "${each.name}", at least ${each.minBytes} bytes`,
      ...printLayout(each.type, '  '),
    ]),
    `names ${[...reach.names].join(' ')}`,
    `builtins ${[...reach.builtins].join(' ')}`,
  ];
  const lowered = lowerEntry(scope, entry, reflection.workgroupSize, names, reach.names);
  return { parse: printSyntax(module), resolve: `${resolved.join('\n')}\n`, lower: printModule(lowered) };
}

function printLayout(type: TypeLayout, indent: string): readonly string[] {
  const size = `${type.size} bytes, align ${type.align}`;
  switch (type.kind) {
    case 'scalar':
    case 'atomic':
      return [`${indent}${type.kind} ${type.scalar}: ${size}`];
    case 'vector':
      return [`${indent}vec${type.n} ${type.scalar}: ${size}`];
    case 'matrix':
      return [`${indent}mat${type.cols}x${type.rows} ${type.scalar}: ${size}, stride ${type.stride}`];
    case 'array':
      return [
        `${indent}array of ${type.count ?? 'any number'}: ${size}, stride ${type.stride}`,
        ...printLayout(type.element, `${indent}  `),
      ];
    case 'struct':
      return [
        `${indent}struct ${type.name}: ${size}`,
        ...type.members.flatMap((member) => [`${indent}  +${member.offset} ${member.name}`, ...printLayout(member.type, `${indent}    `)]),
      ];
  }
}

function printSyntax(module: ModuleNode): string {
  const asserts = module.asserts.map((assert) => `(const_assert ${expr(assert.condition)})`);
  return `${[...[...module.declarations.values()].map(declaration), ...asserts].join('\n')}\n`;
}

function declaration(node: DeclarationNode): string {
  switch (node.kind) {
    case 'function': {
      const parameters = node.parameters.map((each) => `${attributes(each.attributes)}(${each.name} ${expr(each.type)})`).join(' ');
      const result = node.returnType === null ? '' : ` -> ${expr(node.returnType)}`;
      return `${attributes(node.attributes)}(fn ${node.name} (${parameters})${result}\n${list(node.body.body, '  ')})`;
    }
    case 'struct':
      return `(struct ${node.name} ${node.members.map((each) => `${attributes(each.attributes)}(${each.name} ${expr(each.type)})`).join(' ')})`;
    case 'alias':
      return `(alias ${node.name} ${expr(node.type)})`;
    default:
      return variable(node);
  }
}

function attributes(nodes: readonly { readonly name: string; readonly args: readonly ExprNode[] }[]): string {
  return nodes.map((each) => `@${each.name}${each.args.length === 0 ? '' : `(${each.args.map(expr).join(' ')})`} `).join('');
}

function variable(node: VariableNode): string {
  const template = node.template.length === 0 ? '' : `<${node.template.map(expr).join(' ')}>`;
  const type = node.type === null ? '' : ` ${expr(node.type)}`;
  return `${attributes(node.attributes)}(${node.kind}${template} ${node.name}${type}${node.value === null ? '' : ` = ${expr(node.value)}`})`;
}

function list(nodes: readonly StmtNode[], indent: string): string {
  return nodes.map((node) => indent + statement(node, indent)).join('\n');
}

function statement(node: StmtNode, indent: string): string {
  const body = (nodes: readonly StmtNode[]): string => (nodes.length === 0 ? ' ()' : `\n${list(nodes, `${indent}  `)}`);
  switch (node.kind) {
    case 'block':
      return `(block${body(node.body)})`;
    case 'variable':
      return variable(node.variable);
    case 'assign':
      return `(${node.op ?? ''}= ${node.target === null ? '_' : expr(node.target)} ${expr(node.value)})`;
    case 'call-statement':
      return `(do ${expr(node.call)})`;
    case 'if':
      return `(if ${expr(node.condition)}${body(node.yes.body)}${node.no === null ? '' : `\n${indent}else${body([node.no])}`})`;
    case 'for': {
      const part = (each: StmtNode | null): string => (each === null ? '()' : statement(each, indent));
      return `(for ${part(node.init)} ${node.condition === null ? '()' : expr(node.condition)} ${part(node.update)}${body(node.body.body)})`;
    }
    case 'loop': {
      const end = node.breakIf === null ? '' : `\n${indent}break-if ${expr(node.breakIf)}`;
      return `(loop${body(node.body.body)}${node.continuing === null ? '' : `\n${indent}continuing${body(node.continuing.body)}`}${end})`;
    }
    case 'switch': {
      const cases = node.clauses.map((each) => {
        const selectors = each.selectors.map((selector) => (selector === null ? 'default' : expr(selector)));
        const inner = each.body.body.length === 0 ? ' ()' : `\n${list(each.body.body, `${indent}    `)}`;
        return `\n${indent}  (case ${selectors.join(' ')}${inner})`;
      });
      return `(switch ${expr(node.selector)}${cases.join('')})`;
    }
    case 'return':
      return `(return${node.value === null ? '' : ` ${expr(node.value)}`})`;
    case 'const-assert':
      return `(const_assert ${expr(node.condition)})`;
    case 'break':
    case 'continue':
      return `(${node.kind})`;
  }
}

function expr(node: ExprNode): string {
  switch (node.kind) {
    case 'literal':
      return `${node.value}${{ 'abstract-int': '', 'abstract-float': '.', i32: 'i', u32: 'u', f32: 'f', f16: 'h', bool: 'b' }[node.type]}`;
    case 'ident':
      return node.template === null ? node.name : `${node.name}<${node.template.map(expr).join(' ')}>`;
    case 'call':
      return `(${[node.callee, ...node.args].map(expr).join(' ')})`;
    case 'index':
      return `([] ${expr(node.object)} ${expr(node.index)})`;
    case 'member':
      return `(. ${expr(node.object)} ${node.name})`;
    case 'unary':
      return `(${node.op} ${expr(node.operand)})`;
    case 'binary':
      return `(${node.op} ${expr(node.left)} ${expr(node.right)})`;
  }
}
