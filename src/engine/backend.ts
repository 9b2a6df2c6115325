/** The one interface of everything that can run a program over buffers: a GPU by WebGPU, a CPU by WebAssembly. */
import type { Reflection } from '../compiler/reflection.ts';
import type { ShardUniform } from './shard-uniform.ts';

export interface ProgramSource {
  readonly wgsl: string;
  /** The compiled module, when the coordinator shipped one; null: the CPU backend compiles the text itself. */
  readonly module: Uint8Array | null;
  readonly reflection: Reflection;
}

export interface Backend {
  readonly kind: 'gpu' | 'cpu';
  readonly label: string;
  prepare(source: ProgramSource): Promise<PreparedProgram>;
  /** The same small piece of work each time, some milliseconds at most: how long it takes tells whether others use the processor too. */
  probe?(): Promise<void>;
  destroy(): void;
}

export interface PreparedProgram {
  /** Buffers by WGSL variable name: every binding but the Shard uniform. */
  bind(buffers: ReadonlyMap<string, BufferInit>): Promise<BoundProgram>;
  destroy(): void;
}

export type BufferInit = { readonly bytes: Uint8Array } | { readonly zeroBytes: number };

export interface BoundProgram {
  /** Runs one box of workgroups of the shard, after writing the Shard uniform; resolves when the work is done. */
  dispatch(box: DispatchBox, shard: ShardUniform): Promise<void>;
  /** Of the last dispatch: what was work, where it also let others have their turn. Undefined: all of its time. */
  readonly lastWorkMs?: number;
  /** A copy of a buffer's bytes. */
  read(name: string): Promise<Uint8Array>;
  /** Gives some buffers new contents for the next shard; sizes may change; buffers not named keep their bytes. */
  reset(buffers: ReadonlyMap<string, BufferInit>): Promise<void>;
  destroy(): void;
}

/** In workgroups of the stage's grid. */
export interface DispatchBox {
  readonly first: readonly [number, number, number];
  readonly size: readonly [number, number, number];
}

export type { ShardUniform };

/** A backend refuses what it was given with this; the code travels, the sentence is for people. */
export type EngineErrorCode =
  | 'missing-buffer'
  | 'unknown-buffer'
  | 'buffer-too-small'
  | 'out-of-memory'
  | 'bad-module'
  | 'out-of-fuel'
  | 'device-lost'
  | 'program'
  | 'destroyed';

export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}

export function countBufferBytes(init: BufferInit): number {
  return 'bytes' in init ? init.bytes.byteLength : init.zeroBytes;
}
