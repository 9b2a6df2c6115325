// When a new version may come: who looks, who types, who computes, and whether the coordinator still talks to this one.
import { describe, expect, test } from 'vitest';
import { pickUpdateMoment, type UpdateMoment } from '../../../src/pwa/pick-update-moment.ts';

const QUIET: UpdateMoment = { isVisible: false, isTyping: false, isComputing: false, isTooOld: false };

describe('a new version', () => {
  test.each([
    ['hidden and idle', {}, 'now'],
    ['looked at', { isVisible: true }, 'ask'],
    ['computing behind other tabs', { isComputing: true }, 'ask'],
    ['hidden, with words typed', { isTyping: true }, 'ask'],
    ['no longer let in, looked at', { isTooOld: true, isVisible: true }, 'now'],
    ['no longer let in, hidden', { isTooOld: true }, 'now'],
    ['no longer let in, with words typed', { isTooOld: true, isVisible: true, isTyping: true }, 'ask'],
  ] as const)('%s: %s', (_, moment, expected) => {
    expect(pickUpdateMoment({ ...QUIET, ...moment })).toBe(expected);
  });
});
