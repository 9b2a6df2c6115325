// Accounts, their devices and their sessions: who signs in as whom, start grants, attaching a guest to a wallet, upload quotas.
import type pg from 'pg';
import type { AccountView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId, Digest, MicroCredits } from '../../src/protocol/ids.ts';
import type { DeviceForm } from '../../src/protocol/messages.ts';
import type { LoadedDevice } from '../coordinator/change.ts';
import type { PostTransfers } from '../ledger/post-transfers.ts';
import type { Transfer } from '../ledger/transfer.ts';
import { nameAccount } from './account-name.ts';
import type { Database } from './database.ts';
import { postCredit, TREASURY_ID } from './post-credit.ts';
import { attachProfile } from './profile-store.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import { withTransaction } from './with-transaction.ts';

export interface SignedIn {
  readonly account: AccountId;
  readonly device: DeviceId;
}

export interface AccountPolicy {
  readonly postTransfers: PostTransfers;
  /** What a guest's balance may not pass. */
  readonly guestCap: MicroCredits;
  /** What a new account is given once. */
  readonly startGrant: MicroCredits;
  /** What all new accounts are given in one day (UTC). */
  readonly dailyGrantCap: MicroCredits;
}

export interface AccountStore extends SessionStore {
  /** A guest that is attached to a wallet signs in as the wallet's account. */
  signInKey(key: { readonly kind: 'guest' | 'headless' | 'house'; readonly publicKey: string; readonly nowMs: number }): Promise<SignedIn>;
  /** `wallet` is checksummed. */
  signInWallet(wallet: { readonly wallet: string; readonly deviceKey: string | null; readonly nowMs: number }): Promise<SignedIn>;
  accountView(account: AccountId): Promise<AccountView | null>;
  /** Moves all credit, devices and sessions, once; the same again changes nothing. Throws `already-attached`, `conflict`, `not-found`. */
  attachWallet(attach: { readonly guest: AccountId; readonly wallet: string; readonly nowMs: number }): Promise<AccountId>;
  /** What was granted; 0n when the account had its grant, or the day's cap has no room for it. */
  grantStart(account: AccountId, nowMs: number): Promise<MicroCredits>;
  /** `form`: what the device says it is, kept for leaderboards. */
  deviceRecord(device: DeviceId, form?: DeviceForm): Promise<LoadedDevice | null>;
  /** The same bytes again cost nothing. Throws `quota-exceeded`. */
  registerUpload(upload: {
    readonly account: AccountId;
    readonly digest: Digest;
    readonly bytes: number;
    readonly quotaBytes: number;
    readonly nowMs: number;
  }): Promise<void>;
}

interface GrantFacts {
  readonly id: AccountId;
  readonly kind: string;
  readonly balance: MicroCredits;
  readonly has_grant: boolean;
  /** Today, to everyone. */
  readonly given: MicroCredits;
}

const GRANT_FACTS = `
  select a.id, a.kind, a.earned + a.granted as balance, exists (select from grants g where g.account = a.id) as has_grant,
    coalesce((select sum(g.amount) from grants g where g.day = $2), 0) as given
  from accounts a where a.id = coalesce((select attached_to from accounts where id = $1), $1)`;

const HOUSE_ID = 2 as AccountId;
const DAY_MS = 86_400_000;

type Client = Pick<pg.ClientBase, 'query'>;

/** The row, made when it is not there yet; two at once end with the same one. */
async function findOrCreate(
  client: Client,
  column: 'public_key' | 'wallet',
  value: string,
  kind: string,
  nowMs: number,
): Promise<AccountId> {
  const find = `select coalesce(attached_to, id) as id from accounts where ${column} = $1`;
  const known = await client.query<{ readonly id: AccountId }>(find, [value]);
  if (known.rows[0]) return known.rows[0].id;
  await client.query(
    `insert into accounts (id, kind, ${column}, created_at) values (nextval('ids'), $2, $1, $3) on conflict (${column}) do nothing`,
    [value, kind, nowMs],
  );
  const { rows } = await client.query<{ readonly id: AccountId }>(find, [value]);
  return rows[0]!.id;
}

/** One device a key and account; a wallet that names no key has one device for all its browsers. */
async function findDevice(client: Client, account: AccountId, publicKey: string, nowMs: number): Promise<DeviceId> {
  const { rows } = await client.query<{ readonly id: DeviceId }>(
    `insert into devices (account, public_key, created_at) values ($1, $2, $3)
     on conflict (account, public_key) do update set account = excluded.account returning id`,
    [account, publicKey, nowMs],
  );
  return rows[0]!.id;
}

