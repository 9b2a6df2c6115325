// Which copies win: majorities, ties, tolerance groups and their medoid.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ballot, judgeVotes, type OutputRule } from '../../../../server/verification/judge-votes.ts';
import type { Digest } from '../../../../src/protocol/ids.ts';

const EXACT: readonly OutputRule[] = [{ element: 'u8', comparison: { kind: 'exact' } }];
const within = (abs: number, maxOutlierShare = 0): readonly OutputRule[] => [
  { element: 'u8', comparison: { kind: 'tolerance', abs, rel: 0, maxOutlierShare } },
];
const ballot = (copy: number, value: number, logOdds = 1): Ballot => ({
  copy,
  digest: String(value).padStart(64, '0') as Digest,
  logOdds,
  outputs: [new Uint8Array(10).fill(value)],
});
const of = (...values: number[]) => values.map((value, copy) => ballot(copy, value));

describe('judgeVotes, exact', () => {
  it.each([
    [[1], { kind: 'pending', more: 1 }],
    [[1, 2], { kind: 'pending', more: 1 }],
    [[1, 2, 3], { kind: 'pending', more: 1 }],
    [[1, 2, 3, 4, 5], { kind: 'failed' }],
  ])('%j → %j', (values, expected) => {
    expect(judgeVotes(of(...values), EXACT, { quorum: 2, maxCopies: 5 })).toEqual(expected);
  });

  it('needs the whole quorum, whatever its size', () => {
    expect(judgeVotes(of(1, 1), EXACT, { quorum: 3, maxCopies: 5 })).toEqual({ kind: 'pending', more: 1 });
    expect(judgeVotes(of(1, 1, 1), EXACT, { quorum: 3, maxCopies: 5 })).toMatchObject({ kind: 'agreed', agreed: [0, 1, 2] });
  });

  it('widens when two groups are full', () => {
    expect(judgeVotes(of(1, 2, 1, 2), EXACT, { quorum: 2, maxCopies: 5 })).toEqual({ kind: 'pending', more: 1 });
    expect(judgeVotes(of(1, 2, 1, 2, 1), EXACT, { quorum: 2, maxCopies: 5 })).toMatchObject({
      kind: 'agreed',
      agreed: [0, 2, 4],
      outvoted: [1, 3],
    });
    expect(judgeVotes(of(1, 2, 1, 2), EXACT, { quorum: 2, maxCopies: 4 })).toEqual({ kind: 'failed' });
  });

  it('fails as soon as no group can reach the quorum', () => {
    expect(judgeVotes(of(1, 2, 3), EXACT, { quorum: 3, maxCopies: 4 })).toEqual({ kind: 'failed' });
    expect(judgeVotes(of(1, 2, 3), EXACT, { quorum: 3, maxCopies: 5 })).toEqual({ kind: 'pending', more: 2 });
  });

  it('agrees only on a group of at least the quorum, for any votes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 5 }),
        (values, quorum) => {
          const judged = judgeVotes(of(...values), EXACT, { quorum, maxCopies: 7 });
          if (judged.kind !== 'agreed') return;
          const winner = values[judged.canonical];
          expect(judged.agreed.length).toBeGreaterThanOrEqual(quorum);
          expect(judged.agreed.every((copy) => values[copy] === winner)).toBe(true);
          expect([...judged.agreed, ...judged.outvoted].sort()).toEqual(values.map((_, copy) => copy));
        },
      ),
    );
  });
});

describe('judgeVotes, within a tolerance', () => {
  it('takes the medoid of the group, never a mixture', () => {
    const judged = judgeVotes(of(10, 12, 11), within(2), { quorum: 3, maxCopies: 5 });
    expect(judged).toMatchObject({ kind: 'agreed', canonical: 2, agreed: [0, 1, 2] });
  });

  it('is not fooled by agreement that is not transitive', () => {
    // 10~12 and 12~14, but not 10~14: no three agree
    expect(judgeVotes(of(10, 12, 14), within(2), { quorum: 3, maxCopies: 5 })).toMatchObject({ kind: 'pending' });
  });

  it('prefers the group whose devices have the better record', () => {
    const ballots = [ballot(0, 10, 0.1), ballot(1, 12, 2), ballot(2, 14, 2)];
    expect(judgeVotes(ballots, within(2), { quorum: 2, maxCopies: 5 })).toMatchObject({ kind: 'agreed', agreed: [1, 2] });
  });

  it('leaves a copy outside the bound out', () => {
    expect(judgeVotes(of(10, 90, 11), within(2), { quorum: 2, maxCopies: 5 })).toMatchObject({
      kind: 'agreed',
      agreed: [0, 2],
      outvoted: [1],
    });
  });

  it('allows the declared share of outliers and no more', () => {
    const odd = (count: number): Ballot => {
      const outputs = new Uint8Array(10).fill(10);
      outputs.fill(200, 0, count);
      return { copy: 1, digest: 'f'.repeat(64) as Digest, logOdds: 1, outputs: [outputs] };
    };
    const judge = (count: number) => judgeVotes([ballot(0, 10), odd(count)], within(0, 0.2), { quorum: 2, maxCopies: 5 }).kind;
    expect(judge(2)).toBe('agreed');
    expect(judge(3)).toBe('pending');
  });
});
