// How well a passphrase guards a file that somebody may find: a plain hint, not a promise.

export const MIN_PASSPHRASE = 10;
export type PassphraseRating = 'too-short' | 'weak' | 'fair' | 'strong';

/** Bits below which a stolen file is opened for the price of a rented machine, and above which it is not worth it. */
const FAIR_BITS = 50;
const STRONG_BITS = 75;

const KINDS = [
  { pattern: /[a-z]/, letters: 26 },
  { pattern: /[A-Z]/, letters: 26 },
  { pattern: /[0-9]/, letters: 10 },
  { pattern: / /, letters: 1 },
  { pattern: /[!-/:-@[-`{-~]/, letters: 32 },
  { pattern: /[^ -~]/, letters: 60 },
] as const;

/** Counts characters that say something new: "aaaaaaaaaa", "1234567890" and "abcabcabcabc" say little. */
export function ratePassphrase(passphrase: string): PassphraseRating {
  const characters = Array.from(passphrase);
  if (characters.length < MIN_PASSPHRASE) return 'too-short';
  const alphabet = KINDS.reduce((sum, { pattern, letters }) => sum + (pattern.test(passphrase) ? letters : 0), 0);
  const bits = countNew(characters) * Math.log2(alphabet);
  if (bits < FAIR_BITS) return 'weak';
  return bits < STRONG_BITS ? 'fair' : 'strong';
}

/** A character counts unless it repeats or follows the one before, or a pair was there already. */
function countNew(characters: readonly string[]): number {
  const pairs = new Set<string>();
  let count = 1;
  for (let at = 1; at < characters.length; at += 1) {
    const [before, here] = [characters[at - 1]!.toLowerCase(), characters[at]!.toLowerCase()];
    const step = here.codePointAt(0)! - before.codePointAt(0)!;
    if (Math.abs(step) > 1 && !pairs.has(before + here)) count += 1;
    pairs.add(before + here);
  }
  return count;
}
