// What a visitor said and for how long; what a host may ask for; which devices are left alone; the visitor's part.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitPay } from '../../../server/ledger/split-pay.ts';
import { CONSENT_VERSION, consentKey, judgeConsent, makeConsent, NO_HOLDS_MS, YES_HOLDS_MS } from '../../../src/widget/consent.ts';
import {
  DEFAULT_LOAD,
  isOwnHost,
  MAX_LOAD,
  MIN_LOAD,
  parseFrameOptions,
  parseThrottle,
  pickLoad,
} from '../../../src/widget/frame-options.ts';
import { wordsOf } from '../../../src/widget/frame-words.ts';
import { HOLD_REASONS, type HoldReason, judgeDevice, MIN_CORES } from '../../../src/widget/judge-device.ts';
import { visitorPart } from '../../../src/widget/visitor-part.ts';

const NOW = 1_000_000_000_000;

describe('consent', () => {
  test.each([
    ['yes', 0, 'yes'],
    ['yes', YES_HOLDS_MS - 1, 'yes'],
    ['yes', YES_HOLDS_MS, 'ask'],
    ['no', YES_HOLDS_MS, 'no'],
    ['no', NO_HOLDS_MS - 1, 'no'],
    ['no', NO_HOLDS_MS, 'ask'],
    ['yes', -1, 'ask'],
    ['no', -1, 'ask'],
  ] as const)('%s after %i ms is %s', (answer, ageMs, verdict) =>
    expect(judgeConsent(makeConsent(answer, NOW - ageMs), NOW)).toBe(verdict),
  );

  test('a Yes to another text is asked again, a No is still a No', () => {
    const older = (answer: string) => JSON.stringify({ answer, atMs: NOW, version: CONSENT_VERSION - 1 });
    expect(judgeConsent(older('yes'), NOW)).toBe('ask');
    expect(judgeConsent(older('no'), NOW)).toBe('no');
  });

  test.each([
    null,
    '',
    'yes',
    'null',
    '[]',
    '{}',
    '{"answer":"yes"}',
    '{"answer":"yes","atMs":"1","version":1}',
    '{"answer":"maybe","atMs":1,"version":1}',
  ])('%s is asked again', (stored) => expect(judgeConsent(stored, NOW)).toBe('ask'));

  test('whatever is stored, it is judged', () => {
    fc.assert(fc.property(fc.string(), (stored) => judgeConsent(stored, NOW) === 'ask'));
  });

  test('each host has its own', () => expect(consentKey('a.example')).not.toBe(consentKey('b.example')));
});

describe('what a host may say', () => {
  test('nothing said is the default', () => {
    expect(parseFrameOptions('', ['fr', 'de'])).toEqual({ site: null, theme: 'auto', lang: 'en', throttle: 1 });
    expect(parseFrameOptions('?site=&theme=&lang=&throttle=', ['de-AT'])).toEqual({ site: null, theme: 'auto', lang: 'de', throttle: 1 });
  });
  test('all said', () => {
    expect(parseFrameOptions('?site=123&theme=dark&lang=de&throttle=0.1', [])).toEqual({
      site: 123,
      theme: 'dark',
      lang: 'de',
      throttle: 0.1,
    });
  });
  test.each(['0', '-1', '1.5', 'abc', '9'.repeat(16), '1e3'])('%s is no site', (site) => {
    expect(parseFrameOptions(`?site=${site}`, []).site).toBeNull();
  });
  test.each([
    [0.2, 0.2],
    ['0.2', 0.2],
    [2, 1],
    [0, MIN_LOAD],
    [-5, MIN_LOAD],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['', null],
    [null, null],
    [{}, null],
  ])('a throttle of %o is %o', (value, throttle) => expect(parseThrottle(value)).toBe(throttle));

  test('the host can lower the load and never raise it above the visitor’s, nor anyone above the cap', () => {
    fc.assert(
      fc.property(
        fc.double({ min: MIN_LOAD, max: 1, noNaN: true }),
        fc.double({ min: MIN_LOAD, max: 1, noNaN: true }),
        (chosen, throttle) => {
          const load = pickLoad(chosen, throttle);
          expect(load).toBeLessThanOrEqual(Math.min(chosen, throttle, MAX_LOAD));
          expect(load).toBeGreaterThanOrEqual(MIN_LOAD);
        },
      ),
    );
    expect(pickLoad(DEFAULT_LOAD, 1)).toBe(0.2);
    expect(pickLoad(1, 1)).toBe(0.6);
  });

  test.each([
    ['app.org', 'app.org', true],
    ['app.org:444', 'app.org', true],
    ['blog.app.org', 'app.org', true],
    ['app.org', 'www.app.org', true],
    ['myapp.org', 'app.org', false],
    ['localhost:1', 'localhost:2', true],
    ['localhost:1', '127.0.0.1:1', false],
  ])('a page on %s is our own (%s): %s', (host, own, is) => expect(isOwnHost(host, own)).toBe(is));
});

describe('a device', () => {
  const fine = { isOnBattery: false, savesData: false, cores: MIN_CORES, isPhone: false };
  const cases: readonly (readonly [HoldReason, object])[] = [
    ['on-battery', { isOnBattery: true }],
    ['saving-data', { savesData: true }],
    ['few-cores', { cores: MIN_CORES - 1 }],
    ['phone', { isPhone: true }],
  ];
  test('that is none of these may be used', () => expect(judgeDevice(fine, new Set())).toBeNull());
  test.each(cases)('%s is left alone until its owner says otherwise', (reason, facts) => {
    expect(judgeDevice({ ...fine, ...facts }, new Set())).toBe(reason);
    expect(judgeDevice({ ...fine, ...facts }, new Set([reason]))).toBeNull();
    expect(judgeDevice({ ...fine, ...facts }, new Set(HOLD_REASONS.filter((other) => other !== reason)))).toBe(reason);
  });
});

test('what the widget calls the visitor’s is what the ledger pays', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 100 }), (amount, percent) => {
      expect(visitorPart(amount, percent)).toBe(splitPay({ earned: amount, granted: 0n }, percent).visitor.earned);
    }),
  );
});

test('both languages say the same things', () => {
  expect(Object.keys(wordsOf('de'))).toEqual(Object.keys(wordsOf('en')));
  expect(wordsOf('de').split(70, 'x.org')).toMatch(/70 %.*30 %/);
  expect(wordsOf('en').split(70, 'x.org')).toMatch(/70 %.*30 %/);
});
