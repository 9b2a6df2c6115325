// A contributor of the simulated world: the real runtime over a simulated store, engine and network; it can be crashed and comes back.

import { createRuntime, type Runtime } from '../../src/contributor/runtime.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, Digest } from '../../src/protocol/ids.ts';
import type { StageManifest } from '../../src/protocol/job.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { makeTestSettings } from '../support/make-test-settings.ts';
import { fastHash } from './fast-hash.ts';
import type { Link, Meddle } from './network.ts';
import { type ContributorPlan, FIRST_REQUESTER } from './plan.ts';
import type { Random } from './random.ts';
import { createSimulatedEngines } from './simulated-engines.ts';
import { createProcess, type SimulatedProcess } from './simulated-process.ts';
import { createDisk, createSimulatedStore } from './simulated-store.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { WorldLog } from './world-log.ts';

export interface ContributorWorld {
  readonly clock: VirtualClock;
  readonly log: WorldLog;
  /** A connection to whatever coordinator answers; throws where none does. */
  connect(plan: ContributorPlan, process: SimulatedProcess, meddle: Meddle | null): Link;
  readonly manifestOf: (digest: Digest) => StageManifest;
  /** Null when nothing can be fetched now. */
  readonly fetchBlob: (digest: Digest) => Uint8Array | null;
  /** A process of ours threw. */
  readonly onThrown: (who: string, cause: unknown) => void;
}

export interface SimulatedContributor {
  readonly plan: ContributorPlan;
  readonly name: string;
  start(): void;
  /** The process is gone at once, and starts again after so long; null: not by itself. */
  crash(downMs: number | null): void;
  /** The next result on its way to the store takes the process with it. */
  crashAt(moment: 'before' | 'after', downMs: number): void;
  /** Nothing more will go wrong with it. */
  calm(): void;
  readonly isRunning: boolean;
  readonly link: Link | null;
  readonly runtime: Runtime | null;
  readonly process: SimulatedProcess | null;
  storeFullUntilMs: number;
}

export function createSimulatedContributor(
  world: ContributorWorld,
  plan: ContributorPlan,
  tab: number,
  random: Random,
): SimulatedContributor {
  const { clock, log } = world;
  const name = `device ${plan.id}${tab > 0 ? 'b' : ''}`;
  const disk = createDisk();
  let process: SimulatedProcess | null = null;
  let runtime: Runtime | null = null;
  let link: Link | null = null;
  let crashing: { readonly moment: 'before' | 'after'; readonly downMs: number } | null = null;
  let starts = 0;

  const meddle: Meddle | null =
    plan.character === 'withholder'
      ? (type) => (type === 'bytes' ? 'drop' : 'send')
      : plan.character === 'doubling'
        ? (type) => (type === 'results' || type === 'bytes' || type === 'want' ? 'twice' : 'send')
        : null;

  const openChannel = (mine: SimulatedProcess): Promise<Channel> =>
    new Promise((resolve, reject) => {
      clock.after(plan.latencyMs * 4, () =>
        mine.enter(() => {
          try {
            link = world.connect(plan, mine, meddle);
            resolve(link.clientEnd);
          } catch (cause) {
            reject(cause);
          }
        }),
      );
    });
  const fetchBlob = (mine: SimulatedProcess, digest: Digest): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      clock.after(plan.latencyMs * 2, () =>
        mine.enter(() => {
          const bytes = world.fetchBlob(digest);
          if (bytes) resolve(bytes);
          else reject(new Fault('offline', 'The simulation keeps this blob back.'));
        }),
      );
    });

  const contributor: SimulatedContributor = {
    plan,
    name,
    storeFullUntilMs: 0,
    start() {
      if (process?.isAlive) return;
      const mine = createProcess(clock, name, plan.skewMs);
      process = mine;
      const chance = random.fork(`start ${starts++}`);
      log.note(name, () => 'starts');
      runtime = createRuntime({
        openChannel: (onStep) => {
          onStep('connecting');
          return openChannel(mine);
        },
        pool: createSimulatedEngines({ plan, process: mine, random: chance.fork('engine'), manifestOf: world.manifestOf }),
        store: createSimulatedStore({
          disk,
          clock,
          process: mine,
          random: chance.fork('store'),
          isFull: () => clock.nowMs() < contributor.storeFullUntilMs,
          onWrite(moment) {
            if (crashing?.moment !== moment) return;
            const { downMs } = crashing;
            crashing = null;
            contributor.crash(downMs);
          },
        }),
        fetchBlob: (digest) => fetchBlob(mine, digest),
        clock: mine,
        random: chance.fork('runtime').next,
        build: 'simulated',
        settings: makeTestSettings({ cpu: { threads: plan.threads }, likes: { blockedRequesters: listBlocked(plan) } }),
        onSnapshot: () => undefined,
        hash: fastHash,
      });
      runtime.start();
    },
    crash(downMs) {
      if (!process?.isAlive) return;
      log.note(name, () => 'crashes');
      process.kill();
      // the system closes what the process had open; a power cut would not, and is a silence
      link?.cut({ clientMs: null, serverMs: plan.latencyMs });
      runtime = null;
      if (downMs !== null) clock.after(downMs, () => contributor.start());
    },
    crashAt(moment, downMs) {
      crashing = { moment, downMs };
    },
    calm() {
      crashing = null;
      contributor.storeFullUntilMs = 0;
    },
    get isRunning() {
      return process?.isAlive === true;
    },
    get link() {
      return link;
    },
    get runtime() {
      return runtime;
    },
    get process() {
      return process;
    },
  };
  return contributor;
}

export function listBlocked({ blocksRequester }: ContributorPlan): readonly AccountId[] {
  return blocksRequester === null ? [] : [(FIRST_REQUESTER + blocksRequester) as AccountId];
}
