// The names people are shown by: made ones are neutral and distinct, chosen ones are held to their rules on both sides.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STANDING_LIMITS } from '../../../src/protocol/api-standing.ts';
import { cleanPseudonym, cleanTeamName, generateName, keyOfName } from '../../../src/protocol/display-name.ts';

const refusal = (text: string): string => {
  try {
    cleanPseudonym(text);
  } catch (fault) {
    expect(fault).toMatchObject({ code: 'bad-request' });
    return (fault as Error).message;
  }
  return '';
};

describe('a generated name', () => {
  it('is two words and the account’s number, the same each time, and never that of another account', () => {
    expect(generateName(1482)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+ 1482$/);
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(generateName(a)).toBe(generateName(a));
        expect(generateName(a) === generateName(b)).toBe(a === b);
      }),
    );
  });

  it('differs in its words between accounts that follow each other', () => {
    const words = new Set(Array.from({ length: 1_000 }, (_, id) => generateName(id + 100).replace(/ \d+$/, '')));
    expect(words.size).toBeGreaterThan(800);
  });

  it('cannot be chosen by anybody', () => {
    for (const id of [7, 1482, 2 ** 40]) {
      expect(refusal(generateName(id))).not.toBe('');
      expect(refusal(generateName(id).toLowerCase().replaceAll(' ', '.'))).not.toBe('');
    }
    expect(refusal('Amber Heron')).toBe('');
  });
});

describe('a pseudonym', () => {
  it('has 2 to 24 letters', () => {
    const { min, max } = STANDING_LIMITS.pseudonymLetters;
    expect([min, max]).toEqual([2, 24]);
    expect(refusal('a')).toContain('at least 2');
    expect(refusal('ab')).toBe('');
    expect(refusal('x'.repeat(24))).toBe('');
    expect(refusal('x'.repeat(25))).toContain('at most 24');
    expect(refusal('x'.repeat(1_000_000))).toContain('at most 24');
    // letters beyond the first plane count once
    expect(refusal('𠀀'.repeat(24))).toBe('');
    expect(refusal('𠀀'.repeat(25))).toContain('at most 24');
  });

  it('is cleaned: spaces at its ends and doubled ones go, compatible forms become plain', () => {
    expect(cleanPseudonym('  Ada   Lovelace ').name).toBe('Ada Lovelace');
    expect(cleanPseudonym('Ａｄａ').name).toBe('Ada');
    expect(cleanPseudonym('Zoë O’Neil').name).toBe('Zoë O’Neil');
  });

  it.each([
    '<b>x</b>',
    'a\u202eb',
    'a\u200bb',
    'a\u0000b',
    '...',
    '12345',
    '-ada',
    'ada😀',
    'ad\u0430', // a Cyrillic letter among Latin ones
    'a\u0300\u0301\u0302\u0303\u0304b',
    'House',
    'o.p-e_r ator',
    '0xabcdef0123',
  ])('is refused in one sentence: %j', (text) => {
    expect(refusal(text)).toMatch(/^The pseudonym .+\.$/);
  });

  it('is the same as another that differs in case, marks or what joins words only', () => {
    const key = (text: string) => cleanPseudonym(text).key;
    expect(key('Zoë O’Neil')).toBe(key('zoe o-neil'));
    expect(key('Ada')).not.toBe(key('Adam'));
    expect(keyOfName('')).toBe('');
  });

  it('whatever is typed, is refused by code or becomes something clean that stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        if (refusal(text) !== '') return;
        const { name, key } = cleanPseudonym(text);
        expect(cleanPseudonym(name)).toEqual({ name, key });
        expect([...name].length).toBeLessThanOrEqual(24);
        expect(key.length).toBeGreaterThan(0);
      }),
    );
  });
});

it('a team’s name has 2 to 32 letters', () => {
  expect(cleanTeamName('x'.repeat(32)).name).toHaveLength(32);
  expect(() => cleanTeamName('x'.repeat(33))).toThrow('The team’s name may have at most 32 letters.');
  expect(() => cleanTeamName('x')).toThrow('at least 2');
});
