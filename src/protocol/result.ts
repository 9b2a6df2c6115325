// What comes back for an assignment: digests of the outputs (and their bytes, now or when asked), or why not.
import type { AssignmentClaim } from './assignment.ts';
import type { Digest } from './ids.ts';

export const FAILURES = [
  'gpu-lost',
  'out-of-memory',
  'program-trap',
  'compile-failed',
  'inputs-unavailable',
  'timed-out',
  'unsupported',
] as const;
export type FailureCode = (typeof FAILURES)[number];

/** One output of a shard; a result has them in the manifest's order. */
export interface OutputResult {
  /** Merkle root over the output's leaves. */
  readonly root: Digest;
  readonly bytes: number;
  /** Where the bytes lie in the message's payload, or null when the coordinator may ask for them later. */
  readonly payloadOffset: number | null;
}

export type ResultOutcome =
  | { readonly kind: 'done'; readonly outputs: readonly OutputResult[]; readonly elapsedMs: number; readonly engine: 'gpu' | 'cpu' }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string }
  /** Handed back without computing: paused, stopped or closing. */
  | { readonly kind: 'released' };

export interface Result {
  readonly claim: AssignmentClaim;
  readonly mac: Uint8Array;
  readonly outcome: ResultOutcome;
}
