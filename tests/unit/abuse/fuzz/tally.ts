// What a family of fuzzing counts, and the one judgement all share: whatever is refused is refused as a Fault of an expected code.
import { Fault, type FaultCode } from '../../../../src/protocol/fault.ts';

export interface FuzzTally {
  cases: number;
  /** Cases that were as good as a correct peer's. */
  taken: number;
  readonly refused: Partial<Record<FaultCode, number>>;
}

/** `cases` cases from this seed; throws at the first that is not refused as it should be. */
export type FuzzFamily = (cases: number, seed: number) => Promise<FuzzTally>;

export function createTally(): FuzzTally {
  return { cases: 0, taken: 0, refused: {} };
}

/** Anything but a Fault of one of these codes is thrown on, with what was fed. */
export function countRefusal(tally: FuzzTally, cause: unknown, codes: readonly FaultCode[], show: () => string): void {
  if (!(cause instanceof Fault) || !codes.includes(cause.code)) {
    throw new Error(`Case ${tally.cases} was met with ${cause instanceof Fault ? cause.code : 'a bare exception'}: ${show()}`, {
      cause,
    });
  }
  tally.refused[cause.code] = (tally.refused[cause.code] ?? 0) + 1;
}

export function showBytes(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, 512)).toString('hex');
  return `${bytes.length} bytes ${shown}${bytes.length > 512 ? '…' : ''}`;
}
