// Brings an export into a database and a data folder that hold nothing yet: checked first, then all of it or none.
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '../src/protocol/fault.ts';
import { blobPath } from './blobs/blob-store.ts';
import { type BlobName, checkBlob, copyBlob } from './blobs/copy-blob.ts';
import { syncFolder } from './blobs/durable-file.ts';
import type { Config } from './config.ts';
import { BLOB_LIST, COPIES_AT_ONCE, SECRET_FILES } from './export-everything.ts';
import { checkPart, forEachOf, writePart } from './export-parts.ts';
import { startEmbedded } from './storage/embedded/start-embedded.ts';
import { type ExportManifest, MANIFEST_FILE, parseManifest } from './storage/export-manifest.ts';
import { checkMigrations, importTables } from './storage/import-tables.ts';

export interface ImportOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'dataDir' | 'blobsDir'>;
  readonly from: string;
  readonly say: (sentence: string) => void;
}

/** Throws `config` in one sentence; database and data folder then hold no more than before. */
export async function importEverything({ config, from, say }: ImportOptions): Promise<ExportManifest> {
  const folder = resolve(from);
  const manifest = parseManifest(await readManifest(folder));
  checkMigrations(manifest.migrations);
  const blobs = await checkParts(folder, manifest);
  say(`The export of ${manifest.createdAt} is whole: ${manifest.tables.length} tables, ${blobs.length} blobs in files.`);
  await checkSecrets(folder, manifest, config.dataDir);
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir, log: { info: say, warn: say } }) : null;
  const address = embedded ? { connection: embedded.connection } : { databaseUrl: config.databaseUrl! };
  const written: string[] = [];
  try {
    await importTables(address, {
      source: { manifest, read: ({ name }) => createReadStream(join(folder, 'tables', `${name}.copy`)) },
      async beforeCommit() {
        say('The tables are loaded and the ledger balances.');
        await copyBlobs(folder, config.blobsDir, blobs, written);
        await copySecrets(folder, config.dataDir, manifest, written);
      },
    });
  } catch (fault) {
    for (const file of written) await rm(file, { force: true });
    throw fault;
  } finally {
    await embedded?.stop();
  }
  return manifest;
}

function readManifest(folder: string): Promise<string> {
  return readFile(join(folder, MANIFEST_FILE), 'utf8').catch((cause) => {
    throw new Fault('config', `${folder} holds no ${MANIFEST_FILE}: it is no export, or one that was not finished.`, { cause });
  });
}

/** Every byte of it is hashed before anything is touched. */
async function checkParts(folder: string, manifest: ExportManifest): Promise<readonly BlobName[]> {
  for (const table of manifest.tables) await checkPart(join(folder, 'tables', `${table.name}.copy`), `tables/${table.name}.copy`, table);
  for (const secret of manifest.secrets) await checkPart(join(folder, 'secrets', secret.name), `secrets/${secret.name}`, secret);
  await checkPart(join(folder, BLOB_LIST), BLOB_LIST, manifest.blobs);
  const blobs = parseBlobList(await readFile(join(folder, BLOB_LIST), 'utf8'));
  await forEachOf(blobs, COPIES_AT_ONCE, async (blob) => {
    const found = await checkBlob(join(folder, 'blobs'), blob);
    if (found !== 'sound') throw new Fault('config', `The blob ${blob.digest} of the export is ${found}; nothing was imported.`);
  });
  return blobs;
}

function parseBlobList(text: string): readonly BlobName[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, digest, bytes] = /^([0-9a-f]{64}) (\d{1,15})$/.exec(line) ?? [];
    if (digest === undefined) throw new Fault('config', `${BLOB_LIST} of the export has a line that names no blob; nothing was imported.`);
    return { digest, bytes: Number(bytes) };
  });
}

/** Keys of another coordinator are never replaced: its receipts would no longer verify. */
async function checkSecrets(folder: string, { secrets }: ExportManifest, dataDir: string): Promise<void> {
  for (const { name } of secrets) {
    if (!SECRET_FILES.some((known) => known === name)) throw new Fault('config', `The export has a secret ${name} that no Ostraka made.`);
    const there = await readFile(join(dataDir, name)).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return null;
      throw new Fault('config', `${join(dataDir, name)} cannot be read (${fault.code}).`, { cause: fault });
    });
    if (there && !there.equals(await readFile(join(folder, 'secrets', name)))) {
      throw new Fault('config', `${dataDir} has a ${name} of another coordinator: give the import a DATA_DIR of its own.`);
    }
  }
}

async function copyBlobs(folder: string, blobsDir: string, blobs: readonly BlobName[], written: string[]): Promise<void> {
  const folders = { from: join(folder, 'blobs'), to: blobsDir };
  await forEachOf(blobs, COPIES_AT_ONCE, async (blob) => {
    const outcome = await copyBlob(folders, blob);
    if (outcome === 'copied') written.push(blobPath(folders.to, blob.digest));
    else if (outcome !== 'was-there') throw new Fault('config', `The blob ${blob.digest} changed while it was imported.`);
  });
}

async function copySecrets(folder: string, dataDir: string, { secrets }: ExportManifest, written: string[]): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  for (const { name } of secrets) {
    const file = join(dataDir, name);
    const bytes = await readFile(join(folder, 'secrets', name));
    try {
      await writePart(file, [bytes]);
      written.push(file);
    } catch (fault) {
      // the same key stands there already
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    }
  }
  await syncFolder(dataDir);
}
