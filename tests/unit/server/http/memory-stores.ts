// The stores behind the HTTP resources, kept in maps: quick, and strict where the real ones are.
import { vi } from 'vitest';
import type { AccountStore, BlobStore, PageQueries, SessionRecord } from '../../../../server/http/dependencies.ts';
import { hashFast } from '../../../../server/http/hash-fast.ts';
import type { AccountKind, JobView, ShardView } from '../../../../src/protocol/api.ts';
import { Fault } from '../../../../src/protocol/fault.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../../src/protocol/ids.ts';
import { digestOf } from '../../../../src/protocol/sha256.ts';

interface MemoryAccount {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly key: string;
  granted: bigint;
  earned: bigint;
  wallet: string | null;
  attachedTo: AccountId | null;
  verifiedShards: number;
}

export function createMemoryAccounts() {
  const accounts: MemoryAccount[] = [];
  const sessions = new Map<string, SessionRecord & { readonly signedBy: 'key' | 'wallet'; readonly createdAtMs: number }>();
  const uploads = new Map<AccountId, Map<Digest, number>>();

  const find = (key: string, kind: AccountKind): MemoryAccount => {
    let account = accounts.find((each) => each.key === key);
    if (account === undefined) {
      account = {
        id: (accounts.length + 10) as AccountId,
        kind,
        key,
        granted: 0n,
        earned: 0n,
        wallet: kind === 'wallet' ? key : null,
        attachedTo: null,
        verifiedShards: 0,
      };
      accounts.push(account);
    }
    const { attachedTo } = account;
    return attachedTo === null ? account : (accounts.find((each) => each.id === attachedTo) as MemoryAccount);
  };
  const byId = (id: AccountId): MemoryAccount => accounts.find((each) => each.id === id) as MemoryAccount;

  const store: AccountStore = {
    signInKey: async ({ kind, publicKey }) => ({
      account: find(publicKey, kind).id,
      device: (100 + accounts.findIndex((each) => each.key === publicKey)) as DeviceId,
    }),
    signInWallet: async ({ wallet }) => ({ account: find(wallet, 'wallet').id, device: 99 as DeviceId }),
    accountView: async (id) => {
      const { kind, key, wallet, earned, granted, verifiedShards } = byId(id);
      return {
        id,
        kind,
        name: key.slice(0, 8),
        wallet,
        earned: String(earned),
        granted: String(granted),
        verifiedShards,
        cap: kind === 'guest' ? '1000000000' : null,
      };
    },
    attachWallet: async ({ guest, wallet }) => {
      const from = byId(guest);
      const to = find(wallet, 'wallet');
      to.earned += from.earned;
      to.granted += from.granted;
      from.earned = 0n;
      from.granted = 0n;
      from.attachedTo = to.id;
      return to.id;
    },
    grantStart: async (id) => {
      const account = byId(id);
      if (account.granted > 0n) return 0n;
      account.granted = 100_000_000n;
      return account.granted;
    },
    createSession: async ({ tokenHash, nowMs, signedBy = 'key', ...session }) =>
      void sessions.set(tokenHash, { ...session, signedBy, createdAtMs: nowMs }),
    findSession: async (tokenHash, nowMs) => {
      const session = sessions.get(tokenHash);
      return session !== undefined && session.expiresAtMs > nowMs ? session : null;
    },
    touchSession: async (tokenHash, expiresAtMs) => {
      const session = sessions.get(tokenHash);
      if (session !== undefined) sessions.set(tokenHash, { ...session, expiresAtMs });
    },
    endSession: async (tokenHash) => void sessions.delete(tokenHash),
    endAllSessions: async (account) => {
      for (const [hash, session] of sessions) if (session.account === account) sessions.delete(hash);
    },
    registerUpload: async ({ account, digest, bytes, quotaBytes }) => {
      const mine = uploads.get(account) ?? new Map<Digest, number>();
      const used = [...mine.values()].reduce((sum, each) => sum + each, 0);
      if (!mine.has(digest) && used + bytes > quotaBytes) throw new Fault('quota-exceeded', `The quota is ${quotaBytes} bytes.`);
      uploads.set(account, mine.set(digest, bytes));
    },
  };
  const readProof = (tokenHash: string) => {
    const session = sessions.get(tokenHash);
    return session === undefined ? null : { ...session, wallet: byId(session.account).wallet };
  };
  return { store, accounts, sessions, readProof };
}

