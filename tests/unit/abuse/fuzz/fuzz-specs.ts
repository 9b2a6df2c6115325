// Fuzzes the gate of job specs: good specs with a field spoilt, removed or added, and any JSON at all.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { parseJson } from '../../../../server/http/parse-json.ts';
import { parseJobSpec } from '../../../../src/protocol/parse-job-spec.ts';
import { makeJobSpecJson } from '../../../support/make-job-spec.ts';
import { type Chance, createChance } from './chance.ts';
import { countRefusal, createTally, type FuzzFamily } from './tally.ts';

/** What a field becomes: edges, wrong types, and what reaches into prototypes. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2,
  65_536,
  Number.MAX_SAFE_INTEGER + 1,
  '',
  'main',
  '__proto__',
  'constructor',
  'toString',
  '<script>alert(1)</script>',
  '\u0000',
  '\ud800',
  'x'.repeat(300),
  'ab'.repeat(32),
  'AB'.repeat(32),
  '../../etc/passwd',
  [],
  [[]],
  {},
  'private',
  'replicated',
  { kind: 'exact' },
  { kind: 'class' },
  { kind: 'constructor' },
  { digest: 'ab'.repeat(32) },
  { digest: '../'.repeat(20) },
];
const KEYS = [
  'rounds',
  'tier',
  'visibility',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'extra',
  'kind',
  'digest',
  'main',
  'pixels',
  '',
  '\u0000',
];
const ANY_JSON = fc.jsonValue({ maxDepth: 5 });
const PLAIN = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());

/** What passes is the same after a second reading, and nothing reaches the prototypes. */
export const fuzzSpecs: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  const anything = fc.sample(ANY_JSON, { seed, numRuns: 500 });
  while (tally.cases < cases) {
    tally.cases++;
    const text = makeText(chance, anything);
    try {
      const spec = parseJobSpec(parseJson(text));
      const again = parseJobSpec(JSON.parse(JSON.stringify(spec, writeBigint)));
      if (!isDeepStrictEqual(again, spec)) throw new Error('A spec that passed the gate is another one after its second reading.');
      tally.taken++;
    } catch (cause) {
      countRefusal(tally, cause, ['bad-spec', 'not-yet', 'bad-request'], () => `seed ${seed}, ${text.slice(0, 2_000)}`);
    }
    if (JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort()) !== PLAIN)
      throw new Error(`A prototype was reached by ${text}`);
  }
  return tally;
};

const writeBigint = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** JSON as text: only there a key `__proto__` is a key like any other. */
export function makeText(chance: Chance, anything: readonly unknown[]): string {
  if (chance.happens(0.05)) return JSON.stringify(chance.pick(anything)) ?? '';
  const spec = makeJobSpecJson();
  for (let times = chance.below(3); times > 0; times--) spoilField(chance, spec, anything);
  const text = JSON.stringify(spec) ?? '';
  return chance.happens(0.05) ? text.replace('"title"', `"${chance.pick(KEYS)}"`) : text;
}

function spoilField(chance: Chance, top: object, anything: readonly unknown[]): void {
  let owner = top as Record<string, unknown>;
  for (;;) {
    const keys = owner === top ? [...Object.keys(owner), 'visibility', 'tier', 'rounds'] : Object.keys(owner);
    const key = keys.length === 0 || chance.happens(0.15) ? chance.pick(KEYS) : chance.pick(keys);
    const value = Object.hasOwn(owner, key) ? owner[key] : undefined;
    if (typeof value === 'object' && value !== null && chance.happens(0.8)) {
      owner = value as Record<string, unknown>;
      continue;
    }
    if (chance.happens(0.2)) delete owner[key];
    else
      Object.defineProperty(owner, key, {
        value: structuredClone(chance.pick([chance.pick(VALUES), chance.pick(anything)])),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return;
  }
}
