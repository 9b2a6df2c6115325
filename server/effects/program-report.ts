// What an examination of an uploaded program asks and answers, between the coordinator and its child process.
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { ManifestReflection, StageSpec } from '../../src/protocol/job.ts';

export interface ExamineRequest {
  readonly stage: StageSpec;
  /** Bytes of each input by its name. */
  readonly inputs: Readonly<Record<string, Uint8Array>>;
}

/** Found by running sample workgroups on the CPU path. */
export interface SampleReport {
  readonly workgroups: number;
  /** CPU time of one workgroup on the coordinator's core, worst of the samples. */
  readonly msPerWorkgroup: number;
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
}

export type ExamineAnswer =
  | { readonly kind: 'report'; readonly report: ProgramReport }
  | { readonly kind: 'refused'; readonly fault: FaultBody };
