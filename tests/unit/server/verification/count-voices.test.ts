// Who counts as one.
import { describe, expect, it } from 'vitest';
import { countVoices, isSameVoice } from '../../../../server/verification/count-voices.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';

const voice = (account: number, addressRange: string | null = null) => ({ account: account as AccountId, addressRange });

describe('isSameVoice', () => {
  it('is one account, or one range, but never two without a range', () => {
    expect(isSameVoice(voice(1), voice(1, 'a'))).toBe(true);
    expect(isSameVoice(voice(1, 'a'), voice(2, 'a'))).toBe(true);
    expect(isSameVoice(voice(1, 'a'), voice(2, 'b'))).toBe(false);
    expect(isSameVoice(voice(1), voice(2))).toBe(false);
  });
});

describe('countVoices', () => {
  it('counts those that are independent of every earlier one', () => {
    expect(countVoices([])).toBe(0);
    expect(countVoices([voice(1, 'a'), voice(2, 'a'), voice(1, 'b'), voice(3, 'b'), voice(4), voice(5)])).toBe(4);
  });
});
