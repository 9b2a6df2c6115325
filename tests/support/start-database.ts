// The real embedded database in a folder of its own, for tests that need one; gone without a trace at the end.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, createBlobStore } from '../../server/blobs/blob-store.ts';
import { createBlobRows } from '../../server/storage/blob-queries.ts';
import { type Database, openDatabase } from '../../server/storage/database.ts';
import { type EmbeddedDatabase, startEmbedded } from '../../server/storage/embedded/start-embedded.ts';

export interface TestDatabase {
  readonly database: Database;
  readonly embedded: EmbeddedDatabase;
  readonly dataDir: string;
  readonly blobs: BlobStore;
  stop(): Promise<void>;
}

export const SILENT = { info: () => undefined, warn: () => undefined };

/** Others may pass the folder, as they may pass a home under /var/lib: as root the database runs as another user. */
export function makeTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ostraka-test-'));
  chmodSync(folder, 0o755);
  return folder;
}

export async function startDatabase(
  options: { readonly nowMs?: () => number; readonly onRot?: (digest: string) => void } = {},
): Promise<TestDatabase> {
  const dataDir = makeTestFolder();
  const embedded = await startEmbedded({ dataDir, log: SILENT });
  const database = await openDatabase({ connection: embedded.connection });
  const { nowMs = Date.now, onRot } = options;
  const blobs = createBlobStore({ dir: join(dataDir, 'blobs'), rows: createBlobRows(database), nowMs, ...(onRot ? { onRot } : {}) });
  return {
    database,
    embedded,
    dataDir,
    blobs,
    async stop() {
      await database.close();
      await embedded.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
