// JSON as people write it: what fits stands on one line, the rest is broken up.

const WIDTH = 100;
const STEP = '  ';

/** The outermost object is always broken up. */
export function formatShape(value: unknown): string {
  return print(value, '', 0, true);
}

/** `taken`: what stands on the line before the value. */
function print(value: unknown, indent: string, taken: number, isBroken: boolean): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const line = onOneLine(value);
  if (!isBroken && taken + line.length <= WIDTH) return line;
  const inner = indent + STEP;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Object.entries(value).map(([key, part]) => {
    const before = Array.isArray(value) ? inner : `${inner}${JSON.stringify(key)}: `;
    return before + print(part, inner, before.length, false);
  });
  return parts.length === 0 ? line : `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}

function onOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${onOneLine(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