export function createMemoryBlobs() {
  const blobs = new Map<Digest, Uint8Array>();
  const store: BlobStore = {
    put: async (bytes) => {
      const digest = digestOf(bytes, hashFast);
      blobs.set(digest, bytes.slice());
      return digest;
    },
    get: async (digest) => blobs.get(digest) ?? null,
    stat: async (digest) => {
      const bytes = blobs.get(digest);
      return bytes === undefined ? null : { bytes: bytes.length };
    },
  };
  return { store, blobs };
}

export type StoredJob = Omit<JobView, 'isMine'>;

/** A job of four workgroups of 8 bytes in two shards, shown as bytes. */
export function makeStoredJob(change: Partial<StoredJob> = {}): StoredJob {
  const view = { kind: 'bytes', output: 'data' } as const;
  const output = { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 8 }, element: 'u8', comparison: { kind: 'exact' } } as const;
  const grid = [3, 1, 1] as const;
  const stage = {
    name: 'only',
    wgsl: '@compute fn main() {}',
    grid,
    workgroupsPerShard: 2,
    parameters: {},
    inputs: {},
    outputs: { data: output },
  };
  const spec = {
    title: 'Count',
    description: '',
    template: null,
    stages: [stage],
    rounds: 1,
    redundancy: { quorum: 2, maxCopies: 5 },
    deadlineMs: null,
    visibility: 'public',
    tier: 'voted',
    view,
  } as const;
  return {
    id: 7 as JobId,
    title: 'Count',
    template: null,
    requester: { account: 10 as AccountId, name: 'asker' },
    state: 'running',
    shards: 2,
    finalShards: 1,
    failedShards: 0,
    pricePerCopy: '1000',
    createdAtMs: 1,
    endedAtMs: null,
    view,
    grid,
    description: '',
    spec,
    escrow: '4000',
    paid: '2000',
    refunded: '0',
    reason: null,
    workgroupsPerShard: 2,
    workPerWorkgroup: 1_000,
    ...change,
  };
}

export function makeStoredShard(index: number, blob: Digest | null): ShardView {
  return {
    shard: (7168 + index) as ShardId,
    index,
    base: index * 2,
    count: index === 1 ? 1 : 2,
    verdict: blob === null ? 'pending' : 'final',
    digest: null,
    votes: [],
    outputs: blob === null ? [] : [{ name: 'data', blob, root: blob, bytes: index === 1 ? 8 : 16 }],
  };
}

export function createMemoryPages() {
  const jobs = new Map<JobId, StoredJob>();
  const shards = new Map<JobId, ShardView[]>();
  const store: PageQueries = {
    listJobs: async ({ requester, state, before, limit }) =>
      [...jobs.values()]
        .filter(
          (job) =>
            (requester === undefined || job.requester.account === requester) &&
            (state === undefined || job.state === state) &&
            (before === undefined || job.id < before),
        )
        .sort((a, b) => b.id - a.id)
        .slice(0, limit),
    readJob: vi.fn(async (job: JobId) => jobs.get(job) ?? null),
    shardLetters: async (job) => (shards.get(job) ?? []).map((shard) => (shard.verdict === 'final' ? 'f' : 'p')).join(''),
    readManifestDigest: async () => 'ab'.repeat(32) as Digest,
    readShard: async (job, index) => shards.get(job)?.[index] ?? null,
    readShards: async (job, { from, limit }) => (shards.get(job) ?? []).slice(from, from + limit),
    readOutputs: async (job, { output, from, limit }) =>
      (shards.get(job) ?? []).slice(from, from + limit).flatMap((shard) => {
        const stored = shard.verdict === 'final' ? shard.outputs.find((each) => each.name === output) : undefined;
        return stored ? [{ index: shard.index, stored: { blob: stored.blob } }] : [];
      }),
    readPayments: async () => [],
    readOutvoted: async () => [],
    ledgerPage: async () => ({ lines: [], next: null }),
    totals: async () => ({ shardsFinal: 5 }),
  };
  return { store, jobs, shards };
}
