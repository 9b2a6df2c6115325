// Atomics in both spaces, each as what was there before and what is there after.
import { integer, product, type Row, scalar, vector } from './row.ts';
import { someInts, someUints } from './values.ts';

type IntKind = 'i32' | 'u32';

const wrap = (kind: IntKind, value: number): number => (kind === 'i32' ? value | 0 : value >>> 0);

const operations: readonly [name: string, after: (before: number, operand: number) => number][] = [
  ['atomicAdd', (a, b) => a + b],
  ['atomicSub', (a, b) => a - b],
  ['atomicMax', Math.max],
  ['atomicMin', Math.min],
  ['atomicAnd', (a, b) => a & b],
  ['atomicOr', (a, b) => a | b],
  ['atomicXor', (a, b) => a ^ b],
  ['atomicExchange', (_, b) => b],
];

const spaces = [
  ['storage', '@group(0) @binding(2) var<storage, read_write> cells'],
  ['workgroup', 'var<workgroup> cells'],
] as const;

/** The cell stands among others, which must stay as they are. */
function probe(declared: string, kind: IntKind, parameters: string, body: string, rest: string): string {
  return `${declared}: array<atomic<${kind}>, 3>;
fn probe(${parameters}) -> vec3<${kind}> {
  atomicStore(&cells[0], 7); atomicStore(&cells[1], a); atomicStore(&cells[2], 7);
  ${body}
  if (atomicLoad(&cells[0]) != 7 || atomicLoad(&cells[2]) != 7) { return vec3<${kind}>(99); }
  return vec3<${kind}>(old, atomicLoad(&cells[1]), ${rest});
}`;
}

export function memoryRows(): Row[] {
  return (['i32', 'u32'] as const).flatMap((kind) => {
    const values = kind === 'i32' ? someInts : someUints;
    const cell = scalar(kind);
    return spaces.flatMap(([space, declared]): Row[] => {
      const cells = space === 'storage' ? { cellsBytes: 12 } : {};
      return [
        ...operations.map(
          ([name, after]): Row => ({
            category: 'atomics',
            name: `${name} ${space}`,
            args: [cell, cell],
            result: vector(kind, 3),
            text: (a, b) => `probe(${a}, ${b})`,
            before: probe(declared, kind, `a: ${kind}, b: ${kind}`, `let old = ${name}(&cells[1], b);`, '0'),
            isAlone: true,
            ...cells,
            cases: product(values, values),
            expect: ([a = 0, b = 0]) => [integer(a), integer(wrap(kind, after(a, b))), integer(0)],
            isConstant: () => false,
          }),
        ),
        {
          category: 'atomics',
          name: `atomicCompareExchangeWeak ${space}`,
          args: [cell, cell, cell],
          result: vector(kind, 3),
          text: (a, b, c) => `probe(${a}, ${b}, ${c})`,
          before: probe(
            declared,
            kind,
            `a: ${kind}, b: ${kind}, c: ${kind}`,
            'let r = atomicCompareExchangeWeak(&cells[1], b, c); let old = r.old_value;',
            `${kind}(r.exchanged)`,
          ),
          isAlone: true,
          ...cells,
          cases: product(values.slice(0, 5), values.slice(0, 6), values.slice(3, 8)),
          expect: ([a = 0, b = 0, c = 0]) => [integer(a), integer(a === b ? c : a), integer(Number(a === b))],
          isConstant: () => false,
        },
      ];
    });
  });
}
