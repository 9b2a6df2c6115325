// The supervisor: a browser worker that holds state, connection and store, and starts the engines; the page only draws and owns WebRTC.
import { expose } from 'comlink';
import { createApi } from '../account/create-api.ts';
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import { pickTargetMs, type Surroundings } from '../engine/pace-slices.ts';
import { createPortChannel } from '../transport/port.ts';
import { systemClock } from './clock.ts';
import type { ContributorStore } from './contributor-store.ts';
import { createEnginePool } from './create-engine-pool.ts';
import { createBrowserIdentity } from './identity.ts';
import { createMemoryStore } from './memory-store.ts';
import { openContributorDatabase } from './open-contributor-database.ts';
import { createBlobFetcher, createChannelOpener, type PeerRequest } from './open-coordinator.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { spawnEngineWorker } from './spawn-engine-worker.ts';
import type { ContributorSettings, ContributorSnapshot, LatestOutput } from './state.ts';
import { createStore } from './store.ts';

export interface SupervisorOptions {
  readonly baseUrl: string;
  readonly build: string;
  readonly settings: ContributorSettings;
  readonly softwareGpu: SoftwareGpu;
}

/** What the page does for the supervisor; all of it crosses a worker's boundary. */
export interface SupervisorHost {
  /** Without `latestOutput`, which comes by itself. */
  onSnapshot(snapshot: ContributorSnapshot): void;
  onOutput(output: LatestOutput): void;
  /** Opens WebRTC on the page and hands its frames over by a port. */
  openPeer(request: PeerRequest): Promise<MessagePort>;
}

export interface SupervisorApi {
  open(
    options: SupervisorOptions,
    ...host: readonly [SupervisorHost['onSnapshot'], SupervisorHost['onOutput'], SupervisorHost['openPeer']]
  ): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
  setSettings(change: Partial<ContributorSettings>): void;
  setSurroundings(surroundings: Surroundings): void;
  setOnBattery(isOnBattery: boolean): void;
  wake(): void;
}

let runtime: Runtime | null = null;

/** A private window may refuse IndexedDB: then results live as long as the tab. */
async function openStore(): Promise<ContributorStore> {
  try {
    return createStore({ database: await openContributorDatabase(), nowMs: systemClock.nowMs });
  } catch {
    return createMemoryStore();
  }
}

const api: SupervisorApi = {
  async open({ baseUrl, build, settings, softwareGpu }, onSnapshot, onOutput, openPeer) {
    const coordinator = createApi({ baseUrl });
    let shown: LatestOutput | null = null;
    runtime = createRuntime({
      openChannel: createChannelOpener({
        api: coordinator,
        identity: createBrowserIdentity(coordinator),
        openPeer: async (request) => createPortChannel(await openPeer(request), 'rtc'),
      }),
      pool: createEnginePool({ spawn: spawnEngineWorker, clock: systemClock, softwareGpu }),
      store: await openStore(),
      fetchBlob: createBlobFetcher(coordinator),
      clock: systemClock,
      random: Math.random,
      build,
      settings,
      onSnapshot(snapshot) {
        // The picture's bytes cross only when they are new.
        if (snapshot.latestOutput && snapshot.latestOutput !== shown) onOutput(snapshot.latestOutput);
        shown = snapshot.latestOutput;
        onSnapshot({ ...snapshot, latestOutput: null });
      },
    });
  },
  start: () => runtime?.start(),
  stop: async () => await runtime?.stop(),
  pause: () => runtime?.pause(),
  resume: () => runtime?.resume(),
  setSettings: (change) => runtime?.setSettings(change),
  setSurroundings: (surroundings) => runtime?.setTargetMs(pickTargetMs(surroundings)),
  setOnBattery: (isOnBattery) => runtime?.setOnBattery(isOnBattery),
  wake: () => runtime?.wake(),
};

addEventListener('online', () => runtime?.wake());

expose(api);
