// A contributor without a browser: the same runtime over WebSocket, with threads as engines and files as its store.
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { WebSocket } from 'ws';
import { createApi } from '../account/create-api.ts';
import type { SigningKey } from '../account/signing-key.ts';
import { systemClock, systemUtcOffsetMs } from '../contributor/clock.ts';
import type { ContributorStore } from '../contributor/contributor-store.ts';
import type { EnginePool } from '../contributor/engine-pool.ts';
import { createKeyIdentity } from '../contributor/identity.ts';
import { createBlobFetcher, createChannelOpener } from '../contributor/open-coordinator.ts';
import { createRuntime, type Runtime } from '../contributor/runtime.ts';
import type { ContributorSettings, ContributorSnapshot } from '../contributor/state.ts';
import type { RuleKeeper } from '../contributor/watch-rules.ts';
import type { HashFunction } from '../protocol/sha256.ts';

export interface HeadlessOptions {
  readonly url: string;
  readonly key: SigningKey;
  readonly store: ContributorStore;
  readonly pool: EnginePool;
  readonly settings: ContributorSettings;
  readonly build: string;
  /** Where the bytes of the day outlive the process; nowhere by default. */
  readonly keeper?: RuleKeeper;
  readonly onSnapshot: (snapshot: ContributorSnapshot) => void;
}

/** Ten times as fast as the portable one. */
const nodeSha256: HashFunction = (bytes) => createHash('sha256').update(bytes).digest();

export function createHeadlessContributor({ url, key, ...options }: HeadlessOptions): Runtime {
  const api = createApi({ baseUrl: url });
  return createRuntime({
    ...options,
    openChannel: createChannelOpener({ api, identity: createKeyIdentity(api, key), openPeer: null, WebSocket }),
    fetchBlob: createBlobFetcher(api),
    clock: systemClock,
    random: Math.random,
    hash: nodeSha256,
    utcOffsetMs: systemUtcOffsetMs,
    hardwareThreads: availableParallelism(),
    form: 'computer',
  });
}
