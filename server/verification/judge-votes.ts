// Decides a shard from its copies: by digest where bytes must be equal, else by the largest group that agrees within tolerance.
import type { Digest } from '../../src/protocol/ids.ts';
import type { Comparison, Element } from '../../src/protocol/job.ts';
import { outlierShare } from '../../src/protocol/outlier-share.ts';
import { meanDifference } from './compare-outputs.ts';

export interface Ballot {
  readonly copy: number;
  readonly digest: Digest;
  /** Natural logarithm of P(good)/P(bad) of the device, from its record. */
  readonly logOdds: number;
  /** Parallel to the rules; null where digests alone decide. */
  readonly outputs: readonly Uint8Array[] | null;
}

export interface OutputRule {
  readonly element: Element;
  readonly comparison: Comparison;
}

export type Judgement =
  /** `more`: further copies that could decide it. */
  | { readonly kind: 'pending'; readonly more: number }
  | {
      readonly kind: 'agreed';
      readonly digest: Digest /** Whose digest is canonical. */;
      readonly canonical: number;
      readonly agreed: readonly number[];
      readonly outvoted: readonly number[];
    }
  | { readonly kind: 'failed' };

export interface Redundancy {
  readonly quorum: number;
  readonly maxCopies: number;
}

/** `ballots` in the order of arrival; at most 7, so that groups can be enumerated. */
export function judgeVotes(ballots: readonly Ballot[], rules: readonly OutputRule[], redundancy: Redundancy): Judgement {
  const isExact = rules.every(isExactRule);
  const groups = findGroups(ballots, rules, isExact);
  const best = groups[0];
  if (best && best.length >= redundancy.quorum && isStrictlyLargest(groups)) {
    // bytes that must be equal are equal: whoever is likeliest honest stands for all
    const canonical = isExact ? pickByOdds(best) : pickMedoid(best, rules);
    const agreed = best.map(copyOf);
    const outvoted = agreed.length === ballots.length ? [] : ballots.map(copyOf).filter((copy) => !agreed.includes(copy));
    return { kind: 'agreed', digest: canonical.digest, canonical: canonical.copy, agreed, outvoted };
  }
  // a tie between full groups widens by one; otherwise ask for what the best group lacks
  const largest = best?.length ?? 0;
  const room = redundancy.maxCopies - ballots.length;
  if (room <= 0 || largest + room < redundancy.quorum) return { kind: 'failed' };
  return { kind: 'pending', more: Math.min(room, Math.max(1, redundancy.quorum - largest)) };
}

/** Best first: by size, then by summed log-odds, then by who came first. */
function findGroups(ballots: readonly Ballot[], rules: readonly OutputRule[], isExact: boolean): readonly (readonly Ballot[])[] {
  const groups = isExact ? groupByDigest(ballots) : maximalCliques(ballots, rules);
  return groups.length < 2 ? groups : groups.sort((a, b) => b.length - a.length || sumOdds(b) - sumOdds(a));
}

function isExactRule({ comparison }: OutputRule): boolean {
  return comparison.kind === 'exact';
}

function copyOf({ copy }: Ballot): number {
  return copy;
}

function sumOdds(group: readonly Ballot[]): number {
  return group.reduce((sum, ballot) => sum + ballot.logOdds, 0);
}

function pickByOdds(group: readonly Ballot[]): Ballot {
  return group.reduce((best, ballot) => (ballot.logOdds > best.logOdds ? ballot : best));
}

function isStrictlyLargest(groups: readonly (readonly Ballot[])[]): boolean {
  const [first, second] = groups;
  if (!second || second.length < first!.length) return true;
  // overlapping groups of equal size tell no lie from truth apart either way; disjoint ones are a tie
  return second.some((ballot) => first!.includes(ballot));
}

function groupByDigest(ballots: readonly Ballot[]): Ballot[][] {
  const groups: Ballot[][] = [];
  for (const ballot of ballots) {
    const group = groups.find((others) => others[0]!.digest === ballot.digest);
    if (group) group.push(ballot);
    else groups.push([ballot]);
  }
  return groups;
}

/** "Within tolerance" is not transitive: every maximal set in which all pairs agree, by enumeration of at most 2^7 sets. */
function maximalCliques(ballots: readonly Ballot[], rules: readonly OutputRule[]): Ballot[][] {
  const agrees = ballots.map((a, i) => ballots.map((b, j) => i === j || (i < j ? doAgree(a, b, rules) : false)));
  const isPair = (i: number, j: number) => (i < j ? agrees[i]![j]! : agrees[j]![i]!);
  const cliques: number[] = [];
  for (let set = (1 << ballots.length) - 1; set > 0; set--) {
    const members = ballots.map((_, i) => i).filter((i) => set & (1 << i));
    if (members.every((i) => members.every((j) => i === j || isPair(i, j))) && !cliques.some((clique) => (clique & set) === set))
      cliques.push(set);
  }
  return cliques.map((set) => ballots.filter((_, i) => set & (1 << i)));
}

function doAgree(a: Ballot, b: Ballot, rules: readonly OutputRule[]): boolean {
  if (a.digest === b.digest) return true;
  if (!a.outputs || !b.outputs) return false;
  return rules.every((rule, i) => {
    const [left, right] = [a.outputs![i]!, b.outputs![i]!];
    if (rule.comparison.kind !== 'tolerance') return left.length === right.length && left.every((byte, at) => byte === right[at]);
    return outlierShare(left, right, rule.element, rule.comparison) <= rule.comparison.maxOutlierShare;
  });
}

/** The member with the smallest largest difference to the others; then higher odds; then lower digest. Somebody signed for its bytes. */
function pickMedoid(group: readonly Ballot[], rules: readonly OutputRule[]): Ballot {
  const spread = (ballot: Ballot) =>
    Math.max(0, ...group.map((other) => (ballot.outputs && other.outputs ? sumDifferences(ballot.outputs, other.outputs, rules) : 0)));
  const ranked = group.map((ballot) => ({ ballot, spread: spread(ballot) }));
  ranked.sort((a, b) => a.spread - b.spread || b.ballot.logOdds - a.ballot.logOdds || (a.ballot.digest < b.ballot.digest ? -1 : 1));
  return ranked[0]!.ballot;
}

function sumDifferences(a: readonly Uint8Array[], b: readonly Uint8Array[], rules: readonly OutputRule[]): number {
  return rules.reduce((sum, rule, i) => sum + meanDifference(a[i]!, b[i]!, rule.element), 0);
}
