// Bans, the audit log, samples and what the network's page reads, in a real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createDeviceQueries } from '../../../../server/storage/device-queries.ts';
import { createNetworkQueries } from '../../../../server/storage/network-queries.ts';
import { type Act, createOperatorStore, type OperatorStore } from '../../../../server/storage/operator-store.ts';
import { createSampleStore, type SampleFigures } from '../../../../server/storage/sample-store.ts';
import type { DeviceId, Digest, JobId } from '../../../../src/protocol/ids.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const WALLET = '0xA51c1fc2f0D1a1b8494Ed1FE312d7C3a78Ed91C0';
const HOUR = 3_600_000;

let db: TestDatabase;
let store: OperatorStore;
let accounts: AccountStore;
let act: Act;

beforeAll(async () => {
  db = await startDatabase();
  store = createOperatorStore(db.database);
  accounts = createAccountStore(db.database, { postTransfers, guestCap: 10n ** 12n, startGrant: 0n, dailyGrantCap: 0n });
  const { account } = await accounts.signInWallet({ wallet: WALLET, deviceKey: null, nowMs: 1 });
  act = { account, wallet: WALLET, epoch: 3, reason: 'It lies.', atMs: 5_000 };
});
afterAll(() => db.stop());

const joinGuest = async (publicKey: string) => (await accounts.signInKey({ kind: 'guest', publicKey, nowMs: 2 })).device;

describe('a ban', () => {
  test('and its audit line are written together, once, and lifted again', async () => {
    const device = await joinGuest('key-of-one');
    expect(await store.readBan(device)).toBeNull();
    await store.ban(device, act);
    expect(await store.readBan(device)).toEqual({ device, reason: 'It lies.' });
    await expect(store.ban(device, act)).rejects.toMatchObject({ code: 'conflict' });
    await store.unban(device, { ...act, reason: 'It was a mistake.' });
    expect(await store.readBan(device)).toBeNull();
    await expect(store.unban(device, act)).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.ban(987_654 as DeviceId, act)).rejects.toMatchObject({ code: 'not-found' });
    const lines = await store.auditPage({ before: null, limit: 10 });
    expect(lines.map(({ act: what, reason }) => [what, reason])).toEqual([
      ['unban', 'It was a mistake.'],
      ['ban', 'It lies.'],
    ]);
    expect(lines[1]).toMatchObject({ device, job: null, wallet: WALLET, epoch: 3, atMs: 5_000 });
    expect(await store.auditPage({ before: lines[0]!.id, limit: 10 })).toEqual([lines[1]]);
  });

  test('follows the key into another account', async () => {
    const guest = await joinGuest('key-of-two');
    const { device: underWallet } = await accounts.signInWallet({ wallet: `0x${'2'.repeat(40)}`, deviceKey: 'key-of-two', nowMs: 3 });
    const { device: ofNobody } = await accounts.signInWallet({ wallet: `0x${'3'.repeat(40)}`, deviceKey: null, nowMs: 3 });
    expect(underWallet).not.toBe(guest);
    await store.ban(guest, { ...act, atMs: 70_000 });
    expect(await store.readBan(underWallet)).toMatchObject({ reason: 'It lies.' });
    const hit = await store.listBannedSince(60_000);
    expect(hit.map(({ device }) => device).sort()).toEqual([guest, underWallet].sort());
    expect(await store.listBannedSince(70_000)).toEqual([]);
    // a wallet that names no key has one device for all its browsers: its ban hits no other wallet
    const { device: ofAnother } = await accounts.signInWallet({ wallet: `0x${'4'.repeat(40)}`, deviceKey: null, nowMs: 3 });
    await store.ban(ofNobody, { ...act, atMs: 80_000 });
    expect(await store.readBan(ofAnother)).toBeNull();
  });

  test('is seen in the lists of devices', async () => {
    const devices = createDeviceQueries(db.database);
    const device = await joinGuest('key-of-five');
    await store.ban(device, act);
    const banned = await devices.listBanned({ before: null, limit: 1 });
    expect(banned).toMatchObject([{ device, ban: { reason: 'It lies.', atMs: 5_000 }, accountKind: 'guest' }]);
    const next = await devices.listBanned({ before: device, limit: 10 });
    expect(next.length).toBeGreaterThan(0);
    expect(next.every((row) => row.device < device && row.ban !== null)).toBe(true);
    expect(await devices.listDoubtful({ before: null, limit: 10 })).toEqual([]);
    await db.database.pool.query('update devices set outvoted_exact = 2 where id = $1', [device]);
    expect(await devices.listDoubtful({ before: null, limit: 10 })).toMatchObject([{ device, outvotedExact: 2 }]);
    expect(await devices.readDevices([device, 987_654 as DeviceId])).toHaveLength(1);
  });
});

