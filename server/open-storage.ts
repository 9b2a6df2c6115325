// Opens what is kept: the database (embedded unless one is given), the blobs, and the stores over both.
import { type BlobStore, createBlobStore } from './blobs/blob-store.ts';
import type { Config } from './config.ts';
import type { Journal } from './coordinator/change.ts';
import { postTransfers } from './ledger/post-transfers.ts';
import type { Log } from './observe/log.ts';
import { type AccountStore, createAccountStore } from './storage/account-store.ts';
import { createBlobRows } from './storage/blob-queries.ts';
import { openDatabase } from './storage/database.ts';
import { createDatabaseHealth, type DatabaseHealth } from './storage/database-health.ts';
import { createDeviceQueries, type DeviceQueries } from './storage/device-queries.ts';
import { startEmbedded } from './storage/embedded/start-embedded.ts';
import { createJournal } from './storage/journal.ts';
import { createNetworkQueries, type NetworkQueries } from './storage/network-queries.ts';
import { createOperatorStore, type OperatorStore } from './storage/operator-store.ts';
import { createPageQueries, type PageQueries } from './storage/page-queries.ts';
import { createSampleStore, type SampleStore } from './storage/sample-store.ts';
import { createSiteStore, type SiteStore } from './storage/site-store.ts';
import { createStandingStore, type StandingStore } from './storage/standing-store.ts';

export interface Storage {
  readonly journal: Journal;
  readonly accounts: AccountStore;
  readonly pages: PageQueries;
  readonly standing: StandingStore;
  readonly sites: SiteStore;
  readonly blobs: BlobStore;
  readonly health: DatabaseHealth;
  readonly operators: OperatorStore;
  readonly devices: DeviceQueries;
  readonly network: NetworkQueries;
  readonly samples: SampleStore;
  /** Connections, then the embedded server. */
  close(): Promise<void>;
}

export async function openStorage(config: Config, instance: string, log: Log): Promise<Storage> {
  const plainLog = { info: (sentence: string) => log.info(sentence), warn: (sentence: string) => log.warn(sentence) };
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir, log: plainLog }) : null;
  const address = embedded ? { connection: embedded.connection } : { databaseUrl: config.databaseUrl! };
  const database = await openDatabase(address, {
    onBroken: (fault) => log.warn({ err: fault }, 'A database connection broke; the next query opens another.'),
  });
  const blobs = createBlobStore({
    dir: config.blobsDir,
    rows: createBlobRows(database),
    nowMs: Date.now,
    onRot: (digest) => log.error({ digest }, 'A stored blob is damaged or gone.'),
  });
  const guestCap = config.guestCapMicroCredits;
  return {
    journal: createJournal({ database, blobs, postTransfers, guestCap, instance, sitePercent: config.widgetSitePercent }),
    accounts: createAccountStore(database, {
      postTransfers,
      guestCap,
      startGrant: config.startGrantMicroCredits,
      dailyGrantCap: config.dailyGrantCapMicroCredits,
    }),
    pages: createPageQueries(database),
    standing: createStandingStore(database),
    sites: createSiteStore(database, { postTransfers, guestCap }),
    blobs,
    health: createDatabaseHealth(database),
    operators: createOperatorStore(database),
    devices: createDeviceQueries(database),
    network: createNetworkQueries(database),
    samples: createSampleStore(database),
    async close() {
      await database.close();
      await embedded?.stop();
    },
  };
}
