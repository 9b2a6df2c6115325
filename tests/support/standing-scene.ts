// A database with people, jobs and shards that were verified at chosen moments, for tests of standing.
import type { Change, Journal } from '../../server/coordinator/change.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { postTransfers } from '../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../server/storage/account-store.ts';
import { createJournal } from '../../server/storage/journal.ts';
import { createStandingStore, type StandingStore } from '../../server/storage/standing-store.ts';
import type { League } from '../../src/protocol/api-standing.ts';
import type { AccountId, BlockId, DeviceId, JobId, ShardId } from '../../src/protocol/ids.ts';
import { makeShardId } from '../../src/protocol/ids.ts';
import { DIGEST } from './make-changes.ts';
import { makeJobRecord } from './make-job-record.ts';
import { startDatabase, type TestDatabase } from './start-database.ts';

export interface Person {
  readonly account: AccountId;
  readonly device: DeviceId;
}

/** Work units of each of the scene's shards. */
export const WORK_A_SHARD = 2_000_000;
export const PRICE = 1_000n;

export interface StandingScene {
  readonly db: TestDatabase;
  readonly journal: Journal;
  readonly accounts: AccountStore;
  readonly standing: StandingStore;
  guest(key: string): Promise<Person>;
  wallet(address: string): Promise<Person>;
  openJob(requester: Person, shards?: number): Promise<JobRecord>;
  /** The next shards of the job become final; each is paid to each of these. */
  verify(job: JobRecord, shards: number, voters: readonly Voter[], atMs: number, by?: Journal): Promise<void>;
  rollUp(): Promise<void>;
  stop(): Promise<void>;
}

export interface Voter extends Person {
  readonly league?: League;
}

const PLENTY = 10n ** 12n;

export async function startStandingScene(): Promise<StandingScene> {
  const db = await startDatabase();
  const journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: PLENTY });
  const accounts = createAccountStore(db.database, { postTransfers, guestCap: PLENTY, startGrant: 10n ** 9n, dailyGrantCap: 10n ** 12n });
  const standing = createStandingStore(db.database);
  const verified = new Map<JobId, number>();

  return {
    db,
    journal,
    accounts,
    standing,
    guest: (key) => accounts.signInKey({ kind: 'guest', publicKey: `00${key}`, nowMs: 1 }),
    wallet: (address) => accounts.signInWallet({ wallet: address, deviceKey: null, nowMs: 1 }),
    async openJob(requester, shards = 1_000) {
      const draft = makeJobRecord({ workgroups: shards * 2, workgroupsPerShard: 2 });
      const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
      const job: JobRecord = {
        ...draft,
        id: id as JobId,
        escrow: escrow as AccountId,
        requester: requester.account,
        manifest: { ...draft.manifest, workPerWorkgroup: WORK_A_SHARD / 2 },
        blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
      };
      await accounts.grantStart(requester.account, 1);
      const hold = { kind: 'hold', job: job.id, requester: requester.account, escrow: job.escrow, amount: job.escrowAmount } as const;
      const changes: Change[] = [
        { kind: 'job-created', job },
        { kind: 'transfer', transfer: hold, atMs: 1 },
      ];
      const { refused } = await journal.commit([{ changes }]);
      if (refused.size > 0) throw new Error('The job was refused.');
      return job;
    },
    async verify(job, shards, voters, atMs, by = journal) {
      const from = verified.get(job.id) ?? 0;
      verified.set(job.id, from + shards);
      const units = Array.from({ length: shards }, (_, at) => ({ changes: makeVerified(job, shardOf(job, from + at), voters, atMs) }));
      await by.commit(units);
    },
    async rollUp() {
      while ((await standing.rollUp()) > 0);
    },
    stop: () => db.stop(),
  };
}

export const shardOf = (job: JobRecord, index: number): ShardId => makeShardId(job.blocks[Math.floor(index / 1024)]!.id, index % 1024);

function makeVerified(job: JobRecord, shard: ShardId, voters: readonly Voter[], atMs: number): readonly Change[] {
  const bytes = new Uint8Array(16);
  return [
    ...voters.flatMap(({ account, device, league = 'cpu' }, copy): Change[] => [
      {
        kind: 'vote-cast',
        shard,
        copy,
        account,
        device,
        addressRange: null,
        engine: league === 'gpu' ? 'gpu' : 'cpu',
        digest: DIGEST,
        elapsedMs: 1,
        outputs: null,
        state: 'waiting',
        atMs,
      },
      { kind: 'vote-settled', shard, copy, state: 'agreed', paid: PRICE },
      {
        kind: 'transfer',
        transfer: { kind: 'pay', job: job.id, shard, escrow: job.escrow, contributor: account, amount: PRICE, league },
        atMs,
      },
    ]),
    { kind: 'shard-judged', job: job.id, shard, verdict: 'final', digest: DIGEST, outputs: [{ name: 'out', root: DIGEST, bytes }], atMs },
  ];
}
