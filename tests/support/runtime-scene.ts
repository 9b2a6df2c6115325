// A runtime with a scripted coordinator, a puppet pool and a clock that stands still: where every test of the runtime begins.
import type { ContributorStore } from '../../src/contributor/contributor-store.ts';
import { createMemoryStore } from '../../src/contributor/memory-store.ts';
import type { Pause } from '../../src/contributor/rules.ts';
import { createRuntime, type Runtime } from '../../src/contributor/runtime.ts';
import type { ContributorSnapshot, EngineKind, SettingsChange } from '../../src/contributor/state.ts';
import type { RuleKeeper } from '../../src/contributor/watch-rules.ts';
import type { ShardId } from '../../src/protocol/ids.ts';
import type { StageManifest } from '../../src/protocol/job.ts';
import type { ResultReceipt } from '../../src/protocol/messages.ts';
import { createFakeClock, type FakeClock, settle } from './fake-clock.ts';
import { makeTestSettings } from './make-test-settings.ts';
import { createPuppetPool, type PuppetPool } from './puppet-engine-pool.ts';
import {
  createScriptedCoordinator,
  makeAssignment,
  makeBlobFetcher,
  makeStage,
  type ScriptedCoordinator,
  type StageFixture,
} from './scripted-coordinator.ts';

export interface Scene {
  readonly clock: FakeClock;
  readonly coordinator: ScriptedCoordinator;
  readonly pool: PuppetPool;
  readonly store: ContributorStore;
  readonly stage: StageFixture;
  readonly runtime: Runtime;
  readonly fetched: string[];
  readonly snapshots: ContributorSnapshot[];
}

export interface Setting {
  readonly store?: ContributorStore;
  readonly manifest?: Partial<StageManifest>;
  readonly clock?: FakeClock;
  readonly threads?: number;
  /** What this device has; the CPU alone by default. */
  readonly engines?: readonly EngineKind[];
  readonly settings?: SettingsChange;
  readonly keeper?: RuleKeeper;
  readonly heardPause?: Pause;
  readonly maxBufferBytes?: number;
  readonly maxShare?: number;
  /** Answers for the coordinator's blobs, each time one is asked for; by default they come. */
  readonly beforeFetch?: () => Promise<void>;
}

export function makeScene({
  store = createMemoryStore(),
  manifest,
  clock = createFakeClock(),
  threads = 1,
  engines = ['cpu'],
  settings = {},
  keeper,
  heardPause,
  maxBufferBytes,
  maxShare = 1,
  beforeFetch = async () => undefined,
}: Setting = {}): Scene {
  const coordinator = createScriptedCoordinator(clock);
  const pool = createPuppetPool(engines, maxBufferBytes);
  const stage = makeStage(manifest);
  const fetched: string[] = [];
  const fetchBlob = makeBlobFetcher(stage);
  const snapshots: ContributorSnapshot[] = [];
  const runtime = createRuntime({
    openChannel: async (onStep) => {
      onStep('account');
      onStep('connecting');
      return await coordinator.openChannel();
    },
    pool,
    store,
    clock,
    random: () => 0.5,
    build: 'test',
    settings: makeTestSettings({ ...settings, cpu: { threads, ...settings.cpu } }),
    maxShare,
    ...(keeper ? { keeper } : {}),
    ...(heardPause ? { heardPause } : {}),
    async fetchBlob(digest) {
      fetched.push(digest);
      await beforeFetch();
      return await fetchBlob(digest);
    },
    onSnapshot: (snapshot) => snapshots.push(snapshot),
  });
  return { clock, coordinator, pool, store, stage, runtime, fetched, snapshots };
}

export async function startScene(setting: Setting = {}): Promise<Scene> {
  const scene = makeScene(setting);
  scene.runtime.start();
  await settle();
  await scene.coordinator.welcome();
  return scene;
}

/** Hands out shard 0 and computes it; its result is sent and has no receipt yet. */
export async function computeOne(setting: Setting = {}): Promise<Scene> {
  const scene = await startScene(setting);
  await scene.coordinator.say({ type: 'assignments', assignments: [makeAssignment(scene.stage, 0)] });
  await scene.pool.runs[0]?.done();
  return scene;
}

export function makeReceipt(over: Partial<ResultReceipt> = {}): ResultReceipt {
  return { shard: 1_024 as ShardId, copy: 0, verdict: 'pending', vote: 'waiting', refusal: null, ...over };
}

export const idleReasonOf = ({ runtime }: Scene): string | null => {
  const { state } = runtime.snapshot();
  return state.kind === 'idle' ? state.reason : null;
};
