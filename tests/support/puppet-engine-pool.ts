// An engine pool whose every run ends when and how a test says, and whose engines come and go as it says.
import type { EngineReport } from '../../src/contributor/engine-api.ts';
import { ENGINE_KINDS, type EngineLoad, type EnginePool, type EngineUse, type PoolRequest } from '../../src/contributor/engine-pool.ts';
import { type EngineKind, type EngineView, type GpuLossNote, NOT_OPENED, type NoEngine } from '../../src/contributor/state.ts';
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
  readonly loads: Readonly<Record<EngineKind, { readonly workers: number; readonly duty: number; readonly targetMs: number }>>;
  /** What there is instead of an engine that is wanted. */
  absent: { gpu: NoEngine | null; cpu: NoEngine | null };
  use: { gpu: EngineUse | null; cpu: EngineUse | null };
  gpuLoss: GpuLossNote | null;
  /** Changes what is open, as a driver or a crash does. */
  become(kind: EngineKind, next: EngineView | NoEngine): void;
  readonly isDestroyed: boolean;
}

const IDLE: EngineUse = { busyWorkers: 0, isSteppingBack: false };

export function makePuppetView(kind: EngineKind): EngineView {
  return { kind, label: 'puppet', isFallback: false, reason: kind, why: 'A test.' };
}

/** `kinds`: the engines that this device has. */
export function createPuppetPool(kinds: readonly EngineKind[] = ['cpu'], maxBufferBytes = 1 << 20): PuppetPool {
  const runs: PuppetRun[] = [];
  const loads = { gpu: { workers: 0, duty: 0, targetMs: 0 }, cpu: { workers: 0, duty: 0, targetMs: 0 } };
  const none = (kind: EngineKind): NoEngine | null =>
    kinds.includes(kind) ? null : { reason: kind === 'gpu' ? 'no-adapter' : 'did-not-start', why: 'This puppet has none.' };
  const views: Record<EngineKind, EngineView | null> = { gpu: null, cpu: null };
  const missing: Record<EngineKind, NoEngine> = { gpu: NOT_OPENED, cpu: NOT_OPENED };
  const wasWanted = { gpu: false, cpu: false };
  let isDestroyed = false;
  const stopAll = (kind: EngineKind): void => {
    for (const run of runs) if (run.request.kind === kind) void run.end({ kind: 'stopped' });
  };
  const pool: PuppetPool = {
    runs,
    loads,
    absent: { gpu: none('gpu'), cpu: none('cpu') },
    use: { gpu: IDLE, cpu: IDLE },
    gpuLoss: null,
    onChange: null,
    async open(wanted) {
      for (const kind of ENGINE_KINDS) {
        const before = JSON.stringify([views[kind], missing[kind]]);
        if (wanted[kind] && wasWanted[kind]) continue;
        wasWanted[kind] = wanted[kind];
        const absence = wanted[kind] ? pool.absent[kind] : ({ reason: 'switched-off', why: 'It is switched off here.' } as const);
        views[kind] = absence === null ? (views[kind] ?? makePuppetView(kind)) : null;
        if (absence) missing[kind] = absence;
        if (JSON.stringify([views[kind], missing[kind]]) === before) continue;
        pool.onChange?.();
        if (absence) stopAll(kind);
      }
    },
    get engines() {
      return { ...views };
    },
    get missing() {
      return { gpu: views.gpu ? null : missing.gpu, cpu: views.cpu ? null : missing.cpu };
    },
    get capabilities() {
      return ENGINE_KINDS.flatMap((kind) => {
        const view = views[kind];
        return view ? [{ kind, label: view.label, isFallback: view.isFallback, maxBufferBytes }] : [];
      });
    },
    become(kind, next) {
      const isOpen = 'kind' in next;
      views[kind] = isOpen ? next : null;
      if (!isOpen) missing[kind] = next;
      pool.onChange?.();
      if (!isOpen) stopAll(kind);
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
    setLoad(kind, { workers, rhythm }: EngineLoad) {
      loads[kind] = { workers, ...rhythm };
    },
    useOf: (kind) => (views[kind] ? pool.use[kind] : null),
    destroy() {
      isDestroyed = true;
    },
    get isDestroyed() {
      return isDestroyed;
    },
  };
  return pool;
}

export function numberWorkgroups({ base, count }: { readonly base: number; readonly count: number }): Uint8Array {
  const bytes = new Uint8Array(count * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setUint32(i * 4, base + i, true);
  return bytes;
}
