/** Parses a whole WGSL module: directives, then declarations by name. */
import { FaultList, SourceFault } from '../diagnostics.ts';
import type { AliasNode, Attribute, DeclarationNode, ExprNode, FunctionNode, ModuleNode, ParameterNode, StructNode } from './ast.ts';
import { parseAttributes } from './parse-attributes.ts';
import { type Directives, parseDirectives } from './parse-directives.ts';
import { parseExpression, parseIdent } from './parse-expression.ts';
import { parseBlock, parseVariable } from './parse-statement.ts';
import { TokenStream } from './token-stream.ts';
import { tokenize } from './tokenize.ts';

/** Longer text is refused; the largest shader of the conformance suite is a tenth of this. */
export const maxSourceLength = 1 << 20;

export function parseModule(source: string): ModuleNode {
  if (source.length > maxSourceLength) throw new SourceFault('limit', `A shader may have at most ${maxSourceLength} characters.`, null);
  const stream = new TokenStream(tokenize(source));
  const declarations = new Map<string, DeclarationNode>();
  const asserts: ModuleNode['asserts'][number][] = [];
  const faults = new FaultList();
  let directives: Directives = { enablesHalf: false };
  surviving(stream, faults, () => {
    directives = parseDirectives(stream);
  });
  while (stream.peek().kind !== 'end') {
    if (stream.accept(';')) continue;
    surviving(stream, faults, () => {
      if (stream.is('const_assert')) asserts.push(parseAssert(stream));
      else addDeclaration(declarations, faults, parseDeclaration(stream));
    });
  }
  faults.throwIfAny();
  return { ...directives, declarations, asserts };
}

/** A fault in one declaration leaves the others worth a look. */
function surviving(stream: TokenStream, faults: FaultList, parse: () => void): void {
  try {
    parse();
  } catch (cause) {
    if (!(cause instanceof SourceFault) || cause.code === 'limit') throw cause;
    faults.add(cause);
    stream.recover();
  }
}

function addDeclaration(into: Map<string, DeclarationNode>, faults: FaultList, declaration: DeclarationNode): void {
  const { name, span } = declaration;
  const before = into.get(name);
  if (before === undefined) into.set(name, declaration);
  else
    faults.add(new SourceFault('type', `"${name}" is declared twice.`, span, [], [{ message: 'declared here first', span: before.span }]));
}

function parseAssert(stream: TokenStream): { readonly condition: ExprNode; readonly span: ExprNode['span'] } {
  const start = stream.next().span;
  const condition = parseExpression(stream);
  stream.expect(';');
  return { condition, span: stream.spanFrom(start) };
}

function parseDeclaration(stream: TokenStream): DeclarationNode {
  const attributes = parseAttributes(stream);
  const token = stream.peek();
  switch (token.text) {
    case 'fn':
      return parseFunction(stream, attributes);
    case 'struct':
      return parseStruct(stream);
    case 'alias':
      return parseAlias(stream);
    case 'var':
    case 'const':
    case 'override': {
      const variable = parseVariable(stream, attributes);
      stream.expect(';');
      return variable;
    }
    default:
      return stream.fail(`Expected a declaration here, found "${token.text}".`);
  }
}

function parseFunction(stream: TokenStream, attributes: readonly Attribute[]): FunctionNode {
  stream.expect('fn');
  const name = stream.expectIdent('a function name');
  stream.expect('(');
  const parameters = parseParameters(stream, ')');
  stream.expect(')');
  let returnType: ExprNode | null = null;
  if (stream.accept('->')) {
    parseAttributes(stream);
    returnType = parseIdent(stream);
  }
  return { kind: 'function', name: name.text, parameters, returnType, attributes, body: parseBlock(stream), span: name.span };
}

/** WGSL asks for 255 parameters and 1023 members. */
export const maxParameters = 4096;

function parseParameters(stream: TokenStream, close: string): readonly ParameterNode[] {
  const list: ParameterNode[] = [];
  while (!stream.is(close)) {
    const attributes = parseAttributes(stream);
    const name = stream.expectIdent('a name');
    stream.expect(':');
    if (list.length === maxParameters)
      throw new SourceFault('limit', `At most ${maxParameters} parameters or members can stand in one list.`, name.span);
    list.push({ name: name.text, type: parseIdent(stream), attributes, span: name.span });
    if (!stream.accept(',')) break;
  }
  return list;
}

function parseStruct(stream: TokenStream): StructNode {
  stream.expect('struct');
  const name = stream.expectIdent('a struct name');
  stream.expect('{');
  const members = parseParameters(stream, '}');
  stream.expect('}');
  return { kind: 'struct', name: name.text, members, span: name.span };
}

function parseAlias(stream: TokenStream): AliasNode {
  stream.expect('alias');
  const name = stream.expectIdent('a name');
  stream.expect('=');
  const type = parseIdent(stream);
  stream.expect(';');
  return { kind: 'alias', name: name.text, type, span: name.span };
}
