// Demo mode: one contributor that lies on purpose, in a process of its own, and the story of how the others outvote it.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LiarView } from '../src/protocol/api-operator.ts';
import { Fault } from '../src/protocol/fault.ts';
import type { DeviceId } from '../src/protocol/ids.ts';
import type { Change } from './coordinator/change.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { readPublicKey } from './house-contributor.ts';
import type { Log } from './observe/log.ts';
import { createLieStory } from './operator/tell-lies.ts';
import type { AccountStore } from './storage/account-store.ts';
import type { NetworkQueries } from './storage/network-queries.ts';

const SCRIPT = join(import.meta.dirname, '../src/cli/contribute-lies.ts');
/** Whoever forgets it does not leave it for ever. */
const LONGEST_MS = 10 * 60_000;

export interface DemoLiarParts {
  readonly runner: Pick<CoordinatorRunner, 'devices'>;
  readonly accounts: Pick<AccountStore, 'signInKey'>;
  readonly network: Pick<NetworkQueries, 'placeShards'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly nowMs: () => number;
}

export interface DemoLiar {
  /** Under which it reaches the coordinator; before that none can be started. */
  listensAt(url: string): void;
  /** Throws `conflict` while one lies. */
  inject(): Promise<void>;
  /** Throws `conflict` when none does. */
  stop(): void;
  /** What a commit wrote. */
  hear(change: Change): void;
  read(): Promise<LiarView>;
  end(): void;
}

interface Running {
  readonly child: ChildProcess;
  readonly timer: NodeJS.Timeout;
}

export function createDemoLiar(parts: DemoLiarParts): DemoLiar {
  const { runner, accounts, network, log, nowMs } = parts;
  let url: string | null = null;
  let running: Running | null = null;
  let isStarting = false;
  let device: DeviceId | null = null;
  let startedAtMs: number | null = null;
  const makeStory = () => createLieStory((asked) => asked === device);
  let story = makeStory();

  async function inject(): Promise<void> {
    if (running !== null || isStarting) throw new Fault('conflict', 'A contributor lies already; stop it first.');
    if (url === null) throw new Fault('conflict', 'The coordinator is still starting; try again in a moment.');
    isStarting = true;
    const folder = await mkdtemp(join(tmpdir(), 'ostraka-liar-'));
    try {
      const keyFile = join(folder, 'key.pem');
      // known before its first answer, so that the story misses none
      const signedIn = await accounts.signInKey({ kind: 'headless', publicKey: await readPublicKey(keyFile), nowMs: nowMs() });
      device = signedIn.device;
      story = makeStory();
      startedAtMs = nowMs();
      const argv = ['--url', url, '--key', keyFile, '--data', join(folder, 'results'), '--threads', '1'];
      const child = fork(SCRIPT, argv, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      running = { child, timer: setTimeout(() => child.kill('SIGTERM'), LONGEST_MS).unref() };
      child.once('exit', (code) => {
        clearTimeout(running?.timer);
        running = null;
        log.info({ code, device }, 'The contributor that lies has ended.');
        void rm(folder, { recursive: true, force: true });
      });
      log.warn({ device }, 'Demo: a contributor that lies was started by an operator.');
    } finally {
      isStarting = false;
    }
  }

  function stateOf(): LiarView['state'] {
    if (running === null) return isStarting ? 'starting' : startedAtMs === null ? 'none' : 'ended';
    return runner.devices().some((each) => each.device === device) ? 'lying' : 'starting';
  }

  return {
    listensAt(address) {
      url = address;
    },
    inject,
    stop() {
      if (running === null) throw new Fault('conflict', 'No contributor lies here now.');
      running.child.kill('SIGTERM');
    },
    hear(change) {
      if (device === null) return;
      if (change.kind === 'vote-cast' || change.kind === 'vote-settled' || change.kind === 'shard-judged') story.hear(change);
    },
    async read() {
      const seen = story.lies.filter((lie) => lie.isOutvoted);
      const places = await network.placeShards(seen.map(({ shard }) => shard));
      const lies = seen.flatMap(({ shard, toldAtMs, finalAtMs }) => {
        const place = places.get(shard);
        return place ? [{ ...place, toldAtMs, finalAtMs }] : [];
      });
      const honestDevices = runner.devices().filter((each) => each.device !== device).length;
      return { state: stateOf(), device, startedAtMs, answers: story.answers, outvoted: story.outvoted, honestDevices, lies };
    },
    end() {
      running?.child.kill('SIGTERM');
    },
  };
}
