/** Parses a run of `@name(arguments)`. */
import type { Attribute } from './ast.ts';
import { parseArguments } from './parse-expression.ts';
import type { TokenStream } from './token-stream.ts';

export function parseAttributes(stream: TokenStream): readonly Attribute[] {
  const attributes: Attribute[] = [];
  while (stream.is('@')) {
    const start = stream.next().span;
    const name = stream.expectWord('an attribute name').text;
    const args = stream.is('(') ? parseArguments(stream) : [];
    attributes.push({ name, args, span: stream.spanFrom(start) });
  }
  return attributes;
}
