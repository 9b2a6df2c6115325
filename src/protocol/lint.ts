// What the lint says of a program: which outputs can be compared bit for bit, which only within a tolerance, which not at all, and why.
import type { Comparison } from './job.ts';

/**
 * `exact`: every honest device gives the same bytes. `tolerance`: devices may differ in the last bits, or now and then by a step. `order`: the bytes
 * depend on the order in which invocations run, which no device promises, so that honest copies can disagree.
 */
export const LINT_VERDICTS = ['exact', 'tolerance', 'order'] as const;
export type LintVerdict = (typeof LINT_VERDICTS)[number];

export interface LintReason {
  /** One sentence. */
  readonly sentence: string;
  /** In the WGSL, from 1, in order; none when it is about the program as a whole. */
  readonly lines: readonly number[];
}

export interface OutputLint {
  readonly name: string;
  readonly verdict: LintVerdict;
  readonly reasons: readonly LintReason[];
  /** What to compare copies by; of an `order` it is no more than the best there is. */
  readonly suggested: Comparison;
  /** Is what the job asks for at least as forgiving? An exact comparison of what is only near is not. */
  readonly fits: boolean;
}

export interface LintReport {
  readonly outputs: readonly OutputLint[];
  /** Workgroups that were run forwards and backwards. */
  readonly workgroups: number;
}

/** What a requester must know before paying, in one sentence; null when copies of this output can agree as the job asks. */
export function warnOfLint({ name, verdict, fits, reasons }: OutputLint): string | null {
  const lines = reasons[0]?.lines ?? [];
  const where = lines.length === 0 ? '' : ` (line ${lines[0]})`;
  if (verdict === 'order')
    return `Output ${name} depends on the order in which invocations run${where}, so copies from honest devices may never agree.`;
  return fits ? null : `Output ${name} is compared bit for bit, but devices may differ in it${where}: compare it within a tolerance.`;
}

/** "line 12" or "lines 12, 14 and 20". */
export function sayLines(lines: readonly number[]): string {
  const last = lines.at(-1);
  return lines.length < 2 ? `line ${last}` : `lines ${lines.slice(0, -1).join(', ')} and ${last}`;
}