export function createAccountStore({ pool }: Pick<Database, 'pool'>, policy: AccountPolicy): AccountStore {
  return {
    ...createSessionStore({ pool }),
    signInKey: ({ kind, publicKey, nowMs }) =>
      withTransaction(pool, async (client) => {
        const account = kind === 'house' ? HOUSE_ID : await findOrCreate(client, 'public_key', publicKey, kind, nowMs);
        return { account, device: await findDevice(client, account, publicKey, nowMs) };
      }),
    signInWallet: ({ wallet, deviceKey, nowMs }) =>
      withTransaction(pool, async (client) => {
        const account = await findOrCreate(client, 'wallet', wallet, 'wallet', nowMs);
        return { account, device: await findDevice(client, account, deviceKey ?? '', nowMs) };
      }),
    accountView,
    attachWallet: ({ guest, wallet, nowMs }) => withTransaction(pool, (client) => attach(client, guest, wallet, nowMs)),
    grantStart: (account, nowMs) => withTransaction(pool, (client) => grant(client, account, nowMs)),
    async deviceRecord(device, form) {
      if (form) await pool.query('update devices set is_phone = $2 where id = $1 and is_phone <> $2', [device, form === 'phone']);
      const { rows } = await pool.query<LoadedDevice>(
        `select id as device, verified, outvoted_exact as "outvotedExact", outvoted_tolerance as "outvotedTolerance", failed
         from devices where id = $1`,
        [device],
      );
      return rows[0] ?? null;
    },
    registerUpload: (upload) => withTransaction(pool, (client) => registerUpload(client, upload)),
  };

  async function accountView(account: AccountId): Promise<AccountView | null> {
    const { rows } = await pool.query('select id, kind, public_key, wallet, earned, granted, verified_shards from accounts where id = $1', [
      account,
    ]);
    const [row] = rows;
    if (!row) return null;
    return {
      id: row.id,
      kind: row.kind,
      name: nameAccount(row),
      wallet: row.wallet,
      earned: row.earned.toString(),
      granted: row.granted.toString(),
      verifiedShards: row.verified_shards,
      cap: row.kind === 'guest' ? policy.guestCap.toString() : null,
    };
  }

  /** One transfer within the caller's transaction; a refusal is thrown. */
  async function move(client: pg.PoolClient, transfer: Transfer, nowMs: number): Promise<void> {
    const { rows } = await client.query<{ readonly id: number }>("select nextval('ids') as id");
    const credit = await postCredit(client, { units: [[{ transfer, atMs: nowMs }]], nextId: () => rows[0]!.id, newEscrows: [] }, policy);
    const refusal = credit.refused.get(0);
    if (refusal) throw new Fault(refusal.code, refusal.sentence, { facts: refusal.facts ?? {} });
  }

  async function attach(client: pg.PoolClient, guest: AccountId, address: string, nowMs: number): Promise<AccountId> {
    const wallet = await findOrCreate(client, 'wallet', address, 'wallet', nowMs);
    // Locked in the order in which every other transaction locks them.
    const { rows } = await client.query<{ readonly id: AccountId; readonly kind: string; readonly attached_to: AccountId | null }>(
      'select id, kind, attached_to from accounts where id = any($1::bigint[]) order by id for no key update',
      [[guest, wallet]],
    );
    const row = rows.find((candidate) => candidate.id === guest);
    if (!row) throw new Fault('not-found', `There is no account ${guest}.`);
    if (guest === wallet || row.attached_to === wallet) return wallet;
    if (row.attached_to !== null)
      throw new Fault('already-attached', 'This guest account is attached to another wallet; it cannot be moved again.');
    await move(client, { kind: 'attach', guest, wallet }, nowMs);
    // A grant is once a person: the wallet takes over the guest's, if it has none of its own.
    await client.query('update grants set account = $2 where account = $1 and not exists (select from grants where account = $2)', [
      guest,
      wallet,
    ]);
    await client.query(
      'update accounts set verified_shards = verified_shards + (select verified_shards from accounts where id = $1) where id = $2',
      [guest, wallet],
    );
    await client.query('update accounts set attached_to = $2 where id = $1', [guest, wallet]);
    await client.query(
      `update devices d set account = $2 where account = $1
       and not exists (select from devices o where o.account = $2 and o.public_key = d.public_key)`,
      [guest, wallet],
    );
    await client.query('update sessions set account = $2 where account = $1', [guest, wallet]);
    await attachProfile(client, guest, wallet);
    return wallet;
  }

  async function grant(client: pg.PoolClient, account: AccountId, nowMs: number): Promise<MicroCredits> {
    if (policy.startGrant === 0n) return 0n;
    const day = Math.floor(nowMs / DAY_MS);
    // The treasury's lock makes the day's sum true until the commit.
    await client.query('select id from accounts where id = $1 for no key update', [TREASURY_ID]);
    const { rows } = await client.query<GrantFacts>(GRANT_FACTS, [account, day]);
    const [facts] = rows;
    if (!facts) throw new Fault('not-found', `There is no account ${account}.`);
    const room = policy.guestCap - facts.balance;
    const isShort = facts.kind === 'guest' && room < policy.startGrant;
    const amount = isShort ? room : policy.startGrant;
    if (facts.has_grant || amount <= 0n || facts.given + amount > policy.dailyGrantCap) return 0n;
    await move(client, { kind: 'grant', account: facts.id, amount }, nowMs);
    await client.query('insert into grants (account, day, amount) values ($1, $2, $3)', [facts.id, day, amount]);
    return amount;
  }

  async function registerUpload(
    client: pg.PoolClient,
    { account, digest, bytes, quotaBytes, nowMs }: Parameters<AccountStore['registerUpload']>[0],
  ): Promise<void> {
    await client.query('select id from accounts where id = $1 for no key update', [account]);
    const { rows } = await client.query<{ readonly used: number }>(
      "select coalesce(sum(bytes), 0)::bigint as used from uploads where account = $1 and digest <> decode($2, 'hex')",
      [account, digest],
    );
    const { used } = rows[0]!;
    if (used + bytes > quotaBytes) {
      throw new Fault(
        'quota-exceeded',
        `This upload of ${bytes} bytes passes the quota of ${quotaBytes}: ${used} are in use; wait a day or send less.`,
        {
          facts: { usedBytes: used, quotaBytes },
        },
      );
    }
    await client.query(
      `insert into uploads (account, digest, bytes, at) values ($1, decode($2, 'hex'), $3, $4)
       on conflict (account, digest) do update set at = excluded.at, bytes = excluded.bytes`,
      [account, digest, bytes, nowMs],
    );
  }
}
