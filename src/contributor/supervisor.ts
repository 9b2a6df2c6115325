// The supervisor: a browser worker that holds state, connection and store, and starts the engines; the page only draws and owns WebRTC.
import { expose } from 'comlink';
import { createApi } from '../account/create-api.ts';
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import type { Surroundings } from '../engine/pace-slices.ts';
import type { DeviceForm } from '../protocol/messages.ts';
import { createPortChannel } from '../transport/port.ts';
import { systemClock, systemUtcOffsetMs } from './clock.ts';
import type { ContributorStore } from './contributor-store.ts';
import { createEnginePool } from './create-engine-pool.ts';
import { createPatientStore } from './create-patient-store.ts';
import { createRuleKeeper } from './create-rule-keeper.ts';
import { createBrowserIdentity } from './identity.ts';
import { createMemoryStore } from './memory-store.ts';
import { openContributorDatabase } from './open-contributor-database.ts';
import { createBlobFetcher, createChannelOpener, type PeerRequest } from './open-coordinator.ts';
import type { Pause } from './rules.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { spawnEngineWorker } from './spawn-engine-worker.ts';
import type { ContributorSettings, ContributorSnapshot, LatestOutput, SettingsChange } from './state.ts';
import { createStore } from './store.ts';
import { watchGaps } from './watch-gaps.ts';
import { createWidgetIdentity, type WidgetIdentity } from './widget-identity.ts';

export interface SupervisorOptions {
  readonly baseUrl: string;
  readonly build: string;
  readonly settings: ContributorSettings;
  readonly softwareGpu: SoftwareGpu;
  readonly powerPreference: 'low-power' | 'high-performance';
  readonly maxShare: number;
  readonly heardPause: Pause;
  readonly form: DeviceForm;
  /** Null: the page's own session, else this browser's guest key. */
  readonly identity: WidgetIdentity | null;
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
  start(isFresh: boolean): void;
  stop(): Promise<void>;
  pause(untilMs: number | null): Promise<void>;
  resume(): Promise<void>;
  finishAndStop(): void;
  setSettings(change: SettingsChange): void;
  setSurroundings(surroundings: Surroundings): void;
  learn(facts: Parameters<Runtime['learn']>[0]): void;
  wake(): void;
}

let runtime: Runtime | null = null;
/** Between the supervisors of this browser's tabs: one has stopped, and what it could not send stays in the store. */
const leaving = new BroadcastChannel('ostraka-left-results');

/** A private window may refuse IndexedDB: then results live as long as the tab. */
async function openStore(): Promise<ContributorStore> {
  try {
    const store = createStore({ database: await openContributorDatabase(), nowMs: systemClock.nowMs });
    const onLeft = (listener: () => void): void => leaving.addEventListener('message', listener);
    return createPatientStore({ ...store, onLeft }, systemClock);
  } catch {
    return createMemoryStore();
  }
}

const api: SupervisorApi = {
  async open({ baseUrl, softwareGpu, powerPreference, identity, ...options }, onSnapshot, onOutput, openPeer) {
    const coordinator = createApi({ baseUrl });
    let shown: LatestOutput | null = null;
    runtime = createRuntime({
      openChannel: createChannelOpener({
        api: coordinator,
        identity: identity === null ? createBrowserIdentity(coordinator) : createWidgetIdentity(coordinator, identity),
        openPeer: async (request) => createPortChannel(await openPeer(request), 'rtc'),
      }),
      pool: createEnginePool({ spawn: spawnEngineWorker, clock: systemClock, softwareGpu, powerPreference }),
      store: await openStore(),
      fetchBlob: createBlobFetcher(coordinator),
      clock: systemClock,
      random: Math.random,
      ...options,
      // A site's visitor is remembered by its consent alone.
      ...(identity === null ? { keeper: createRuleKeeper(crypto.randomUUID()) } : {}),
      utcOffsetMs: systemUtcOffsetMs,
      hardwareThreads: navigator.hardwareConcurrency,
      onSnapshot(snapshot) {
        // The picture's bytes cross only when they are new.
        if (snapshot.latestOutput && snapshot.latestOutput !== shown) onOutput(snapshot.latestOutput);
        shown = snapshot.latestOutput;
        onSnapshot({ ...snapshot, latestOutput: null });
      },
    });
  },
  start: (isFresh) => runtime?.start(isFresh),
  async stop() {
    await runtime?.stop();
    leaving.postMessage('left');
  },
  pause: async (untilMs) => await runtime?.pause(untilMs),
  resume: async () => await runtime?.resume(),
  finishAndStop: () => runtime?.finishAndStop(),
  setSettings: (change) => runtime?.setSettings(change),
  setSurroundings: (surroundings) => runtime?.setSurroundings(surroundings),
  learn: (facts) => runtime?.learn(facts),
  wake: () => runtime?.wake(),
};

addEventListener('online', () => runtime?.wake());
// A machine that slept, a tab that was frozen: the connection may be dead without having said so.
watchGaps({ clock: systemClock, everyMs: 5_000, minGapMs: 10_000, onGap: () => runtime?.wake() });

expose(api);
