// Who counts as one: copies and failures of one account, or from one address range, are one voice.
import type { AccountId } from '../../src/protocol/ids.ts';

export interface Voice {
  readonly account: AccountId;
  /** Null where the range rule does not apply. */
  readonly addressRange: string | null;
}

export function isSameVoice(a: Voice, b: Voice): boolean {
  return a.account === b.account || (a.addressRange !== null && a.addressRange === b.addressRange);
}

/** Voices that are independent of every earlier one. */
export function countVoices(voices: readonly Voice[]): number {
  const counted: Voice[] = [];
  for (const voice of voices) if (!counted.some((other) => isSameVoice(other, voice))) counted.push(voice);
  return counted.length;
}
