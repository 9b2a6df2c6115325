// The resources over the real embedded database: what the memory stores promise must hold there too.
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change } from '../../../../server/coordinator/change.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { createAccountStore } from '../../../../server/storage/account-store.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createPageQueries } from '../../../../server/storage/page-queries.ts';
import { attachWallet } from '../../../../src/account/attach-wallet.ts';
import type { Api } from '../../../../src/account/create-api.ts';
import { readSession, signOut } from '../../../../src/account/session.ts';
import { signInWithKey, signInWithWallet } from '../../../../src/account/sign-in.ts';
import type { WalletProvider } from '../../../../src/account/sign-siwe-message.ts';
import type { SigningKey } from '../../../../src/account/signing-key.ts';
import type { JobEvent } from '../../../../src/protocol/api.ts';
import { type AccountId, type BlockId, type Digest, type JobId, makeShardId } from '../../../../src/protocol/ids.ts';
import { digestOf } from '../../../../src/protocol/sha256.ts';
import { collectResults } from '../../../../src/requester/collect-results.ts';
import { listJobs } from '../../../../src/requester/list-jobs.ts';
import { readBlob } from '../../../../src/requester/read-blob.ts';
import { readJob } from '../../../../src/requester/read-job.ts';
import { readLedger } from '../../../../src/requester/read-ledger.ts';
import { readReceipt } from '../../../../src/requester/read-receipt.ts';
import { readShard } from '../../../../src/requester/read-shard.ts';
import { uploadBlob } from '../../../../src/requester/upload-blob.ts';
import { verifyReceipt } from '../../../../src/requester/verify-receipt.ts';
import { watchJob } from '../../../../src/requester/watch-job.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';
import { createTestApi, faultOf, makeKey, type StartedApp, signInHeadless, startApp } from './start-app.ts';

const CAP = 10n ** 12n;
const GRANT = 100_000_000n;
let db: TestDatabase;
let started: StartedApp;

beforeAll(async () => {
  db = await startDatabase();
  const accounts = createAccountStore(db.database, { postTransfers, guestCap: CAP, startGrant: GRANT, dailyGrantCap: CAP });
  started = startApp({ startMs: Date.now(), dependencies: { accounts, blobs: db.blobs, pages: createPageQueries(db.database) } });
});
afterAll(() => db.stop());

function makeProvider(): { readonly provider: WalletProvider; readonly address: string } {
  const account = privateKeyToAccount(generatePrivateKey());
  const request: WalletProvider['request'] = async ({ method, params }) =>
    method === 'eth_requestAccounts' ? [account.address] : account.signMessage({ message: { raw: params?.[0] as `0x${string}` } });
  return { provider: { request }, address: account.address };
}

/** A job of two shards: the first final with these bytes, the second still pending. */
async function openJob(requester: AccountId, bytes: Uint8Array): Promise<JobRecord> {
  const journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP });
  const draft = makeJobRecord({ workgroups: 2 });
  const [id, escrow, block] = (await journal.nextIds(3)) as [number, number, number];
  const job: JobRecord = {
    ...draft,
    id: id as JobId,
    requester,
    escrow: escrow as AccountId,
    blocks: [{ ...draft.blocks[0]!, id: block as BlockId }],
  };
  const voter = await started.dependencies.accounts.signInKey({ kind: 'headless', publicKey: `voter-${id}`, nowMs: 1 });
  const shard = makeShardId(block as BlockId, 0);
  const digest = digestOf(bytes);
  const changes: Change[] = [
    { kind: 'job-created', job, owned: job.blocks.length },
    { kind: 'transfer', atMs: 1, transfer: { kind: 'hold', job: job.id, requester, escrow: job.escrow, amount: job.escrowAmount } },
    {
      kind: 'vote-cast',
      shard,
      copy: 0,
      ...voter,
      addressRange: null,
      engine: 'cpu',
      digest,
      elapsedMs: 1,
      outputs: null,
      state: 'waiting',
      atMs: 2,
    },
    { kind: 'vote-settled', shard, copy: 0, state: 'agreed', paid: job.pricePerCopy },
    { kind: 'shard-judged', job: job.id, shard, verdict: 'final', digest, outputs: [{ name: 'out', root: digest, bytes }], atMs: 2 },
    {
      kind: 'transfer',
      atMs: 2,
      transfer: { kind: 'pay', job: job.id, shard, escrow: job.escrow, contributor: voter.account, amount: job.pricePerCopy },
    },
  ];
  expect((await journal.commit([{ changes }])).refused.size).toBe(0);
  return job;
}

