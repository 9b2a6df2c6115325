// Runs a real headless contributor inside a test's process, with the pool a test gives it.
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { KEY_ALGORITHM, makeSigningKey, type SigningKey } from '../../src/account/signing-key.ts';
import { createHeadlessContributor } from '../../src/cli/create-headless-contributor.ts';
import { spawnEngineThread } from '../../src/cli/spawn-engine-thread.ts';
import { systemClock } from '../../src/contributor/clock.ts';
import type { ContributorStore } from '../../src/contributor/contributor-store.ts';
import { createEnginePool } from '../../src/contributor/create-engine-pool.ts';
import type { EnginePool } from '../../src/contributor/engine-pool.ts';
import { createMemoryStore } from '../../src/contributor/memory-store.ts';
import type { Runtime } from '../../src/contributor/runtime.ts';
import type { ContributorSnapshot, SettingsChange } from '../../src/contributor/state.ts';
import { makeTestSettings } from './make-test-settings.ts';

export interface RunContributorOptions {
  readonly url: string;
  /** A fresh one when not given: another account and device. */
  readonly key?: SigningKey;
  /** Wraps the real pool: createLyingPool, createContractedPool. */
  readonly wrapPool?: (pool: EnginePool) => EnginePool;
  readonly store?: ContributorStore;
  readonly threads?: number;
  /** Besides everything on and at full. */
  readonly settings?: SettingsChange;
  readonly onSnapshot?: (snapshot: ContributorSnapshot) => void;
}

export interface RunningContributor {
  readonly runtime: Runtime;
  /** Resolves with the first snapshot, now or later, for which `isIt`; rejects when the contributor stops by a fault. */
  until(isIt: (snapshot: ContributorSnapshot) => boolean): Promise<ContributorSnapshot>;
  /** Hands back, closes, ends the threads. */
  stop(): Promise<void>;
}

export async function makeFreshKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: KEY_ALGORITHM.namedCurve });
  const { subtle } = webcrypto;
  return await makeSigningKey({
    privateKey: await subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), KEY_ALGORITHM, false, ['sign']),
    publicKey: await subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), KEY_ALGORITHM, true, ['verify']),
  } as CryptoKeyPair);
}

export async function runContributor(options: RunContributorOptions): Promise<RunningContributor> {
  const { url, wrapPool = (pool) => pool, threads = 1 } = options;
  const watchers = new Set<(snapshot: ContributorSnapshot) => void>();
  const runtime = createHeadlessContributor({
    url,
    key: options.key ?? (await makeFreshKey()),
    store: options.store ?? createMemoryStore(),
    pool: wrapPool(createEnginePool({ spawn: spawnEngineThread, clock: systemClock })),
    settings: makeTestSettings({ cpu: { threads }, ...options.settings }),
    build: 'test',
    onSnapshot(snapshot) {
      options.onSnapshot?.(snapshot);
      for (const watch of [...watchers]) watch(snapshot);
    },
  });
  runtime.start();
  return {
    runtime,
    until: (isIt) =>
      new Promise((resolve, reject) => {
        const watch = (snapshot: ContributorSnapshot): void => {
          const isStopped = snapshot.state.kind === 'stopped';
          if (!isIt(snapshot) && !isStopped) return;
          watchers.delete(watch);
          if (isIt(snapshot)) resolve(snapshot);
          else reject(new Error(snapshot.state.kind === 'stopped' ? snapshot.state.fault.sentence : 'stopped'));
        };
        watchers.add(watch);
        watch(runtime.snapshot());
      }),
    stop: () => runtime.destroy(),
  };
}
