/** Parses statements and the variable declarations they share with module scope. */
import { SourceFault, type Span } from '../diagnostics.ts';
import {
  type BinaryOp,
  type BlockNode,
  binaryOps,
  type ExprNode,
  type ForNode,
  type IfNode,
  type LoopNode,
  type StmtNode,
  type SwitchClause,
  type SwitchNode,
  type VariableNode,
} from './ast.ts';
import { parseAttributes } from './parse-attributes.ts';
import { parseExpression, parseIdent, parseTemplate } from './parse-expression.ts';
import type { TokenStream } from './token-stream.ts';

export function parseBlock(stream: TokenStream): BlockNode {
  parseAttributes(stream);
  const start = stream.expect('{').span;
  const body: StmtNode[] = [];
  while (!stream.is('}')) {
    if (stream.peek().kind === 'end') stream.fail('This block is never closed.');
    const statement = stream.nested(() => parseStatement(stream));
    if (statement !== null) body.push(statement);
  }
  stream.expect('}');
  return { kind: 'block', body, span: stream.spanFrom(start) };
}

function parseStatement(stream: TokenStream): StmtNode | null {
  if (stream.accept(';')) return null;
  if (stream.is('@')) parseAttributes(stream);
  const token = stream.peek();
  switch (token.text) {
    case '{':
      return parseBlock(stream);
    case 'if':
      return parseIf(stream);
    case 'for':
      return parseFor(stream);
    case 'while':
      return parseWhile(stream);
    case 'loop':
      return parseLoop(stream);
    case 'switch':
      return parseSwitch(stream);
    default: {
      const statement = parseSimple(stream);
      stream.expect(';');
      return statement;
    }
  }
}

/** The statements that end with a semicolon. */
function parseSimple(stream: TokenStream): StmtNode {
  const { text, span } = stream.peek();
  switch (text) {
    case 'break':
    case 'continue':
      stream.next();
      if (text === 'break' && stream.is('if')) stream.fail('"break if" may only end a continuing block.');
      return { kind: text, span };
    case 'return': {
      stream.next();
      const value = stream.is(';') ? null : parseExpression(stream);
      return { kind: 'return', value, span: stream.spanFrom(span) };
    }
    case 'discard':
      return stream.fail('"discard" belongs to fragment shaders.');
    case 'const_assert': {
      stream.next();
      const condition = parseExpression(stream);
      return { kind: 'const-assert', condition, span: stream.spanFrom(span) };
    }
    case 'var':
    case 'let':
    case 'const':
      return { kind: 'variable', variable: parseVariable(stream, []), span: stream.spanFrom(span) };
    default:
      return parseAssignment(stream);
  }
}

export function parseVariable(stream: TokenStream, attributes: VariableNode['attributes']): VariableNode {
  const keyword = stream.next();
  const template = parseTemplate(stream) ?? [];
  const name = stream.expectIdent('a name');
  const type = stream.accept(':') ? parseIdent(stream) : null;
  const value = stream.accept('=') ? parseExpression(stream) : null;
  return { kind: keyword.text as VariableNode['kind'], name: name.text, template, type, value, attributes, span: name.span };
}

function parseAssignment(stream: TokenStream): StmtNode {
  const start = stream.peek().span;
  if (stream.peek().text === '_' && stream.peek(1).text === '=') {
    stream.next();
    stream.next();
    const value = parseExpression(stream);
    return { kind: 'assign', target: null, op: null, value, span: stream.spanFrom(start) };
  }
  const target = parseExpression(stream);
  const op = stream.peek().text;
  if (op === '++' || op === '--') {
    stream.next();
    const one: ExprNode = { kind: 'literal', type: 'abstract-int', value: 1n, span: start };
    return { kind: 'assign', target, op: op === '++' ? '+' : '-', value: one, span: stream.spanFrom(start) };
  }
  if (op === '=' || (op.endsWith('=') && (binaryOps as readonly string[]).includes(op.slice(0, -1)) && stream.peek().kind === 'symbol')) {
    stream.next();
    const value = parseExpression(stream);
    return { kind: 'assign', target, op: op === '=' ? null : (op.slice(0, -1) as BinaryOp), value, span: stream.spanFrom(start) };
  }
  if (target.kind === 'call') return { kind: 'call-statement', call: target, span: target.span };
  return stream.fail(`Expected "=" here, found "${op}".`);
}

/** Longer chains of `else if` would run later passes out of stack. */
export const maxElseIfs = 500;

