// Fuzzes the compiler that reads strangers' programs: good WGSL with words cut, doubled and exchanged, and nests of brackets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../../../src/compiler/compile.ts';
import { CompileError } from '../../../../src/compiler/diagnostics.ts';
import { reflect } from '../../../../src/compiler/reflect.ts';
import { type Chance, createChance, spoilText } from './chance.ts';
import { createTally, type FuzzFamily } from './tally.ts';

const SHADERS = join(import.meta.dirname, '../../../../shaders');
export const HEAD = `struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
`;
const SMALL = `${HEAD}var<workgroup> sums: array<u32, 4>;
fn triple(x: u32) -> u32 { if (x > 7u) { return x * 3u; } return select(x, 0u, x == 2u); }
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) i: u32) {
  sums[i] = triple(shard.first.x + id.x + i);
  workgroupBarrier();
  var sum = 0u;
  for (var k = 0u; k < 4u; k++) { sum += sums[k]; }
  if (i == 0u) { out[shard.first.x + id.x - shard.base] = sum; }
}
`;
const TEXTS = [SMALL, SMALL, SMALL, ...['fractal', 'collatz'].map((name) => readFileSync(join(SHADERS, name, `${name}.wgsl`), 'utf8'))];
const TOKENS = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  ';',
  ',',
  '*',
  '&',
  '->',
  '@',
  '/*',
  '//',
  '0x',
  '1e999',
  '4294967296',
  '-2147483648i',
  '1f',
  '1h',
  'array<u32, 0>',
  'array<u32, 4294967295>',
  'vec3u',
  'mat4x4f',
  'ptr<function, u32>',
  'atomic<u32>',
  'loop {',
  'switch 1 { default: {} }',
  'fn',
  'struct A { a: A }',
  'const a = a;',
  'override',
  'let',
  'var',
  'return',
  'break',
  'continuing {',
  '@workgroup_size(0)',
  '@binding(-1)',
  'main',
  'main();',
  'constructor',
  'toString',
  'hasOwnProperty',
  '__proto__',
  'fn constructor() {}',
  'var<private> toString: u32;',
  ' valueOf ',
  'workgroupBarrier();',
  '\u0000',
  '\u202e',
  'é',
  '('.repeat(300),
  '{'.repeat(300),
  'vec2<'.repeat(100),
  '-'.repeat(500),
  '1+'.repeat(2_000),
] as const;

const OTHER_NAMES = [
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__proto__',
  'u32',
  'vec3u',
  'f16',
  'é',
  '4294967296',
  '0u',
  '-1',
  'true',
];

export function makeProgram(chance: Chance): string {
  if (chance.happens(0.3)) return renameOne(chance, chance.pick(TEXTS));
  return spoilText(chance, chance.pick(TEXTS), TOKENS);
}

/** Names that every JavaScript object has, in the place of a name or a number of the program's own. */
function renameOne(chance: Chance, text: string): string {
  const words = [...new Set(text.match(/\b\w+\b/g))];
  const word = chance.pick(words);
  return text.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), chance.pick([chance.pick(OTHER_NAMES), chance.pick(words)]));
}

/** Every text is compiled or refused by a CompileError; a stack that runs out or a field of nothing would be a fault of ours. */
export const fuzzPrograms: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  while (tally.cases < cases) {
    tally.cases++;
    const wgsl = makeProgram(chance);
    try {
      const { entryPoint } = reflect(wgsl);
      const { module } = compile(wgsl, { entryPoint, fuel: true });
      if (!WebAssembly.validate(Uint8Array.from(module))) throw new Error('The compiler wrote a module that is not valid.');
      tally.taken++;
    } catch (cause) {
      if (!(cause instanceof CompileError)) throw new Error(`Case ${tally.cases} of seed ${seed} broke the compiler:\n${wgsl}`, { cause });
      tally.refused['bad-program'] = (tally.refused['bad-program'] ?? 0) + 1;
    }
  }
  return tally;
};
