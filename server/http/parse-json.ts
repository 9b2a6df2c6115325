// Text becomes JSON with what a schema cannot see refused first: keys that reach into prototypes, and depth made to exhaust a stack.
import { Fault } from '../../src/protocol/fault.ts';
import { MAX_JSON_DEPTH } from './limits.ts';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault('bad-request', 'The body is not JSON; send one JSON object.', { cause });
  }
  inspect(value);
  return value;
}

function inspect(top: unknown): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: top, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_JSON_DEPTH) throw new Fault('bad-request', `The body is nested deeper than ${MAX_JSON_DEPTH} levels; flatten it.`);
    for (const [key, field] of Object.entries(value)) {
      if (FORBIDDEN_KEYS.has(key))
        throw new Fault('bad-request', `The body uses the key "${key}", which is not allowed; rename it.`, { facts: { field: key } });
      open.push({ value: field, depth: depth + 1 });
    }
  }
}
