// What an engine worker answers, whichever kind of worker it is: it only computes, and may be killed at any moment.
import type { ProgramSource } from '../engine/backend.ts';
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import type { Rhythm } from '../engine/keep-duty.ts';
import type { ShardUniform } from '../engine/shard-uniform.ts';
import type { Digest } from '../protocol/ids.ts';
import type { FailureCode } from '../protocol/result.ts';
import type { EngineKind, EngineView, NoEngine } from './state.ts';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A stage's program with the inputs that every shard of it shares. */
export interface EngineProgram {
  /** The manifest's digest. */
  readonly key: Digest;
  readonly source: ProgramSource;
  readonly inputs: readonly NamedBytes[];
}

export interface EngineRequest {
  /** Of a program loaded before. */
  readonly key: Digest;
  readonly shard: ShardUniform;
  /** This shard's parts of sliced inputs. */
  readonly slices: readonly NamedBytes[];
  readonly outputs: readonly { readonly name: string; readonly bytes: number }[];
}

export type EngineReport =
  | { readonly kind: 'done'; readonly outputs: readonly NamedBytes[]; readonly computeMs: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };

export interface EngineWish {
  readonly kind: EngineKind;
  readonly softwareGpu: SoftwareGpu;
  /** A hint to the browser, where there are two GPUs. */
  readonly powerPreference: 'low-power' | 'high-performance';
}

export interface OpenEngine {
  readonly view: EngineView;
  readonly maxBufferBytes: number;
}

export type EngineStart = ({ readonly isOpen: true } & OpenEngine) | ({ readonly isOpen: false } & NoEngine);

export type EngineNews =
  | { readonly kind: 'progress'; readonly doneWorkgroups: number }
  /** Of the last `spanMs` so much was work; spans follow each other without gaps while a shard runs. */
  | { readonly kind: 'busy'; readonly busyMs: number; readonly spanMs: number; readonly isSteppingBack: boolean }
  /** The GPU went away by itself; this worker is of no more use. */
  | { readonly kind: 'lost'; readonly message: string };

export interface EngineApi {
  start(wish: EngineWish): Promise<EngineStart>;
  /** Null when the program is ready, else why it cannot run here. */
  load(program: EngineProgram): Promise<Extract<EngineReport, { kind: 'failed' }> | null>;
  unload(key: Digest): Promise<void>;
  run(request: EngineRequest): Promise<EngineReport>;
  /** Ends the shard that runs, between two slices. */
  stop(): Promise<void>;
  setRhythm(rhythm: Rhythm): Promise<void>;
}
