// Writes all that a coordinator knows into one folder: every table, the blobs' files, the keys; complete when it has its name.
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '../src/protocol/fault.ts';
import { type BlobName, copyBlob } from './blobs/copy-blob.ts';
import { syncFolder } from './blobs/durable-file.ts';
import type { Config } from './config.ts';
import { forEachOf, writePart } from './export-parts.ts';
import { EXPORT_FORMAT, type ExportManifest, MANIFEST_FILE } from './storage/export-manifest.ts';
import { type TableExport, withSnapshot } from './storage/export-tables.ts';
import { NOT_EXPORTED } from './storage/list-tables.ts';
import { openForExport } from './storage/open-for-export.ts';

/** Files of DATA_DIR without which old receipts, work that is under way and the house's own account would be lost. */
export const SECRET_FILES = ['coordinator-key.pem', 'session-secret', 'house-contributor-key.pem'] as const;
export const BLOB_LIST = 'blobs.txt';
export const COPIES_AT_ONCE = 8;

export interface ExportOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'dataDir' | 'blobsDir' | 'sessionSecret'>;
  /** A folder that does not exist yet. */
  readonly to: string;
  /** Blobs that are damaged or gone are left out and named, instead of ending the export. */
  readonly isDamageAllowed: boolean;
  readonly build: string;
  readonly nowMs: () => number;
  readonly say: (sentence: string) => void;
}

/** Throws `config` in one sentence; nothing is then left under the name. */
export async function exportEverything(options: ExportOptions): Promise<ExportManifest> {
  const to = resolve(options.to);
  await refuseExisting(to);
  const draft = `${to}.part-${process.pid}`;
  const log = { info: options.say, warn: options.say };
  const { databaseUrl, dataDir } = options.config;
  const opened = await openForExport({ databaseUrl, dataDir, log });
  try {
    await mkdir(join(draft, 'tables'), { recursive: true, mode: 0o700 });
    const manifest = await withSnapshot(opened.pool, (tables) => writeAll(tables, draft, options));
    await writePart(join(draft, MANIFEST_FILE), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    for (const folder of [join(draft, 'tables'), draft]) await syncFolder(folder);
    await rename(draft, to);
    await syncFolder(dirname(to));
    return manifest;
  } catch (fault) {
    await rm(draft, { recursive: true, force: true });
    throw fault;
  } finally {
    await opened.close();
  }
}

async function refuseExisting(to: string): Promise<void> {
  const isThere = await access(to).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Fault('config', `${to} exists already: name a folder that does not.`);
}

async function writeAll(source: TableExport, draft: string, options: ExportOptions): Promise<ExportManifest> {
  const { config, build, nowMs, say } = options;
  const createdAt = new Date(nowMs()).toISOString();
  const tables: ExportManifest['tables'] = [];
  for (const table of source.tables) {
    const { lines, ...part } = await writePart(join(draft, 'tables', `${table.name}.copy`), source.read(table));
    tables.push({ name: table.name, columns: [...table.columns], rows: lines, ...part });
    say(`${table.name}: ${lines} rows, ${part.bytes} bytes.`);
  }
  const sequences = [...(await source.readSequences())];
  const { blobs, blobsLeftOut } = await writeBlobs(source, draft, options);
  say(`Blobs in files: ${blobs.files}, ${blobs.fileBytes} bytes.`);
  const notExported: Record<string, string> = { ...NOT_EXPORTED };
  if (config.sessionSecret !== null) notExported.SESSION_SECRET = 'it is a setting of yours: give the new coordinator the same';
  return {
    format: EXPORT_FORMAT,
    build,
    createdAt,
    postgres: source.postgres,
    migrations: [...source.migrations],
    tables,
    sequences,
    blobs,
    blobsLeftOut,
    secrets: await writeSecrets(draft, config),
    notExported,
  };
}

async function writeBlobs(
  source: TableExport,
  draft: string,
  { config, isDamageAllowed }: ExportOptions,
): Promise<Pick<ExportManifest, 'blobs' | 'blobsLeftOut'>> {
  const folders = { from: config.blobsDir, to: join(draft, 'blobs') };
  const copied: BlobName[] = [];
  const lost: string[] = [];
  await forEachOf(source.listFileBlobs(), COPIES_AT_ONCE, async (blob) => {
    const outcome = await copyBlob(folders, blob);
    if (outcome === 'copied') copied.push(blob);
    else lost.push(blob.digest);
  });
  // what nothing names any more may have been deleted since the snapshot
  const collected = lost.length === 0 ? [] : await source.listGone(lost);
  const damaged = lost.filter((digest) => !collected.includes(digest)).sort();
  if (damaged.length > 0 && !isDamageAllowed) {
    throw new Fault(
      'config',
      `${damaged.length} blobs under ${folders.from} are damaged or gone, the first is ${damaged[0]}: bring them back from a backup, or export without them with --despite-damage.`,
    );
  }
  copied.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const lines = copied.map(({ digest, bytes }) => `${digest} ${bytes}\n`);
  const { lines: files, ...part } = await writePart(join(draft, BLOB_LIST), [Buffer.from(lines.join(''))]);
  const fileBytes = copied.reduce((sum, { bytes }) => sum + bytes, 0);
  return { blobs: { files, fileBytes, ...part }, blobsLeftOut: { collected: [...collected].sort(), damaged } };
}

async function writeSecrets(draft: string, config: ExportOptions['config']): Promise<ExportManifest['secrets']> {
  await mkdir(join(draft, 'secrets'), { mode: 0o700 });
  const secrets: ExportManifest['secrets'] = [];
  for (const name of SECRET_FILES) {
    if (name === 'session-secret' && config.sessionSecret !== null) continue;
    const bytes = await readFile(join(config.dataDir, name)).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return null;
      throw new Fault('config', `${name} in ${config.dataDir} cannot be read (${fault.code}): run the export as the coordinator's user.`);
    });
    if (!bytes) continue;
    const { lines: _lines, ...part } = await writePart(join(draft, 'secrets', name), [bytes]);
    secrets.push({ name, ...part });
  }
  await syncFolder(join(draft, 'secrets'));
  return secrets;
}
