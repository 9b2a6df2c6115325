// What the coordinator asks of its child process, and what comes back: the examination of an uploaded program, and one leaf computed again.
import type { Leaf, LeafProgram } from '../../src/engine/cpu/recheck-leaf.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { ManifestReflection, StageSpec } from '../../src/protocol/job.ts';
import type { LintReport } from '../../src/protocol/lint.ts';

export interface ExamineRequest {
  readonly stage: StageSpec;
  /** Bytes of each input by its name. */
  readonly inputs: Readonly<Record<string, Uint8Array>>;
}

/** Found by running sample workgroups on the CPU path. */
export interface SampleReport {
  readonly workgroups: number;
  /** Work units of one workgroup, the most of the samples: the same on every machine. */
  readonly workPerWorkgroup: number;
}

export interface ProgramReport {
  readonly reflection: ManifestReflection;
  /** Packed bytes of the uniform named `parameters`, or null when the program has none. */
  readonly parameters: Uint8Array | null;
  /** The program as WASM, or null when only a GPU can run it. */
  readonly module: Uint8Array | null;
  /** The compiler's reason when `module` is null. */
  readonly gpuOnlyReason: string | null;
  readonly sample: SampleReport | null;
  /** What outputs can be compared by, and why; null when only a GPU can run the program. */
  readonly lint: LintReport | null;
}

/** One leaf of a shard's output, for an audit or between two results that differ. */
export interface RecheckRequest {
  readonly program: LeafProgram;
  /** Bytes of each input whole, packed parameters among them. */
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  readonly shard: { readonly base: number; readonly count: number };
  readonly leaf: Leaf;
}

export interface RecheckedLeaf {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

export type ProcessRequest =
  | { readonly kind: 'examine'; readonly request: ExamineRequest }
  | { readonly kind: 'recheck'; readonly request: RecheckRequest };

export type ProcessAnswer =
  | { readonly kind: 'leaf'; readonly leaf: RecheckedLeaf }
  | { readonly kind: 'report'; readonly report: ProgramReport }
  | { readonly kind: 'refused'; readonly fault: FaultBody };
