// Everything a coordinator knows, out of one database and into another: all of it arrives, or nothing does.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blobPath, createBlobStore, hashBytes } from '../../../server/blobs/blob-store.ts';
import type { Journal } from '../../../server/coordinator/change.ts';
import { exportEverything } from '../../../server/export-everything.ts';
import { importEverything } from '../../../server/import-everything.ts';
import type { JobRecord } from '../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../server/ledger/post-transfers.ts';
import { loadSecrets } from '../../../server/load-secrets.ts';
import { createAccountStore } from '../../../server/storage/account-store.ts';
import { createBlobRows } from '../../../server/storage/blob-queries.ts';
import { MIGRATIONS, openDatabase } from '../../../server/storage/database.ts';
import type { ExportManifest } from '../../../server/storage/export-manifest.ts';
import { withSnapshot } from '../../../server/storage/export-tables.ts';
import { EPOCHS_APART } from '../../../server/storage/import-tables.ts';
import { createJournal } from '../../../server/storage/journal.ts';
import { createPageQueries } from '../../../server/storage/page-queries.ts';
import type { AccountId, BlockId, DeviceId, Digest, JobId } from '../../../src/protocol/ids.ts';
import { cast, finalise, opening, pay, settle, shardOf } from '../../support/make-changes.ts';
import { makeJobRecord } from '../../support/make-job-record.ts';
import { makeTestFolder, startDatabase, type TestDatabase } from '../../support/start-database.ts';

const GUEST_CAP = 5_000_000n;
const POLICY = { postTransfers, guestCap: GUEST_CAP, startGrant: 1_000_000n, dailyGrantCap: 10n ** 12n };
/** COPY has a meaning for each of these. */
const ODD_TITLE = 'tab\t line\n back\\slash \\N \\. quote"\' nul\u0000 ☃ \u{1F98E}';
const LARGE = new Uint8Array(9_000).map((_, at) => at % 251);
const UPLOADED = new Uint8Array(70_000).map((_, at) => at % 241);

let db: TestDatabase;
let journal: Journal;
let running: JobRecord;
let worker: { account: AccountId; device: DeviceId };
let databases = 0;
const folders: string[] = [];

const urlOf = (name: string): string => {
  const { host, port, user } = db.embedded.connection;
  return `postgresql://${user}@${encodeURIComponent(String(host))}:${port}/${name}`;
};
const newFolder = (): string => {
  const folder = makeTestFolder();
  folders.push(folder);
  return folder;
};
const source = () => ({ databaseUrl: urlOf('postgres'), dataDir: db.dataDir, blobsDir: join(db.dataDir, 'blobs'), sessionSecret: null });
const say = (): void => undefined;

async function exportTo(
  to = join(newFolder(), 'export'),
  config: Parameters<typeof exportEverything>[0]['config'] = source(),
  isDamageAllowed = false,
): Promise<[string, ExportManifest]> {
  return [to, await exportEverything({ config, to, isDamageAllowed, build: '9.9.9', nowMs: () => 1_700_000_000_000, say })];
}

async function makeTarget() {
  const name = `target_${databases++}`;
  await db.database.pool.query(`create database ${name}`);
  const dataDir = newFolder();
  return { databaseUrl: urlOf(name), dataDir, blobsDir: join(dataDir, 'blobs'), sessionSecret: null };
}

async function openJob(requester: AccountId, workgroups: number): Promise<JobRecord> {
  const draft = makeJobRecord({ workgroups, quorum: 1 });
  const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
  const job = {
    ...draft,
    id: id as JobId,
    requester,
    escrow: escrow as AccountId,
    spec: { ...draft.spec, title: ODD_TITLE },
    blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
  };
  expect((await journal.commit([{ changes: opening(job) }])).refused.size).toBe(0);
  return job;
}

/** One shard of it is voted on, final and paid. */
const verify = (job: JobRecord, index: number, bytes: Uint8Array) => {
  const shard = shardOf(job, index);
  return [cast(shard, worker, index), settle(shard, index, 1_000n), finalise(job, shard, bytes), pay(job, shard, worker.account)];
};

