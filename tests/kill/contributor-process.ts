// A process of several headless contributors, each with its key and its store in files; it may be killed at any moment and started again.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createApi } from '../../src/account/create-api.ts';
import { createFileStore } from '../../src/cli/file-store.ts';
import { loadKeyFile } from '../../src/cli/key-file.ts';
import { spawnEngineThread } from '../../src/cli/spawn-engine-thread.ts';
import { systemClock } from '../../src/contributor/clock.ts';
import { createEnginePool } from '../../src/contributor/create-engine-pool.ts';
import { createKeyIdentity } from '../../src/contributor/identity.ts';
import { createBlobFetcher, createChannelOpener } from '../../src/contributor/open-coordinator.ts';
import { createRuntime, type Runtime } from '../../src/contributor/runtime.ts';
import { makeTestSettings } from '../support/make-test-settings.ts';
import { tapChannel } from './tap-channel.ts';
import { openToldLog } from './told-log.ts';

export interface ContributorOrders {
  readonly url: string;
  /** Keys and stores. */
  readonly folder: string;
  readonly toldFolder: string;
  readonly names: readonly string[];
  /** How often this process was started before. */
  readonly life: number;
}

/** As `createHeadlessContributor` builds it, with a tap in its channel. */
async function openContributor({ url, folder, toldFolder, life }: ContributorOrders, name: string): Promise<Runtime> {
  const api = createApi({ baseUrl: url });
  const key = await loadKeyFile(join(folder, `${name}.pem`));
  const openChannel = createChannelOpener({ api, identity: createKeyIdentity(api, key), openPeer: null, WebSocket });
  const write = openToldLog(toldFolder, name, life);
  return createRuntime({
    openChannel: async (onStep) => tapChannel(await openChannel(onStep), write, Date.now),
    pool: createEnginePool({ spawn: spawnEngineThread, clock: systemClock }),
    store: await createFileStore(join(folder, `${name}.results`)),
    fetchBlob: createBlobFetcher(api),
    clock: systemClock,
    random: Math.random,
    hash: (bytes) => createHash('sha256').update(bytes).digest(),
    build: 'kill',
    settings: makeTestSettings({ cpu: { threads: 1 }, pauseOnBattery: false }),
    onSnapshot: () => undefined,
  });
}

const orders = JSON.parse(process.argv[2] ?? '') as ContributorOrders;
await mkdir(orders.folder, { recursive: true });
const runtimes = await Promise.all(orders.names.map((name) => openContributor(orders, name)));
for (const runtime of runtimes) runtime.start();

async function stop(): Promise<void> {
  await Promise.all(runtimes.map((runtime) => runtime.destroy()));
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
// the command that forked this one is gone
process.once('disconnect', () => void stop());
