// The snippet, the other name of this machine, the sober estimate; and the security page says what the server sends.
import { describe, expect, test } from 'vitest';
import { FRAME_HEADERS } from '../../../server/http/security-headers.ts';
import type { SiteId } from '../../../src/protocol/api-sites.ts';
import { DEFAULT_GUESS, estimateSite } from '../../../src/ui/pages/embed/estimate-site.ts';
import { DEFAULT_SNIPPET, makePolicyLines, makeSnippet, otherOrigin } from '../../../src/ui/pages/embed/make-snippet.ts';
import { FRAME_HEADER_LINES } from '../../../src/ui/pages/security/frame-headers.ts';

const SITE = 500 as SiteId;

describe('the snippet', () => {
  test('says no more than what differs from the defaults', () => {
    expect(makeSnippet('https://app.example', SITE, DEFAULT_SNIPPET)).toBe(
      '<script src="https://app.example/w.js" async></script>\n<ostraka-widget site="500"></ostraka-widget>',
    );
    expect(makeSnippet('https://app.example', SITE, { theme: 'dark', lang: 'de', percent: 15 })).toContain(
      '<ostraka-widget site="500" theme="dark" lang="de" throttle="0.15">',
    );
  });
  test('needs two permissions', () => expect(makePolicyLines('https://a.b')).toBe('script-src https://a.b;\nframe-src https://a.b;'));
});

test.each([
  ['http://127.0.0.1:8787', 'http://localhost:8787'],
  ['http://localhost', 'http://127.0.0.1'],
  ['https://app.example', null],
])('%s is also %s', (origin, other) => expect(otherOrigin(origin)).toBe(other));

describe('the estimate', () => {
  test('is in proportion, rounded down, and never more than the share', () => {
    expect(estimateSite({ visitsADay: 1_000, yesPercent: 1, minutes: 1 }, 100)).toBe(30_000_000n);
    expect(estimateSite({ visitsADay: 1_000, yesPercent: 1, minutes: 1 }, 70)).toBe(21_000_000n);
    expect(estimateSite({ ...DEFAULT_GUESS, visitsADay: 0 }, 70)).toBe(0n);
    expect(estimateSite({ ...DEFAULT_GUESS, minutes: Number.NaN }, 70)).toBe(0n);
  });
});

test('the security page shows the headers that the frame is sent with', () => {
  const { Vary: _, ...sent } = FRAME_HEADERS;
  expect(FRAME_HEADER_LINES).toEqual(Object.entries(sent).map(([name, value]) => `${name}: ${value}`));
});
