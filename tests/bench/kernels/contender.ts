// A contender: something that can run a kernel, kept alive in a process of its own on one core and asked for rounds in turn.
import type { KernelName } from './kernel.ts';

/** `scalar` is ours with one invocation at a time, `lanes` with four wherever it is possible, `plain` ours without the optimizer, `metered` ours that counts its work. */
export const CONTENDERS = ['ours', 'scalar', 'lanes', 'plain', 'metered', 'gcc', 'javascript', 'swiftshader'] as const;
export type ContenderName = (typeof CONTENDERS)[number];
export type BuildName = 'ours' | 'scalar' | 'lanes' | 'plain' | 'metered';

export interface Timing {
  /** Of all threads of the process; of SwiftShader's threads alone where Dawn's main thread waits by spinning. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

export interface Contender {
  readonly name: ContenderName;
  /** So many runs one after the other. */
  run(times: number): Promise<Timing>;
  /** Buffers filled anew, one run, and the bytes of the outputs. */
  outputs(): Promise<readonly Uint8Array[]>;
  stop(): Promise<void>;
}

/** What a process of ours is asked, and what it answers; see ../kernel-process.ts. */
export type ContenderOrder =
  | { readonly kind: 'prepare'; readonly kernel: KernelName; readonly contender: Exclude<ContenderName, 'gcc'> }
  | { readonly kind: 'run'; readonly times: number }
  | { readonly kind: 'outputs' };
export type ContenderAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'timing'; readonly timing: Timing }
  | { readonly kind: 'outputs'; readonly outputs: readonly Uint8Array[] }
  | { readonly kind: 'failed'; readonly sentence: string };

/** Inside such a process: a kernel made ready to run. */
export interface Runner {
  /** CPU milliseconds so far, where those of the whole process say something else. */
  readonly cpuMs?: () => number;
  run(): Promise<void>;
  reset(): Promise<void>;
  outputs(): Promise<readonly Uint8Array[]>;
}
