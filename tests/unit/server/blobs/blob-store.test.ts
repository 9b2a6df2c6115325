// Blobs on a real disk and database: what is stored comes back whole, rot is found, and only what nothing names is collected.
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { INLINE_BYTES } from '../../../../server/blobs/blob-rows.ts';
import { type BlobStore, blobPath, createBlobStore, hashBytes, MIN_RETENTION_MS } from '../../../../server/blobs/blob-store.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createBlobRows } from '../../../../server/storage/blob-queries.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import type { AccountId, BlockId, Digest, JobId } from '../../../../src/protocol/ids.ts';
import { makeShardId } from '../../../../src/protocol/ids.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

let db: TestDatabase;
let dir: string;
let nowMs = 1_000_000;
let accounts: AccountStore;
let rotten: string[] = [];
let seed = 0;

beforeAll(async () => {
  db = await startDatabase();
  dir = join(db.dataDir, 'store');
  accounts = createAccountStore(db.database, { postTransfers, guestCap: 10n ** 9n, startGrant: 10n ** 6n, dailyGrantCap: 10n ** 9n });
});
afterAll(() => db.stop());
beforeEach(() => {
  rotten = [];
});

/** A store that has just started: it remembers nothing of what was put before. */
function openStore(): BlobStore {
  return createBlobStore({ dir, rows: createBlobRows(db.database), nowMs: () => nowMs, onRot: (digest) => rotten.push(digest) });
}

function makeBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(7);
  new DataView(bytes.buffer).setUint32(0, ++seed);
  return bytes;
}

const isFile = (digest: Digest): boolean => existsSync(blobPath(dir, digest));