beforeAll(async () => {
  db = await startDatabase();
  journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: GUEST_CAP });
  const accounts = createAccountStore(db.database, POLICY);
  worker = await accounts.signInKey({ kind: 'headless', publicKey: 'worker', nowMs: 1 });
  const { account, device } = await accounts.signInKey({ kind: 'headless', publicKey: 'requester', nowMs: 1 });
  await accounts.grantStart(account, 1);
  await accounts.createSession({ tokenHash: 'hash', account, device, expiresAtMs: 2 ** 40, nowMs: 1 });
  await db.blobs.put(UPLOADED);
  await journal.claimEpoch();
  const ended = await openJob(account, 1);
  await journal.commit([{ changes: verify(ended, 0, new Uint8Array([7, 8])) }]);
  const refund = { kind: 'refund', job: ended.id, escrow: ended.escrow, requester: account } as const;
  await journal.commit([
    {
      changes: [
        { kind: 'job-ended', job: ended.id, state: 'done', reason: null, atMs: 5 },
        { kind: 'transfer', transfer: refund, atMs: 5 },
      ],
    },
  ]);
  running = await openJob(account, 600);
  await journal.commit([{ changes: verify(running, 0, LARGE) }]);
  await loadSecrets(db.dataDir, null);
});
afterAll(async () => {
  await db.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('an export', () => {
  test('arrives whole: exported again from the new place, every byte is the same but the epoch', async () => {
    const [folder, manifest] = await exportTo();
    const target = await makeTarget();
    await importEverything({ config: target, from: folder, say });
    const [, again] = await exportTo(undefined, target);
    const withoutEpoch = ({ tables }: ExportManifest) => tables.filter(({ name }) => name !== 'epochs');
    expect(withoutEpoch(again)).toEqual(withoutEpoch(manifest));
    expect(again.blobs).toEqual(manifest.blobs);
    expect(manifest.blobs.files).toBe(2);
    expect(again.secrets).toEqual(manifest.secrets);
    expect(again.sequences).toEqual(manifest.sequences);
    expect(manifest.tables.map(({ name }) => name)).not.toContain('sessions');
    expect(manifest.notExported).toHaveProperty('sessions');
    expect(existsSync(join(folder, '..', `export.part-${process.pid}`))).toBe(false);
  });

  test('is a coordinator again: the job half done, its bytes, the ledger, the key of the receipts, numbers nobody had', async () => {
    const [folder] = await exportTo();
    const target = await makeTarget();
    await importEverything({ config: target, from: folder, say });
    const moved = await openDatabase({ databaseUrl: target.databaseUrl });
    const blobs = createBlobStore({ dir: target.blobsDir, rows: createBlobRows(moved), nowMs: Date.now });
    const there = createJournal({ database: moved, blobs, postTransfers, guestCap: GUEST_CAP });
    const epoch = await there.claimEpoch();
    expect(epoch).toBeGreaterThan(EPOCHS_APART);
    // nobody lives in the new database, so all blocks are free
    await there.claimBlocks(100);
    const [job, ...others] = (await there.load()).jobs;
    expect(others).toEqual([]);
    expect(job).toMatchObject({ id: running.id, spec: { title: ODD_TITLE }, escrowAmount: running.escrowAmount });
    expect(await blobs.get(hashBytes(LARGE))).toEqual(Buffer.from(LARGE));
    expect((await there.nextIds(1))[0]).toBeGreaterThan((await journal.nextIds(1))[0]! - 2);
    expect((await there.commit([{ changes: verify(running, 1, new Uint8Array([1])) }])).refused.size).toBe(0);
    expect(await createPageQueries(moved).trialBalance()).toMatchObject({ sumEntries: 0n, drifted: [] });
    const [here, gone] = [await loadSecrets(db.dataDir, null), await loadSecrets(target.dataDir, null)];
    expect(gone.receipts.publicKey).toBe(here.receipts.publicKey);
    expect(gone.sessionSecret).toEqual(here.sessionSecret);
    await moved.close();
  });

  test('is of one moment, however much is committed while it is written', async () => {
    let isOver = false;
    let next = 10;
    const commits = (async () => {
      while (!isOver && next < 600) await journal.commit([{ changes: verify(running, next++, new Uint8Array([next % 256])) }]);
    })();
    const [folder] = await exportTo();
    isOver = true;
    await commits;
    expect(next).toBeGreaterThan(12);
    const target = await makeTarget();
    // the import proves the sums
    await importEverything({ config: target, from: folder, say });
  });

  test('takes the epoch, names SESSION_SECRET where it is a setting, and refuses a folder that is there', async () => {
    const [folder, manifest] = await exportTo(undefined, { ...source(), sessionSecret: 'x'.repeat(32) });
    expect(manifest.secrets.map(({ name }) => name)).toEqual(['coordinator-key.pem']);
    expect(manifest.notExported).toHaveProperty('SESSION_SECRET');
    await expect(exportTo(folder)).rejects.toThrow(/exists already/);
  });

  test('tells what was collected meanwhile from what is lost', async () => {
    const digest = await db.blobs.put(new Uint8Array(5_000).fill(3));
    const gone = await withSnapshot(db.database.pool, async (tables) => {
      await db.database.pool.query("delete from blobs where digest = decode($1, 'hex')", [digest]);
      const listed: string[] = [];
      for await (const blob of tables.listFileBlobs()) listed.push(blob.digest);
      expect(listed).toContain(digest);
      return tables.listGone(listed);
    });
    expect(gone).toEqual([digest]);
  });

  test('refuses a damaged store, and leaves nothing under its name; told to, it goes without and names what is missing', async () => {
    const bytes = new Uint8Array(6_000).fill(4);
    const digest = await db.blobs.put(bytes);
    const file = blobPath(join(db.dataDir, 'blobs'), digest);
    writeFileSync(file, new Uint8Array(6_000).fill(5));
    const to = join(newFolder(), 'export');
    await expect(exportTo(to)).rejects.toThrow(/1 blobs under .* are damaged or gone/);
    expect(readdirSync(join(to, '..'))).toEqual([]);
    rmSync(file);
    await expect(exportTo(to)).rejects.toThrow(/are damaged or gone/);
    const [, manifest] = await exportTo(to, source(), true);
    expect(manifest.blobsLeftOut).toEqual({ collected: [], damaged: [digest] });
    await db.database.pool.query("delete from blobs where digest = decode($1, 'hex')", [digest]);
  });

  test('refuses a folder with no database', async () => {
    const empty = newFolder();
    const config = { databaseUrl: null, dataDir: join(empty, 'none'), blobsDir: empty, sessionSecret: null };
    await expect(exportTo(undefined, config)).rejects.toThrow(/There is no database in/);
    expect(existsSync(config.dataDir)).toBe(false);
  });
});

describe('an import', () => {
  let whole: string;
  let folder: string;
  let manifest: ExportManifest;
  let target: Awaited<ReturnType<typeof makeTarget>>;
  beforeAll(async () => {
    [whole, manifest] = await exportTo();
    // every refusal leaves it empty, so one is enough
    target = await makeTarget();
  });
  beforeEach(() => {
    folder = join(newFolder(), 'export');
    cpSync(whole, folder, { recursive: true });
  });

  const change = (file: string, edit: (bytes: Buffer) => Uint8Array): void => {
    writeFileSync(join(folder, file), edit(readFileSync(join(folder, file))));
  };
  const flip = (bytes: Buffer): Buffer => {
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    return bytes;
  };
  const rewrite = (edit: (manifest: ExportManifest) => object): void => {
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(edit(manifest)));
  };
  /** The manifest says the truth of the changed file. */
  const forge = (name: string, edit: (text: string) => string): void => {
    change(`tables/${name}.copy`, (bytes) => Buffer.from(edit(bytes.toString())));
    const bytes = readFileSync(join(folder, 'tables', `${name}.copy`));
    const part = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    rewrite((old) => ({ ...old, tables: old.tables.map((table) => (table.name === name ? { ...table, ...part } : table)) }));
  };
  const firstBlob = (): string => {
    const [digest] = readFileSync(join(folder, 'blobs.txt'), 'utf8').split(' ');
    return `blobs/sha256/${digest!.slice(0, 2)}/${digest}`;
  };

  const DAMAGE: readonly (readonly [string, () => void, RegExp])[] = [
    ['a flipped bit in a table', () => change('tables/entries.copy', flip), /tables\/entries.copy is damaged/],
    ['a table cut short', () => change('tables/votes.copy', (bytes) => bytes.subarray(0, -1)), /votes.copy has \d+ bytes and/],
    ['a missing table', () => rmSync(join(folder, 'tables/jobs.copy')), /tables\/jobs.copy is missing/],
    ['a flipped bit in a blob', () => change(firstBlob(), flip), /The blob .* is damaged/],
    ['a missing blob', () => rmSync(join(folder, firstBlob())), /The blob .* is missing/],
    ['a flipped bit in the list of blobs', () => change('blobs.txt', flip), /blobs.txt is damaged/],
    ['a flipped bit in a key', () => change('secrets/coordinator-key.pem', flip), /coordinator-key.pem is damaged/],
    ['no manifest', () => rmSync(join(folder, 'manifest.json')), /holds no manifest.json/],
    ['half a manifest', () => change('manifest.json', (bytes) => bytes.subarray(0, 200)), /is no JSON/],
    ['a manifest of another program', () => rewrite(() => ({ name: 'other' })), /damaged or of another program/],
    ['a newer format', () => rewrite((old) => ({ ...old, format: 2 })), /has format 2/],
    [
      'a newer schema',
      () => rewrite((old) => ({ ...old, migrations: [...old.migrations, '2099-01-later'] })),
      /schema 2099-01-later, which this Ostraka does not know/,
    ],
    [
      'a path in a name',
      () => rewrite((old) => ({ ...old, secrets: [{ ...old.secrets[0], name: '../key' }] })),
      /damaged or of another program/,
    ],
    [
      'a key that is none of ours',
      () => {
        change('secrets/coordinator-key.pem', (bytes) => bytes);
        writeFileSync(join(folder, 'secrets/authorized-keys'), readFileSync(join(folder, 'secrets/coordinator-key.pem')));
        rewrite((old) => ({ ...old, secrets: [{ ...old.secrets[0], name: 'authorized-keys' }] }));
      },
      /secret authorized-keys that no Ostraka made/,
    ],
    [
      'rows that the manifest does not count',
      () =>
        forge(
          'accounts',
          (text) =>
            `${text}${text
              .split('\n')
              .find((row) => row.startsWith('2\t'))
              ?.replace('2', '900')}\n`,
        ),
      /accounts has \d+ rows/,
    ],
    ['a row that is none', () => forge('accounts', (text) => text.replace('treasury', 'king')), /table accounts could not be loaded/],
    [
      'a ledger that does not balance',
      () =>
        forge('accounts', (text) =>
          text.replace(/(\tworker\t\\N\t\\N\t)(\d+)/, (_, before: string, earned: string) => `${before}9${earned}`),
        ),
      /does not balance/,
    ],
  ];
  test.each(DAMAGE)('refuses %s, and leaves the target empty', async (_what, damage, sentence) => {
    damage();
    await expect(importEverything({ config: target, from: folder, say })).rejects.toThrow(sentence);
    const client = new pg.Client(target.databaseUrl);
    await client.connect();
    const { rows } = await client.query("select relname from pg_class where relnamespace = 'public'::regnamespace");
    await client.end();
    expect(rows).toEqual([]);
    expect(readdirSync(target.dataDir)).toEqual([]);
  });

  test('goes without the rows of blobs that were collected while the export ran', async () => {
    const [digest] = readFileSync(join(folder, 'blobs.txt'), 'utf8').split(' ');
    rewrite((whole) => ({ ...whole, blobsLeftOut: { collected: [digest], damaged: [] } }));
    const next = await makeTarget();
    await importEverything({ config: next, from: folder, say });
    const moved = await openDatabase({ databaseUrl: next.databaseUrl });
    const known = await createBlobRows(moved).listKnown([digest as Digest, hashBytes(UPLOADED), hashBytes(LARGE)]);
    await moved.close();
    expect(known).toHaveLength(1);
    expect(known).not.toContain(digest);
  });

  test('brings an older schema to the newest', async () => {
    const old = await makeTarget();
    const pool = new pg.Pool({ connectionString: old.databaseUrl });
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const [first] = Object.keys(MIGRATIONS);
    const { error } = await new Migrator({ db: kysely, provider: { getMigrations: async () => MIGRATIONS } }).migrateTo(first!);
    expect(error).toBeUndefined();
    await pool.query("insert into accounts (id, kind, public_key, granted, created_at) values (500, 'guest', 'old', 5, 1)");
    await pool.query('update accounts set granted = -5 where id = 1');
    await pool.query(`insert into entries (transfer, account, credit, amount, balance_after, reason, shard, at)
      values (1, 1, 'granted', -5, -5, 'grant', null, 1), (1, 500, 'granted', 5, 5, 'grant', null, 1)`);
    await kysely.destroy();
    const [older, { migrations }] = await exportTo(undefined, old);
    expect(migrations).toEqual([first]);
    const next = await makeTarget();
    await importEverything({ config: next, from: older, say });
    const [, again] = await exportTo(undefined, next);
    expect(again.migrations).toEqual(Object.keys(MIGRATIONS));
    expect(again.tables.find(({ name }) => name === 'accounts')?.rows).toBe(3);
    const moved = await openDatabase({ databaseUrl: next.databaseUrl });
    expect(await createPageQueries(moved).trialBalance()).toMatchObject({ sumEntries: 0n, sumBalances: 0n, drifted: [] });
    await moved.close();
  });

  test('takes its files back when the commit fails in the end', async () => {
    // an owner that may not create folders is not to be had as root: a file stands where the folder of blobs must be
    writeFileSync(target.blobsDir, '');
    await expect(importEverything({ config: target, from: folder, say })).rejects.toThrow();
    expect(readdirSync(target.dataDir)).toEqual(['blobs']);
    rmSync(target.blobsDir);
    mkdirSync(target.blobsDir);
    await importEverything({ config: target, from: folder, say });
  });

  test('refuses a database that has tables, and a folder with another coordinator’s key', async () => {
    const taken = { ...source(), dataDir: target.dataDir };
    await expect(importEverything({ config: taken, from: folder, say })).rejects.toThrow(/database is not empty/);
    const other = await makeTarget();
    await loadSecrets(other.dataDir, null);
    await expect(importEverything({ config: other, from: folder, say })).rejects.toThrow(/of another coordinator/);
  });
});
