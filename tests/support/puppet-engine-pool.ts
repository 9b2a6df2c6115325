// An engine pool whose every run ends when and how a test says.
import type { EngineReport } from '../../src/contributor/engine-api.ts';
import type { EnginePool, PoolRequest } from '../../src/contributor/engine-pool.ts';
import type { EngineView } from '../../src/contributor/state.ts';
import { settle } from './fake-clock.ts';

export interface PuppetRun {
  readonly request: PoolRequest;
  readonly isStopped: boolean;
  end(report: EngineReport): Promise<void>;
  /** Ends with these bytes, or with each workgroup's number as a u32. */
  done(bytes?: Uint8Array): Promise<void>;
}

export interface PuppetPool extends EnginePool {
  readonly runs: readonly PuppetRun[];
  readonly load: { readonly workers: number; readonly duty: number };
  startFault: Error | null;
  readonly isDestroyed: boolean;
}

export function createPuppetPool(engine: EngineView = { kind: 'cpu', label: 'puppet', isFallback: false, why: 'A test.' }): PuppetPool {
  const runs: PuppetRun[] = [];
  let load = { workers: 0, duty: 0 };
  let isDestroyed = false;
  return {
    runs,
    startFault: null,
    onEngine: null,
    capabilities: [{ kind: engine.kind, label: engine.label, isFallback: engine.isFallback, maxBufferBytes: 1_024 }],
    async start() {
      if (this.startFault) throw this.startFault;
      return engine;
    },
    run(request) {
      let resolve = (_report: EngineReport): void => {};
      const report = new Promise<EngineReport>((settleReport) => {
        resolve = settleReport;
      });
      let isStopped = false;
      const run: PuppetRun = {
        request,
        get isStopped() {
          return isStopped;
        },
        async end(outcome) {
          resolve(outcome);
          await settle();
          await settle();
        },
        done: (bytes = numberWorkgroups(request.shard)) => run.end({ kind: 'done', outputs: [{ name: 'out', bytes }], computeMs: 5 }),
      };
      runs.push(run);
      return {
        report,
        stop() {
          isStopped = true;
          resolve({ kind: 'stopped' });
        },
      };
    },
    setLoad({ workers, rhythm }) {
      load = { workers, duty: rhythm.duty };
    },
    destroy() {
      isDestroyed = true;
    },
    get load() {
      return load;
    },
    get isDestroyed() {
      return isDestroyed;
    },
  };
}

export function numberWorkgroups({ base, count }: { readonly base: number; readonly count: number }): Uint8Array {
  const bytes = new Uint8Array(count * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setUint32(i * 4, base + i, true);
  return bytes;
}
