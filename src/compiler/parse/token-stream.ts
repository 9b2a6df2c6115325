/** A cursor over tokens, with the two guards every parser function needs: what was expected, and how deep it may nest. */
import { SourceFault, type Span } from '../diagnostics.ts';
import type { ExprNode } from './ast.ts';
import { whyReserved } from './reserved-words.ts';
import type { Token } from './tokenize.ts';

/** Deeper nesting is refused, so that no later pass can run out of stack. Tint stops at 512 as well. */
export const maxNesting = 200;

const attributesOfDeclarations: readonly string[] = ['compute', 'workgroup_size', 'group', 'binding', 'id', 'must_use'];

export class TokenStream {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;
  /** The second half of a `--` that was split, while it waits to be read. */
  private half: Token | null = null;
  private readonly bracketed = new WeakSet<ExprNode>();

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(ahead = 0): Token {
    if (this.half !== null) {
      if (ahead === 0) return this.half;
      return this.tokens[Math.min(this.at + ahead - 1, this.tokens.length - 1)] ?? this.half;
    }
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new Error('token stream without an end');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (this.half !== null) this.half = null;
    else if (token.kind !== 'end') this.at++;
    return token;
  }

  /** True when the next token is this symbol or word. */
  is(text: string): boolean {
    const token = this.peek();
    return token.text === text && (token.kind === 'symbol' || token.kind === 'ident');
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  expect(text: string): Token {
    if (!this.is(text)) this.fail(`Expected "${text}" here, found "${this.peek().text}".`);
    return this.next();
  }

  /** A name the shader gives or uses. */
  expectIdent(what: string): Token {
    const token = this.expectWord(what);
    const reason = whyReserved(token.text);
    if (reason !== null) this.failAt(reason, token.span);
    return token;
  }

  /** A word of the language where names have no meaning, as in attributes and directives. */
  expectWord(what: string): Token {
    const token = this.peek();
    if (token.kind !== 'ident') this.fail(`Expected ${what} here, found "${token.text}".`);
    return this.next();
  }

  /** Splits a `--` that cannot be a decrement: the first minus sign is read here, the second comes next. */
  takeFirstMinus(): void {
    const { span } = this.next();
    this.half = { kind: 'symbol', text: '-', span: { start: span.end - 1, end: span.end } };
  }

  /** Remembers that an expression stood in brackets of its own. */
  markBracketed(node: ExprNode): void {
    this.bracketed.add(node);
  }

  isBracketed(node: ExprNode): boolean {
    return this.bracketed.has(node);
  }

  spanFrom(start: Span): Span {
    return { start: start.start, end: this.tokens[Math.max(0, this.at - 1)]?.span.end ?? start.end };
  }

  /** After a fault: goes on to where the next declaration seems to begin. */
  recover(): void {
    this.depth = 0;
    this.half = null;
    this.next();
    while (this.peek().kind !== 'end' && !this.startsDeclaration()) this.next();
  }

  private startsDeclaration(): boolean {
    const { kind, text } = this.peek();
    if (text === '@') return attributesOfDeclarations.includes(this.peek(1).text);
    return kind === 'ident' && (text === 'fn' || text === 'struct' || text === 'alias' || text === 'override');
  }

  nested<T>(parse: () => T): T {
    if (++this.depth > maxNesting)
      throw new SourceFault('limit', `This nests deeper than ${maxNesting} levels; split it up.`, this.peek().span);
    const result = parse();
    this.depth--;
    return result;
  }

  fail(message: string): never {
    this.failAt(message, this.peek().span);
  }

  failTooLong(message: string): never {
    throw new SourceFault('limit', message, this.peek().span);
  }

  failAt(message: string, span: Span): never {
    throw new SourceFault('syntax', message, span);
  }
}