test('a session is opened, granted once, found, and ended', async () => {
  const key = await makeKey();
  const api = await signInHeadless(started, key);
  const session = await readSession(api);
  expect(session?.account).toMatchObject({ kind: 'headless', granted: String(GRANT), earned: '0', verifiedShards: 0 });
  const again = await signInHeadless(started, key);
  expect(await readSession(again)).toMatchObject({ account: { granted: String(GRANT) }, device: session?.device });
  expect((await readLedger(again)).lines).toMatchObject([
    { reason: 'grant', credit: 'granted', amount: String(GRANT), balance: String(GRANT) },
  ]);
  await signOut(again, 'everywhere');
  expect(await readSession(api)).toBeNull();
});

test('blobs are stored, found, and bounded by the quota', async () => {
  const api = await signInHeadless(started);
  const small = crypto.getRandomValues(new Uint8Array(900));
  const digest = await uploadBlob(api, small);
  expect(await uploadBlob(api, small)).toBe(digest);
  expect(await readBlob(createTestApi(started), digest)).toEqual(small);
  expect(await faultOf(uploadBlob(api, new Uint8Array(101)))).toMatchObject({ code: 'quota-exceeded' });
  expect(await uploadBlob(api, new Uint8Array(100))).toMatch(/^[0-9a-f]{64}$/);
  expect(await faultOf(readBlob(api, 'ab'.repeat(32) as Digest))).toMatchObject({ code: 'not-found' });
});

test('a job is listed, read, collected, watched and signed for; when its guest gets a wallet, it is the wallet’s', async () => {
  const key: SigningKey = await makeKey();
  const api = await signInHeadless(started, key);
  const { account } = (await readSession(api))!;
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const job = await openJob(account.id, bytes);

  expect((await listJobs(api, { isMine: true })).jobs.map(({ id }) => id)).toEqual([job.id]);
  expect(await readJob(api, job.id)).toMatchObject({
    isMine: true,
    state: 'running',
    shards: 2,
    finalShards: 1,
    paid: '1000',
    escrow: '4000',
  });
  expect(await readShard(api, job.id, 0)).toMatchObject({
    verdict: 'final',
    votes: [{ state: 'agreed', engine: 'cpu' }],
    outputs: [{ name: 'out', bytes: 8 }],
  });
  const output = await collectResults(api, await readJob(api, job.id));
  expect([...output.bytes]).toEqual([...bytes, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect((await readLedger(api)).lines).toMatchObject([{ reason: 'hold', job: job.id }, { reason: 'grant' }]);

  const stop = new AbortController();
  const snapshots: JobEvent[] = [];
  const onEvent = (event: JobEvent): void => {
    snapshots.push(event);
    stop.abort();
  };
  await faultOf(watchJob(api, job.id, { onEvent, signal: stop.signal }));
  expect(snapshots).toMatchObject([{ type: 'snapshot', shards: 'fp' }]);

  const receipt = await readReceipt(api, job.id);
  expect(receipt).toMatchObject({
    manifest: job.manifestDigest,
    shards: [{ verdict: 'final' }, { verdict: 'pending' }],
    payments: [{ shards: 1, amount: '1000' }],
    outvoted: [],
  });
  expect(await verifyReceipt(receipt)).toMatchObject({ kind: 'genuine' });

  const { provider, address } = makeProvider();
  const attached = await attachWallet(api, provider, key, Date.now());
  expect(attached.account).toMatchObject({ kind: 'wallet', wallet: address, granted: String(GRANT - job.escrowAmount) });
  const asWallet = api.withToken(attached.token);
  expect((await readJob(asWallet, job.id)).isMine).toBe(true);
  expect(await readSession(api)).toBeNull();
  expect(await faultOf(attachWallet(asWallet, makeProvider().provider, key, Date.now()))).toMatchObject({ code: 'already-attached' });
  // Either way in now leads to the one account, and no second grant.
  const byKey: Api = await signInHeadless(started, key);
  const byWallet = await signInWithWallet(createTestApi(started), provider, key, Date.now());
  expect([(await readSession(byKey))?.account.id, byWallet.account.id]).toEqual([attached.account.id, attached.account.id]);
});

test('the house signs in as the house and is given nothing', async () => {
  const key = await makeKey();
  const { accounts, blobs, pages } = started.dependencies;
  const house = startApp({ settings: { houseKey: key.publicKey }, dependencies: { accounts, blobs, pages } });
  expect(await signInWithKey(createTestApi(house), key, 'headless')).toMatchObject({ account: { kind: 'house', granted: '0' } });
});