describe('the audit log', () => {
  test('is only ever added to', async () => {
    await store.note({ ...act, act: 'cancel-job', job: 7 as JobId });
    for (const change of ["update audit set reason = 'nothing'", 'delete from audit']) {
      await expect(db.database.pool.query(change)).rejects.toThrow('The audit log is append-only.');
    }
    await expect(store.note({ ...act, act: 'drain', reason: 'no' })).rejects.toThrow();
  });
});

describe('how a session came about', () => {
  test('is known by its token: by the wallet itself, or by a key', async () => {
    const { account, device } = await accounts.signInWallet({ wallet: WALLET, deviceKey: null, nowMs: 9 });
    const session = { account, device, expiresAtMs: 10 ** 15 };
    await accounts.createSession({ ...session, tokenHash: 'signed', nowMs: 9, signedBy: 'wallet' });
    await accounts.createSession({ ...session, tokenHash: 'by-key', nowMs: 9 });
    await accounts.touchSession('signed', 10 ** 15 + 1);
    expect(await store.readProof('signed')).toEqual({ account, wallet: WALLET, signedBy: 'wallet', createdAtMs: 9 });
    expect(await store.readProof('by-key')).toMatchObject({ signedBy: 'key' });
    expect(await store.readProof('unknown')).toBeNull();
  });
});

describe('samples', () => {
  const figures = (change: Partial<SampleFigures>): SampleFigures => ({
    contributors: 1,
    gpus: 1,
    cpus: 2,
    jobs: 1,
    copiesOut: 0,
    shardsFinal: 10,
    shardsFailed: 0,
    votesAgreed: 20,
    votesOutvoted: 1,
    ...change,
  });

  test('of several coordinators add up; levels are averaged over time, counts summed', async () => {
    const samples = createSampleStore(db.database);
    await samples.keep({ atMs: 60_000, epoch: 1, figures: figures({ gpus: 2 }) });
    await samples.keep({ atMs: 60_000, epoch: 1, figures: figures({ gpus: 99 }) });
    await samples.keep({ atMs: 60_000, epoch: 2, figures: figures({ gpus: 4 }) });
    await samples.keep({ atMs: 120_000, epoch: 1, figures: figures({ gpus: 2, jobs: 3 }) });
    expect(await samples.read({ fromMs: 0, stepMs: 60_000 })).toMatchObject([
      { at: 60_000, gpus: 6, shardsFinal: 20, jobs: 1 },
      { at: 120_000, gpus: 2, shardsFinal: 10, jobs: 3 },
    ]);
    expect(await samples.read({ fromMs: 0, stepMs: HOUR })).toMatchObject([{ at: 0, gpus: 4, shardsFinal: 30, votesOutvoted: 3 }]);
    expect(await samples.sumVotes(61_000)).toEqual({ agreed: 20, outvoted: 1 });
    expect(await samples.sumVotes(10 ** 13)).toEqual({ agreed: 0, outvoted: 0 });
  });

  test('become hours after a week and go after a year, and the sums stay', async () => {
    const samples = createSampleStore(db.database);
    await samples.keep({ atMs: HOUR + 60_000, epoch: 1, figures: figures({ gpus: 8 }) });
    await samples.prune({ minutesFromMs: HOUR, hoursFromMs: 0 });
    await samples.prune({ minutesFromMs: HOUR, hoursFromMs: 0 });
    const { rows } = await db.database.pool.query('select step, at, epoch, gpus from samples order by at');
    expect(rows).toEqual([
      { step: 'hour', at: 0, epoch: 0, gpus: 4 },
      { step: 'minute', at: HOUR + 60_000, epoch: 1, gpus: 8 },
    ]);
    expect(await samples.read({ fromMs: 0, stepMs: HOUR })).toMatchObject([
      { at: 0, gpus: 4, shardsFinal: 30 },
      { at: HOUR, gpus: 8, shardsFinal: 10 },
    ]);
    await samples.prune({ minutesFromMs: HOUR, hoursFromMs: 1 });
    expect(await samples.read({ fromMs: 0, stepMs: HOUR })).toMatchObject([{ at: HOUR }]);
  });
});

describe('the network’s page', () => {
  test('finds nothing where there is nothing', async () => {
    const network = createNetworkQueries(db.database);
    expect(await network.countRunning()).toBe(0);
    expect(await network.findJob(1 as JobId)).toBeNull();
    expect(await network.findDigest('a'.repeat(64) as Digest, 5)).toEqual([]);
    expect(await network.findRecent(5)).toEqual([]);
    expect(await network.describeShards([])).toEqual([]);
    expect(await network.describeShards([{ job: 1 as JobId, index: 0 }])).toEqual([]);
  });
});
