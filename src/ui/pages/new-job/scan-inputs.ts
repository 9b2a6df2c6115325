// Which bindings a WGSL text reads and somebody must fill: a glance at its declarations, good enough to offer names while it is typed.

const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const BINDING = /\bvar\s*<\s*(?:uniform|storage(?:\s*,\s*read)?)\s*,?\s*>\s*([A-Za-z_]\w*)\s*:\s*([A-Za-z_]\w*)/g;

/** In the order of the text. The parameters and the place of the shard are filled by others. */
export function scanInputs(wgsl: string): readonly string[] {
  const names = [...wgsl.replace(COMMENTS, ' ').matchAll(BINDING)].flatMap(([, name = '', type]) =>
    name === 'parameters' || name === 'shard' || type === 'Shard' ? [] : [name],
  );
  return [...new Set(names)];
}
