// The job a requester asks for, and the manifest that contributors fetch for one of its stages.
import type { Digest, JobId, MicroCredits } from './ids.ts';

export type Size3 = readonly [x: number, y: number, z: number];

export const ELEMENTS = ['u8', 'u32', 'i32', 'f32'] as const;
/** How an output's bytes are read when results are compared within a tolerance. */
export type Element = (typeof ELEMENTS)[number];

/** A workgroup writes only its own contiguous piece, or the shard is one piece. */
export type OutputLayout =
  | { readonly kind: 'byWorkgroup'; readonly bytesPerWorkgroup: number }
  | { readonly kind: 'whole'; readonly bytes: number };

/**
 * When two copies of a shard agree. `tolerance`: elements a, b agree when |a-b| <= abs + rel*max(|a|,|b|);
 * at most `maxOutlierShare` of the elements may disagree (discontinuous programs flip a few on honest devices).
 * `class` and `aggregate` are in the format and refused as not-yet.
 */
export type Comparison =
  | { readonly kind: 'exact' }
  | { readonly kind: 'tolerance'; readonly abs: number; readonly rel: number; readonly maxOutlierShare: number }
  | { readonly kind: 'class' }
  | { readonly kind: 'aggregate'; readonly reduce: 'median' | 'mean' | 'vote' };

export interface OutputSpec {
  readonly layout: OutputLayout;
  readonly element: Element;
  readonly comparison: Comparison;
}

/** Bytes by digest, given whole to every shard or sliced by workgroup, or the output of an earlier stage (not yet). */
export type InputSpec =
  | { readonly digest: Digest; readonly slice?: { readonly bytesPerWorkgroup: number } }
  | { readonly stage: string; readonly output: string; readonly slice?: { readonly bytesPerWorkgroup: number }; readonly round?: number };

export interface StageSpec {
  readonly name: string;
  /** WGSL source, UTF-8. */
  readonly wgsl: string;
  readonly entryPoint?: string;
  /** Workgroups of the whole stage. */
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  /** Members of the program's uniform struct named `parameters`. */
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
}

/** How the app shows a result. `picture`: one workgroup is one `square` of rgba8 pixels, rows from the top. */
export type View =
  | {
      readonly kind: 'picture';
      readonly output: string;
      readonly square: readonly [width: number, height: number];
      readonly format: 'rgba8';
    }
  | { readonly kind: 'table'; readonly output: string; readonly columns: readonly TableColumn[] }
  | { readonly kind: 'bytes'; readonly output: string };

export interface TableColumn {
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'f32' | 'u64';
}

export const TIERS = ['voted', 'audited-single', 'audited-pair', 'class-triple'] as const;
export type Tier = (typeof TIERS)[number];

/** Which devices may compute the job; `null` leaves the choice to the coordinator (others are not yet built). */
export interface ProviderFilter {
  readonly price: MicroCredits | null;
  /** Workgroups a second of the job's sample. */
  readonly speed: number | null;
  /** Share of verified results, 0 to 1. */
  readonly reliability: number | null;
}

export interface Redundancy {
  /** Copies that must agree. */
  readonly quorum: number;
  /** Copies after which the shard is given up. */
  readonly maxCopies: number;
}

export interface JobSpec {
  readonly title: string;
  readonly description: string;
  readonly template: string | null;
  readonly stages: readonly StageSpec[];
  readonly rounds: number;
  readonly redundancy: Redundancy;
  /** The most the job may cost in all; JSON carries it as a decimal string of micro-credits. */
  readonly maxPrice: MicroCredits | null;
  /** Milliseconds since 1970 after which what is unfinished is cancelled and refunded. */
  readonly deadlineMs: number | null;
  readonly providers: ProviderFilter;
  readonly visibility: 'public' | 'private';
  readonly tier: Tier;
  readonly view: View;
}

/** What a contributor needs of one stage; fetched once by digest (canonical JSON) and kept. */
export interface StageManifest {
  readonly v: 1;
  readonly job: JobId;
  readonly stage: number;
  readonly title: string;
  readonly wgsl: Digest;
  /** The same program as WASM, or null when only a GPU can run it. */
  readonly module: Digest | null;
  /** What reflection found (src/compiler's Reflection as JSON). */
  readonly reflection: ManifestReflection;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  readonly inputs: readonly ManifestInput[];
  readonly outputs: readonly ManifestOutput[];
  readonly view: View;
  /** Work units of one workgroup as the coordinator's samples counted them; null for a program that only a GPU can run, absent in old jobs. */
  readonly workPerWorkgroup?: number | null;
}

export interface ManifestReflection {
  readonly entryPoint: string;
  readonly workgroupSize: Size3;
  readonly bindings: readonly {
    readonly name: string;
    readonly group: number;
    readonly binding: number;
    readonly space: 'uniform' | 'storage';
    readonly access: 'read' | 'read_write';
    readonly minBytes: number;
  }[];
}

/** One binding that is filled before the shard runs; packed parameters are an input like any other. */
export interface ManifestInput {
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly bytesPerWorkgroup: number | null;
}

export interface ManifestOutput extends OutputSpec {
  readonly name: string;
  /** Consecutive workgroups whose bytes make one Merkle leaf. */
  readonly workgroupsPerLeaf: number;
}
