/** Parses expressions and types by precedence climbing. */
import type { BinaryOp, ExprNode, IdentNode, UnaryOp } from './ast.ts';
import { parseNumber } from './parse-number.ts';
import { maxNesting, type TokenStream } from './token-stream.ts';
import type { Token } from './tokenize.ts';

/** C's order; where WGSL asks for brackets that C does not, `checkMix` sees to it. */
const precedence: Readonly<Record<BinaryOp, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

export function parseExpression(stream: TokenStream): ExprNode {
  return stream.nested(() => parseBinary(stream, 1));
}

function binaryOpAt(stream: TokenStream): BinaryOp | null {
  if (stream.is('--')) return startsOperand(stream.peek(1)) ? '-' : null;
  const token = stream.peek();
  return token.kind === 'symbol' && Object.hasOwn(precedence, token.text) ? (token.text as BinaryOp) : null;
}

function startsOperand(token: Token): boolean {
  return token.kind === 'ident' || token.kind === 'number' || ['(', '-', '!', '~', '*', '&', '--'].includes(token.text);
}

/** Each is a level of the tree that later passes walk down. */
export const maxOperators = 1000;

function parseBinary(stream: TokenStream, least: number): ExprNode {
  const start = stream.peek().span;
  let left = parseUnary(stream);
  for (let count = 0; ; count++) {
    const op = binaryOpAt(stream);
    if (op === null || precedence[op] < least) return left;
    if (count === maxOperators)
      stream.failTooLong(`At most ${maxOperators} operators can stand in a row; split the expression with "let".`);
    if (stream.is('--')) stream.takeFirstMinus();
    else stream.next();
    const right = parseBinary(stream, precedence[op] + 1);
    checkMix(stream, op, left, 'left');
    checkMix(stream, op, right, 'right');
    left = { kind: 'binary', op, left, right, span: stream.spanFrom(start) };
  }
}

const shifts: readonly string[] = ['<<', '>>'];
const bitwise: readonly string[] = ['&', '|', '^'];
const comparisons: readonly string[] = ['==', '!=', '<', '>', '<=', '>='];

/** WGSL wants brackets where C programmers err: around a different operator under `&`, `|`, `^`, `<<`, `&&` or `||`, and around a compared comparison. */
function checkMix(stream: TokenStream, op: BinaryOp, operand: ExprNode, side: 'left' | 'right'): void {
  if (operand.kind !== 'binary' || stream.isBracketed(operand)) return;
  const isChain = side === 'left' && operand.op === op;
  const isBad =
    shifts.includes(op) ||
    (bitwise.includes(op) && !isChain) ||
    (comparisons.includes(op) && comparisons.includes(operand.op)) ||
    ((op === '&&' || op === '||') && !isChain && (operand.op === '&&' || operand.op === '||' || bitwise.includes(operand.op)));
  if (isBad) stream.failAt(`Put brackets around the "${operand.op}": WGSL gives it no place beside "${op}".`, operand.span);
}

const unaryOps: readonly string[] = ['-', '!', '~', '*', '&'];

function parseUnary(stream: TokenStream): ExprNode {
  const token = stream.peek();
  if (token.kind === 'symbol' && (token.text === '--' || unaryOps.includes(token.text))) {
    if (token.text === '--') stream.takeFirstMinus();
    else stream.next();
    const operand = stream.nested(() => parseUnary(stream));
    const op = token.text === '--' ? '-' : (token.text as UnaryOp);
    return { kind: 'unary', op, operand, span: stream.spanFrom(token.span) };
  }
  return parsePostfix(stream);
}

function parsePostfix(stream: TokenStream): ExprNode {
  const start = stream.peek().span;
  let object = parsePrimary(stream);
  for (let count = 0; ; count++) {
    if (count > maxNesting) stream.failTooLong(`At most ${maxNesting} members and indices can stand in a row.`);
    if (stream.accept('[')) {
      const index = parseExpression(stream);
      stream.expect(']');
      object = { kind: 'index', object, index, span: stream.spanFrom(start) };
    } else if (stream.accept('.')) {
      const name = stream.expectIdent('a member name').text;
      object = { kind: 'member', object, name, span: stream.spanFrom(start) };
    } else return object;
  }
}

function parsePrimary(stream: TokenStream): ExprNode {
  const token = stream.peek();
  if (token.kind === 'number') {
    stream.next();
    return parseNumber(token.text, token.span);
  }
  if (token.kind === 'ident') {
    if (token.text === 'true' || token.text === 'false') {
      stream.next();
      return { kind: 'literal', type: 'bool', value: token.text === 'true' ? 1 : 0, span: token.span };
    }
    const callee = parseIdent(stream);
    if (!stream.is('(')) return callee;
    const args = parseArguments(stream);
    return { kind: 'call', callee, args, span: stream.spanFrom(token.span) };
  }
  if (stream.accept('(')) {
    const inner = parseExpression(stream);
    stream.expect(')');
    stream.markBracketed(inner);
    return inner;
  }
  return stream.fail(`Expected an expression here, found "${token.text}".`);
}

/** A name with its optional template list: a type, a value, or what is called. */
export function parseIdent(stream: TokenStream): IdentNode {
  const name = stream.expectIdent('a name');
  return { kind: 'ident', name: name.text, template: parseTemplate(stream), span: stream.spanFrom(name.span) };
}

export function parseTemplate(stream: TokenStream): readonly ExprNode[] | null {
  if (stream.peek().kind !== 'template-start') return null;
  stream.next();
  const list: ExprNode[] = [];
  while (stream.peek().kind !== 'template-end') {
    list.push(parseExpression(stream));
    if (!stream.accept(',')) break;
  }
  if (stream.peek().kind !== 'template-end') stream.fail(`Expected ">" here, found "${stream.peek().text}".`);
  stream.next();
  return list;
}

export function parseArguments(stream: TokenStream): readonly ExprNode[] {
  stream.expect('(');
  const list: ExprNode[] = [];
  while (!stream.is(')')) {
    list.push(parseExpression(stream));
    if (!stream.accept(',')) break;
  }
  stream.expect(')');
  return list;
}
