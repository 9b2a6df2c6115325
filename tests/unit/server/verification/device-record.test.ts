// What a device's record says about it.
import { describe, expect, it } from 'vitest';
import {
  isDoubted,
  isSuspended,
  logOdds,
  MAX_FAILED,
  MAX_OUTVOTED_EXACT,
  NEW_DEVICE,
} from '../../../../server/verification/device-record.ts';

const record = (fields: Partial<typeof NEW_DEVICE>) => ({ ...NEW_DEVICE, ...fields });

describe('a device record', () => {
  it('gains odds by verified shards and loses them by lost votes, exact ones most', () => {
    expect(logOdds(record({ verified: 100 }))).toBeGreaterThan(logOdds(NEW_DEVICE));
    expect(logOdds(record({ outvotedTolerance: 1 }))).toBeLessThan(logOdds(NEW_DEVICE));
    expect(logOdds(record({ outvotedExact: 1 }))).toBeLessThan(logOdds(record({ outvotedTolerance: 1 })));
  });

  it('suspends at the limit of lost exact votes and not before, with room for a long record', () => {
    expect(isSuspended(record({ outvotedExact: MAX_OUTVOTED_EXACT - 1 }))).toBe(false);
    expect(isSuspended(record({ outvotedExact: MAX_OUTVOTED_EXACT }))).toBe(true);
    expect(isSuspended(record({ outvotedExact: MAX_OUTVOTED_EXACT, verified: 100 }))).toBe(false);
  });

  it('never suspends by float mismatches, however many', () => {
    expect(isSuspended(record({ outvotedTolerance: 10_000 }))).toBe(false);
  });

  it('suspends a device that fails more than it verifies', () => {
    expect(isSuspended(record({ failed: MAX_FAILED }))).toBe(false);
    expect(isSuspended(record({ failed: MAX_FAILED + 1 }))).toBe(true);
    expect(isSuspended(record({ failed: MAX_FAILED + 1, verified: 1 }))).toBe(false);
  });

  it('doubts a device that is outvoted more often than not, once it has been judged eight times', () => {
    expect(isDoubted(record({ outvotedTolerance: 7 }))).toBe(false);
    expect(isDoubted(record({ outvotedTolerance: 8 }))).toBe(true);
    expect(isDoubted(record({ outvotedTolerance: 8, verified: 8 }))).toBe(false);
  });
});
