/** A cursor over tokens, with the two guards every parser function needs: what was expected, and how deep it may nest. */
import { SourceFault, type Span } from '../diagnostics.ts';
import type { Token } from './tokenize.ts';

/** Deeper nesting is refused, so that no later pass can run out of stack. Tint stops at 512 as well. */
export const maxNesting = 200;

export class TokenStream {
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = [...tokens];
  }

  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new Error('token stream without an end');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** True when the next token is this symbol or word. */
  is(text: string): boolean {
    const token = this.peek();
    return token.text === text && (token.kind === 'symbol' || token.kind === 'ident');
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  expect(text: string): Token {
    if (!this.is(text)) this.fail(`Expected "${text}" here, found "${this.peek().text}".`);
    return this.next();
  }

  expectIdent(what: string): Token {
    const token = this.peek();
    if (token.kind !== 'ident') this.fail(`Expected ${what} here, found "${token.text}".`);
    return this.next();
  }

  /** Turns a `--` that cannot be a decrement into the two minus signs that `a--b` means. */
  splitMinus(): void {
    const { span } = this.peek();
    const middle = span.start + 1;
    this.tokens.splice(
      this.at,
      1,
      { kind: 'symbol', text: '-', span: { start: span.start, end: middle } },
      { kind: 'symbol', text: '-', span: { start: middle, end: span.end } },
    );
  }

  spanFrom(start: Span): Span {
    return { start: start.start, end: this.tokens[Math.max(0, this.at - 1)]?.span.end ?? start.end };
  }

  nested<T>(parse: () => T): T {
    if (++this.depth > maxNesting)
      throw new SourceFault('limit', `This nests deeper than ${maxNesting} levels; split it up.`, this.peek().span);
    const result = parse();
    this.depth--;
    return result;
  }

  fail(message: string): never {
    throw new SourceFault('syntax', message, this.peek().span);
  }
}
