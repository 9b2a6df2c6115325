// How hard each open engine works, how fast it is, and how much work all of them want in hand. Woken by: the sliders, the page, a shard that is done.
import { pickTargetMs, type Surroundings } from '../engine/pace-slices.ts';
import { ENGINE_KINDS, type EnginePool } from './engine-pool.ts';
import { type Load, pickLoad, pickWant, type Speed, speedAfter, UNKNOWN_SPEED } from './governor.ts';
import type { ContributorSettings, EngineKind, MeasuredLoad } from './state.ts';
import { type Lanes, NO_LANE } from './workbench.ts';

export interface EngineDriver {
  /** Tells the pool, and returns what may run where. */
  apply(): Lanes;
  setSurroundings(surroundings: Surroundings): void;
  learn(kind: EngineKind, done: { readonly elapsedMs: number; readonly workgroups: number }): void;
  pickWant(inHand: number): number;
  readonly workgroupsPerSecond: number;
  readonly measured: MeasuredLoad;
}

export interface DriverOptions {
  readonly pool: EnginePool;
  readonly settings: () => ContributorSettings;
  readonly hardwareThreads: number;
}

export function createEngineDriver({ pool, settings, hardwareThreads }: DriverOptions): EngineDriver {
  const speeds: Record<EngineKind, Speed> = { gpu: UNKNOWN_SPEED, cpu: UNKNOWN_SPEED };
  let surroundings: Surroundings = { isVisible: true, isUserActive: false };

  const openKinds = (): readonly EngineKind[] => ENGINE_KINDS.filter((kind) => settings()[kind].isOn && pool.engines[kind] !== null);
  const loadOf = (kind: EngineKind): Load => pickLoad(settings(), kind);
  const percentOf = (kind: EngineKind, capacity: number): number | null => {
    const use = pool.useOf(kind);
    return use && Math.min(100, Math.round((1_000 * use.busyWorkers) / capacity) / 10);
  };

  return {
    apply() {
      const lanes = { gpu: NO_LANE, cpu: NO_LANE };
      for (const kind of ENGINE_KINDS) {
        const { workers, duty } = loadOf(kind);
        pool.setLoad(kind, { workers, rhythm: { targetMs: pickTargetMs(surroundings, duty), duty, isPolite: true } });
      }
      for (const kind of openKinds()) {
        const capability = pool.capabilities.find((each) => each.kind === kind);
        lanes[kind] = { workers: loadOf(kind).workers, maxBufferBytes: capability?.maxBufferBytes ?? 0 };
      }
      return lanes;
    },
    setSurroundings(next) {
      surroundings = next;
    },
    learn(kind, done) {
      speeds[kind] = speedAfter(speeds[kind], done);
    },
    pickWant(inHand) {
      return pickWant(
        inHand,
        openKinds().map((kind) => ({ workers: loadOf(kind).workers, speed: speeds[kind] })),
      );
    },
    get workgroupsPerSecond() {
      return openKinds().reduce((total, kind) => total + speeds[kind].workgroupsPerSecond * loadOf(kind).workers, 0);
    },
    get measured() {
      const isSteppingBack = ENGINE_KINDS.some((kind) => pool.useOf(kind)?.isSteppingBack);
      return { gpuPercent: percentOf('gpu', 1), cpuPercent: percentOf('cpu', hardwareThreads), isSteppingBack };
    },
  };
}