describe('put and get', () => {
  test.each([
    [INLINE_BYTES, false],
    [INLINE_BYTES + 1, true],
  ])('%s bytes come back; in a file: %s', async (length, inFile) => {
    const bytes = makeBytes(length);
    const store = openStore();
    const digest = await store.put(bytes);
    expect(digest).toBe(hashBytes(bytes));
    expect(isFile(digest)).toBe(inFile);
    expect(new Uint8Array((await openStore().get(digest))!)).toEqual(bytes);
    expect(await store.stat(digest)).toEqual({ bytes: length });
    expect(await store.has(digest)).toBe(true);
  });

  test('nothing, many at once, the same twice', async () => {
    const store = openStore();
    const empty = await store.put(new Uint8Array());
    expect(await store.get(empty)).toHaveLength(0);
    const parts = Array.from({ length: 40 }, () => makeBytes(9_000));
    const digests = await store.putMany([...parts, parts[0]!]);
    expect(digests).toEqual([...parts, parts[0]!].map(hashBytes));
    expect(await Promise.all(digests.map((digest) => store.get(digest)))).toEqual([...parts, parts[0]!].map((part) => Buffer.from(part)));
    await Promise.all(Array.from({ length: 8 }, () => store.put(parts[1]!)));
  });

  test('an unknown digest is null, and what is no digest never becomes a path', async () => {
    const store = openStore();
    expect(await store.get('0'.repeat(64) as Digest)).toBeNull();
    expect(await store.stat('0'.repeat(64) as Digest)).toBeNull();
    for (const bad of ['../../etc/passwd', 'A'.repeat(64), '0'.repeat(63), `${'0'.repeat(63)}/`, '']) {
      expect(() => blobPath(dir, bad)).toThrow(expect.objectContaining({ code: 'not-found' }));
      await expect(store.get(bad as Digest)).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  test('only this user may read the files', async () => {
    const digest = await openStore().put(makeBytes(9_000));
    expect(statSync(blobPath(dir, digest)).mode & 0o077).toBe(0);
    expect(statSync(join(dir, 'sha256')).mode & 0o077).toBe(0);
  });

  test('rot is found, told, and mended by the same bytes', async () => {
    const bytes = makeBytes(9_000);
    const store = openStore();
    const digest = await store.put(bytes);
    const rotted = Buffer.from(bytes);
    rotted[8_999] = 8;
    writeFileSync(blobPath(dir, digest), rotted);
    expect(await store.get(digest)).toBeNull();
    expect(rotten).toEqual([digest]);
    expect(await store.get(digest)).toBeNull();
    await store.put(bytes);
    expect(await store.get(digest)).toEqual(Buffer.from(bytes));
  });

  test('free space is a number of bytes', async () => {
    expect(await openStore().freeBytes()).toBeGreaterThan(1024);
  });
});

describe('garbage', () => {
  const RETENTION_MS = 3_600_000;
  const collect = (store: BlobStore, limit = 100) => store.collectGarbage({ nowMs, retentionMs: RETENTION_MS, limit });

  test('goes when nothing names it and its time is over, not a moment earlier', async () => {
    const [small, large] = [await openStore().put(makeBytes(10)), await openStore().put(makeBytes(9_000))];
    nowMs += RETENTION_MS;
    await collect(openStore());
    expect(await openStore().has(small)).toBe(true);
    nowMs += 1;
    const collected = await collect(openStore());
    expect(collected.blobs).toBeGreaterThanOrEqual(2);
    expect(await openStore().has(small)).toBe(false);
    expect(await openStore().has(large)).toBe(false);
    expect(isFile(large)).toBe(false);
  });

  test('goes a few at a time', async () => {
    await openStore().putMany([makeBytes(10), makeBytes(10), makeBytes(10)]);
    nowMs += RETENTION_MS + 1;
    expect((await collect(openStore(), 2)).blobs).toBe(2);
    expect((await collect(openStore(), 2)).blobs).toBe(1);
  });

  test('what was put again, or uploaded since, stays', async () => {
    const again = makeBytes(9_000);
    const uploaded = await openStore().put(makeBytes(10));
    const digest = await openStore().put(again);
    const { account } = await accounts.signInKey({ kind: 'guest', publicKey: 'uploader', nowMs });
    nowMs += RETENTION_MS / 2;
    await openStore().put(again);
    await accounts.registerUpload({ account, digest: uploaded, bytes: 10, quotaBytes: 100, nowMs });
    nowMs += RETENTION_MS / 2 + 1;
    await collect(openStore());
    expect(await openStore().has(digest)).toBe(true);
    expect(await openStore().has(uploaded)).toBe(true);
    nowMs += RETENTION_MS;
    await collect(openStore());
    expect(await openStore().has(digest)).toBe(false);
    expect(await openStore().has(uploaded)).toBe(false);
    // The upload no longer counts either.
    await accounts.registerUpload({ account, digest: digest, bytes: 100, quotaBytes: 100, nowMs });
  });

  test('what this process put stays, though no row names it yet: its commit may be under way', async () => {
    const store = openStore();
    const bytes = makeBytes(9_000);
    const digest = await store.put(bytes);
    nowMs += RETENTION_MS * 2;
    await store.store([bytes]);
    await collect(store);
    expect(isFile(digest)).toBe(true);
    await collect(store);
    expect(isFile(digest)).toBe(true);
    await collect(store);
    expect(isFile(digest)).toBe(false);
  });

  test('a retention too short to be safe is not taken at its word', async () => {
    const digest = await openStore().put(makeBytes(10));
    nowMs += MIN_RETENTION_MS;
    await openStore().collectGarbage({ nowMs, retentionMs: 0, limit: 100 });
    expect(await openStore().has(digest)).toBe(true);
    nowMs += 1;
    await openStore().collectGarbage({ nowMs, retentionMs: 0, limit: 100 });
    expect(await openStore().has(digest)).toBe(false);
  });

  test('files that no row names, and drafts of a killed process, are swept', async () => {
    const store = openStore();
    const [stray] = await openStore().store([makeBytes(9_000)]);
    const path = blobPath(dir, stray!.digest);
    writeFileSync(`${path}.draft`, 'half');
    const long = new Date(Date.now() - 10 * RETENTION_MS);
    for (const each of [path, `${path}.draft`]) utimesSync(each, long, long);
    const kept = await openStore().put(makeBytes(9_000));
    nowMs = Date.now();
    for (let folder = 0; folder < 256; folder++) await store.collectGarbage({ nowMs, retentionMs: RETENTION_MS, limit: 0 });
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.draft`)).toBe(false);
    expect(isFile(kept)).toBe(true);
    expect(readdirSync(join(dir, 'sha256')).length).toBeGreaterThan(0);
  });

  test('what a job, a final shard or a vote in play names stays; a vote’s bytes go once its shard is decided', async () => {
    const store = openStore();
    const journal = createJournal({ database: db.database, blobs: store, postTransfers, guestCap: 10n ** 9n });
    const who = await accounts.signInKey({ kind: 'headless', publicKey: 'requester', nowMs });
    await accounts.grantStart(who.account, nowMs);
    const draft = makeJobRecord();
    const [id, escrow, block] = await journal.nextIds(3);
    const [wgsl, manifestDigest, input] = await store.putMany([makeBytes(9_000), makeBytes(10), makeBytes(9_000)]);
    const stage = { ...draft.spec.stages[0]!, inputs: { mesh: { digest: input! } } };
    const job = {
      ...draft,
      id: id as JobId,
      escrow: escrow as AccountId,
      requester: who.account,
      manifestDigest: manifestDigest!,
      manifest: { ...draft.manifest, wgsl: wgsl! },
      spec: { ...draft.spec, stages: [stage] },
      blocks: [{ ...draft.blocks[0]!, id: block as BlockId }],
    };
    const shard = makeShardId(block as BlockId, 0);
    const digest = '1'.repeat(64) as Digest;
    const [voted, final] = [makeBytes(9_000), makeBytes(9_000)];
    const output = (bytes: Uint8Array) => [{ name: 'out', root: digest, bytes }];
    await journal.commit([
      {
        changes: [
          { kind: 'job-created', job },
          {
            kind: 'transfer',
            transfer: { kind: 'hold', job: job.id, requester: who.account, escrow: job.escrow, amount: 8_000n },
            atMs: nowMs,
          },
          {
            kind: 'vote-cast',
            addressRange: null,
            shard,
            copy: 0,
            ...who,
            engine: 'cpu',
            digest,
            elapsedMs: 1,
            outputs: output(voted),
            state: 'waiting',
            atMs: nowMs,
          },
        ],
      },
    ]);
    nowMs += RETENTION_MS + 1;
    await collect(openStore());
    for (const named of [wgsl!, manifestDigest!, input!, hashBytes(voted)]) expect(await openStore().has(named)).toBe(true);

    await journal.commit([
      { changes: [{ kind: 'shard-judged', job: job.id, shard, verdict: 'final', digest, outputs: output(final), atMs: nowMs }] },
    ]);
    nowMs += RETENTION_MS + 1;
    await collect(openStore());
    expect(await openStore().has(hashBytes(final))).toBe(true);
    expect(await openStore().has(hashBytes(voted))).toBe(false);
  });
});
