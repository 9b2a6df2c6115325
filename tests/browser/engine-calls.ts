// What engine.test.ts and the worker it drives say to each other.
import type { Reflection } from '../../src/compiler/reflection.ts';
import type { BufferInit } from '../../src/engine/backend.ts';
import type { ShardUniform } from '../../src/engine/shard-uniform.ts';

export interface ProgramRun {
  readonly wgsl: string;
  readonly reflection: Reflection;
  readonly buffers: readonly (readonly [name: string, init: BufferInit])[];
  readonly shard: ShardUniform;
  readonly output: string;
  /** Workgroups a slice, at most; one whole run for each. */
  readonly slices: readonly number[];
}

export type HarnessCall =
  | { readonly kind: 'open' | 'losses' }
  | {
      readonly kind: 'run-slices' | 'read-fresh-buffer' | 'run-until-lost' | 'use-after-destroy' | 'prepare-after-destroy';
      readonly run: ProgramRun;
    };

export interface OpenReply {
  readonly reason: string;
  readonly deviceClass: string;
  readonly isFallback: boolean;
  readonly label: string;
}

export interface RunReply {
  readonly outputs: readonly Uint8Array[];
  readonly bindMs: number;
  readonly runMs: readonly number[];
}

export interface HarnessFault {
  readonly code: string;
  readonly message: string;
}
