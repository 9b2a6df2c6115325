/** Cuts WGSL text into tokens, and marks which `<` and `>` are brackets of a template list. */
import { SourceFault, type Span } from '../diagnostics.ts';

export type TokenKind = 'ident' | 'number' | 'symbol' | 'template-start' | 'template-end' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly span: Span;
}

const blank = /(?:[\s\u200e\u200f\u0085]|\/\/[^\n\v\f\r\u0085\u2028\u2029]*)+/uy;
const ident = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const number =
  /0[xX](?:[0-9a-fA-F]*\.[0-9a-fA-F]+|[0-9a-fA-F]+\.?)(?:[pP][+-]?[0-9]+)?[iufh]?|(?:[0-9]*\.[0-9]+|[0-9]+\.?)(?:[eE][+-]?[0-9]+)?[iufh]?/uy;
/** `>` is always cut alone: only after template lists are known is it clear whether `>>` or `>=` was meant. */
const symbol = /<<=|->|\+\+|--|&&|\|\||==|!=|<=|<<|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|[-+*/%&|^~!=<>()[\]{},;:.@]/uy;

export function tokenize(source: string): readonly Token[] {
  return mergeGreater(markTemplates(cut(source)));
}

function cut(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0] ?? null;
  };
  while (at < source.length) {
    const skipped = match(blank);
    if (skipped !== null) {
      at += skipped.length;
      continue;
    }
    if (source.startsWith('/*', at)) {
      at = endOfBlockComment(source, at);
      continue;
    }
    const [kind, text] = readToken(match);
    if (text === null) throw new SourceFault('syntax', 'This character has no meaning in WGSL.', { start: at, end: at + 1 });
    tokens.push({ kind, text, span: { start: at, end: at + text.length } });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: 'the end of the shader', span: { start: source.length, end: source.length } });
  return tokens;
}

function readToken(match: (pattern: RegExp) => string | null): readonly [TokenKind, string | null] {
  const name = match(ident);
  if (name !== null) return ['ident', name];
  const digits = match(number);
  if (digits !== null) return ['number', digits];
  return ['symbol', match(symbol)];
}

function endOfBlockComment(source: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    if (source.startsWith('/*', at)) {
      depth++;
      at += 2;
    } else if (source.startsWith('*/', at)) {
      depth--;
      at += 2;
    } else at++;
    if (at > source.length) throw new SourceFault('syntax', 'This comment is never closed.', { start, end: start + 2 });
  } while (depth > 0);
  return at;
}

/** WGSL's template list discovery (section 3.9 of the language), over tokens. */
function markTemplates(tokens: Token[]): Token[] {
  const pending: { readonly index: number; readonly depth: number }[] = [];
  let depth = 0;
  const dropDeeper = () => {
    while ((pending.at(-1)?.depth ?? -1) >= depth) pending.pop();
  };
  tokens.forEach((token, index) => {
    switch (token.text) {
      case '<':
        if (tokens[index - 1]?.kind === 'ident') pending.push({ index, depth });
        break;
      case '>': {
        const open = pending.at(-1);
        if (open === undefined || open.depth !== depth) break;
        pending.pop();
        tokens[open.index] = { ...(tokens[open.index] ?? token), kind: 'template-start' };
        tokens[index] = { ...token, kind: 'template-end' };
        break;
      }
      case '(':
      case '[':
        depth++;
        break;
      case ')':
      case ']':
        dropDeeper();
        depth = Math.max(0, depth - 1);
        break;
      case '&&':
      case '||':
        dropDeeper();
        break;
      case '=':
        // `>=` and `>>=` were cut apart: that `=` assigns nothing.
        if (isGlued(tokens, index) && tokens[index - 1]?.kind === 'symbol' && tokens[index - 1]?.text === '>') break;
        depth = 0;
        pending.length = 0;
        break;
      case ';':
      case '{':
      case ':':
        depth = 0;
        pending.length = 0;
        break;
    }
  });
  return tokens;
}

function isGlued(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 1]?.span.end === tokens[index]?.span.start;
}

/** Puts `>>`, `>=` and `>>=` together again where no template list ends. */
function mergeGreater(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  tokens.forEach((token, index) => {
    const last = merged.at(-1);
    const canJoin = token.kind === 'symbol' && last?.kind === 'symbol' && isGlued(tokens, index);
    const joined = canJoin ? joinGreater(last.text, token.text) : null;
    if (last === undefined || joined === null) merged.push(token);
    else merged[merged.length - 1] = { kind: 'symbol', text: joined, span: { start: last.span.start, end: token.span.end } };
  });
  return merged;
}

function joinGreater(left: string, right: string): string | null {
  if (left === '>' && right === '>') return '>>';
  if (left === '>' && right === '=') return '>=';
  if (left === '>>' && right === '=') return '>>=';
  return null;
}
