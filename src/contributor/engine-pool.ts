// What the runtime asks of engines: a GPU and so many CPU workers, one shard each, and the promise that none of them runs for ever.
import type { Rhythm } from '../engine/keep-duty.ts';
import type { EngineCapability } from '../protocol/messages.ts';
import type { EngineProgram, EngineReport, EngineRequest } from './engine-api.ts';
import type { EngineKind, EngineViews, GpuLossNote, MissingEngines } from './state.ts';

export const ENGINE_KINDS = ['gpu', 'cpu'] as const satisfies readonly EngineKind[];

export interface PoolRequest extends Omit<EngineRequest, 'key'> {
  /** Of an engine that is open. */
  readonly kind: EngineKind;
  readonly program: EngineProgram;
  /** After this the worker is killed and the shard reported as timed out. */
  readonly timeoutMs: number;
  readonly onProgress: (doneWorkgroups: number) => void;
}

export interface PoolRun {
  /** `stopped` without a stop: its engine was closed, and another may run the shard. */
  readonly report: Promise<EngineReport>;
  /** Ends the run soon; the report is then `stopped`. */
  stop(): void;
}

/** How many workers compute at once, and how hard. */
export interface EngineLoad {
  readonly workers: number;
  readonly rhythm: Rhythm;
}

export interface EngineUse {
  /** Workers that were at work, as a mean over the last four seconds: 1.5 of 2, say. */
  readonly busyWorkers: number;
  readonly isSteppingBack: boolean;
}

export interface EnginePool {
  /** Opens the engines that are wanted and closes the others; resolves when each is open or known to be missing. Never rejects. */
  open(wanted: Readonly<Record<EngineKind, boolean>>): Promise<void>;
  readonly engines: EngineViews;
  readonly missing: MissingEngines;
  readonly capabilities: readonly EngineCapability[];
  /** The last one since the pool was made. */
  readonly gpuLoss: GpuLossNote | null;
  run(request: PoolRequest): PoolRun;
  setLoad(kind: EngineKind, load: EngineLoad): void;
  /** Null while that engine is not open. */
  useOf(kind: EngineKind): EngineUse | null;
  /** Called when an engine opened, went away or changed under way. */
  onChange: (() => void) | null;
  destroy(): void;
}
