// What the runtime asks of engines: so many workers, one shard each, and the promise that none of them runs for ever.
import type { Rhythm } from '../engine/run-shard.ts';
import type { EngineCapability } from '../protocol/messages.ts';
import type { EngineProgram, EngineReport, EngineRequest } from './engine-api.ts';
import type { EngineView } from './state.ts';

export interface PoolRequest extends Omit<EngineRequest, 'key'> {
  readonly program: EngineProgram;
  /** After this the worker is killed and the shard reported as timed out. */
  readonly timeoutMs: number;
  readonly onProgress: (doneWorkgroups: number) => void;
}

export interface PoolRun {
  readonly report: Promise<EngineReport>;
  /** Ends the run soon; the report is then `stopped`. */
  stop(): void;
}

export interface EnginePool {
  /** Chooses the engine; rejects when there is none at all. */
  start(): Promise<EngineView>;
  readonly capabilities: readonly EngineCapability[];
  run(request: PoolRequest): PoolRun;
  /** How many workers compute at once, and how hard. */
  setLoad(load: { readonly workers: number; readonly rhythm: Rhythm }): void;
  /** Called when the engine changes under way: a GPU lost for good, say. */
  onEngine: ((engine: EngineView) => void) | null;
  destroy(): void;
}