function parseIf(stream: TokenStream): IfNode {
  const links: { readonly start: Span; readonly condition: ExprNode; readonly yes: BlockNode }[] = [];
  let no: BlockNode | IfNode | null = null;
  do {
    const start = stream.expect('if').span;
    if (links.length > maxElseIfs) throw new SourceFault('limit', `An "if" may have at most ${maxElseIfs} "else if".`, start);
    links.push({ start, condition: parseExpression(stream), yes: parseBlock(stream) });
    if (!stream.accept('else')) break;
    if (!stream.is('if')) no = parseBlock(stream);
  } while (stream.is('if') && no === null);
  const end = stream.spanFrom(links[0]?.start ?? stream.peek().span).end;
  for (const { start, condition, yes } of links.toReversed()) no = { kind: 'if', condition, yes, no, span: { start: start.start, end } };
  if (no?.kind !== 'if') throw new Error('an if without a condition');
  return no;
}

function parseFor(stream: TokenStream): ForNode {
  const start = stream.expect('for').span;
  stream.expect('(');
  const init = stream.is(';') ? null : parseSimple(stream);
  stream.expect(';');
  const condition = stream.is(';') ? null : parseExpression(stream);
  stream.expect(';');
  const update = stream.is(')') ? null : parseSimple(stream);
  stream.expect(')');
  return { kind: 'for', init, condition, update, body: parseBlock(stream), span: stream.spanFrom(start) };
}

function parseWhile(stream: TokenStream): ForNode {
  const start = stream.expect('while').span;
  const condition = parseExpression(stream);
  return { kind: 'for', init: null, condition, update: null, body: parseBlock(stream), span: stream.spanFrom(start) };
}

function parseLoop(stream: TokenStream): LoopNode {
  const start = stream.expect('loop').span;
  parseAttributes(stream);
  const open = stream.expect('{').span;
  const body: StmtNode[] = [];
  let continuing: BlockNode | null = null;
  let breakIf: ExprNode | null = null;
  while (!stream.is('}')) {
    if (stream.peek().kind === 'end') stream.fail('This loop is never closed.');
    if (stream.is('continuing')) {
      [continuing, breakIf] = parseContinuing(stream);
      break;
    }
    const statement = stream.nested(() => parseStatement(stream));
    if (statement !== null) body.push(statement);
  }
  stream.expect('}');
  const span = stream.spanFrom(start);
  return { kind: 'loop', body: { kind: 'block', body, span: stream.spanFrom(open) }, continuing, breakIf, span };
}

function parseContinuing(stream: TokenStream): [BlockNode, ExprNode | null] {
  stream.expect('continuing');
  parseAttributes(stream);
  const start = stream.expect('{').span;
  const body: StmtNode[] = [];
  let breakIf: ExprNode | null = null;
  while (!stream.is('}')) {
    if (stream.peek().kind === 'end') stream.fail('This block is never closed.');
    if (stream.is('break') && stream.peek(1).text === 'if') {
      stream.next();
      stream.next();
      breakIf = parseExpression(stream);
      stream.expect(';');
      break;
    }
    const statement = stream.nested(() => parseStatement(stream));
    if (statement !== null) body.push(statement);
  }
  stream.expect('}');
  return [{ kind: 'block', body, span: stream.spanFrom(start) }, breakIf];
}

/** WGSL asks for 1023. */
export const maxSelectors = 2048;

function parseSwitch(stream: TokenStream): SwitchNode {
  const start = stream.expect('switch').span;
  const selector = parseExpression(stream);
  parseAttributes(stream);
  stream.expect('{');
  const clauses: SwitchClause[] = [];
  while (!stream.is('}')) clauses.push(parseClause(stream));
  stream.expect('}');
  const selectors = clauses.reduce((sum, clause) => sum + clause.selectors.length, 0);
  if (selectors > maxSelectors)
    throw new SourceFault('limit', `A switch may have at most ${maxSelectors} selectors, not ${selectors}.`, stream.spanFrom(start));
  return { kind: 'switch', selector, clauses, span: stream.spanFrom(start) };
}

function parseClause(stream: TokenStream): SwitchClause {
  const selectors: (ExprNode | null)[] = [];
  if (stream.accept('default')) selectors.push(null);
  else {
    stream.expect('case');
    while (!stream.is(':') && !stream.is('{') && !stream.is('@')) {
      selectors.push(stream.accept('default') ? null : parseExpression(stream));
      if (!stream.accept(',')) break;
    }
  }
  stream.accept(':');
  return { selectors, body: parseBlock(stream) };
}
