// What terms.test.ts calls in a page: engines driven by hand, and the contributor as the app uses it; what engines really do is heard from a recorder.
import { systemClock } from '../../src/contributor/clock.ts';
import { createEnginePool } from '../../src/contributor/create-engine-pool.ts';
import type { EnginePool, PoolRequest, PoolRun } from '../../src/contributor/engine-pool.ts';
import { type Contributor, createContributor } from '../../src/contributor/host.ts';
import { spawnEngineWorker } from '../../src/contributor/spawn-engine-worker.ts';
import type { EngineKind } from '../../src/contributor/state.ts';
import type { Digest } from '../../src/protocol/ids.ts';

/** One piece of real work of an engine: a dispatch until it is done, a call into a module; or a rest on a timer. By the wall's clock. */
export interface WorkSpan {
  readonly kind: EngineKind | 'rest';
  readonly startMs: number;
  readonly endMs: number;
}

export interface Kernel {
  readonly wgsl: string;
  readonly module: readonly number[];
  readonly reflection: unknown;
  readonly workgroups: number;
}

export interface TermsHarness {
  readonly contributor: Promise<Contributor>;
  readonly spans: readonly WorkSpan[];
  /** Opens an engine and keeps it at work with one shard after another. */
  drive(kind: EngineKind, kernel: Kernel, duty: number): Promise<void>;
  setDuty(kind: EngineKind, duty: number): void;
  /** As a pause does: what runs is stopped, nothing new is begun. Resolves with when it was said. */
  stopRuns(): number;
  percentOf(kind: EngineKind): number | null;
  close(): void;
}

const spans: WorkSpan[] = [];
new BroadcastChannel('engine-work').onmessage = ({ data }: MessageEvent<WorkSpan>) => spans.push(data);

let contributor: Promise<Contributor> | null = null;
let pool: EnginePool | null = null;
let isDriving = false;
const runs = new Set<PoolRun>();

const setDuty = (kind: EngineKind, duty: number): void => pool?.setLoad(kind, { workers: 1, rhythm: { targetMs: 16, duty } });

async function keepAtWork(engines: EnginePool, request: PoolRequest): Promise<void> {
  while (isDriving) {
    const run = engines.run(request);
    runs.add(run);
    const report = await run.report;
    runs.delete(run);
    if (report.kind === 'failed') throw new Error(report.message);
  }
}

globalThis.termsHarness = {
  get contributor() {
    contributor ??= createContributor({ baseUrl: location.origin, softwareGpu: 'use' });
    return contributor;
  },
  spans,
  async drive(kind, { wgsl, module, reflection, workgroups }, duty) {
    pool ??= createEnginePool({ spawn: spawnEngineWorker, clock: systemClock, softwareGpu: 'use' });
    setDuty(kind, duty);
    await pool.open({ gpu: kind === 'gpu', cpu: kind === 'cpu' });
    if (pool.engines[kind] === null) throw new Error(pool.missing[kind]?.why);
    isDriving = true;
    void keepAtWork(pool, {
      kind,
      program: {
        key: 'kernel' as Digest,
        source: { wgsl, module: new Uint8Array(module), reflection: reflection as never },
        inputs: [],
      },
      shard: { base: 0, count: workgroups, grid: [workgroups, 1, 1] },
      slices: [],
      outputs: [{ name: 'out', bytes: workgroups * 4 }],
      timeoutMs: 120_000,
      onProgress: () => {},
    });
  },
  setDuty,
  stopRuns() {
    isDriving = false;
    for (const run of runs) run.stop();
    return Date.now();
  },
  percentOf(kind) {
    const use = pool?.useOf(kind);
    return use ? use.busyWorkers * 100 : null;
  },
  close() {
    isDriving = false;
    pool?.destroy();
    pool = null;
    spans.length = 0;
  },
};
