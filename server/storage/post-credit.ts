// Runs transfers inside a transaction: locks the accounts in one order, lets the ledger decide, writes lines and balances.
import type pg from 'pg';
import type { AccountKind } from '../../src/protocol/api.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import type { PostedEntry, PostTransfers, TimedTransfer } from '../ledger/post-transfers.ts';
import type { LockedAccount, Transfer } from '../ledger/transfer.ts';
import { plainArray } from './plain-array.ts';
import { RetryTransaction } from './with-transaction.ts';

export const TREASURY_ID = 1 as AccountId;

export interface CreditPolicy {
  readonly postTransfers: PostTransfers;
  readonly guestCap: MicroCredits;
}

export interface CreditBatch {
  readonly units: readonly (readonly TimedTransfer[])[];
  /** One number a transfer. */
  readonly ids: readonly number[];
  /** Escrow accounts that this transaction makes; the ones of units that were not refused must be there before `writeCredit`. */
  readonly newEscrows: readonly AccountId[];
}

export interface PostedCredit {
  readonly refused: ReadonlyMap<number, FaultBody>;
  readonly entries: readonly PostedEntry[];
  /** Spendable, also under the name of a guest whose credit now goes to its wallet. */
  readonly balances: ReadonlyMap<AccountId, MicroCredits>;
  readonly rows: readonly BalanceRow[];
  readonly aliases: ReadonlyMap<AccountId, AccountId>;
}

interface BalanceRow {
  readonly account: AccountId;
  readonly earned: MicroCredits;
  readonly granted: MicroCredits;
  readonly paidShards: number;
}

interface AccountRow {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly attached_to: AccountId | null;
  readonly earned: MicroCredits;
  readonly granted: MicroCredits;
}

/** `no key update`: others may still refer to the account (a sign-in) while its balance is being changed. */
const LOCK_ACCOUNTS = `
  select id, kind, attached_to, earned, granted from accounts
  where id in (select unnest($1::bigint[]) union select attached_to from accounts where id = any($1::bigint[]) and attached_to is not null)
  order by (kind = 'escrow'), id for no key update`;

function accountsOf(transfer: Transfer): readonly AccountId[] {
  switch (transfer.kind) {
    case 'hold':
    case 'refund':
      return [transfer.requester, transfer.escrow];
    case 'pay':
      return [transfer.escrow, transfer.contributor, TREASURY_ID];
    case 'grant':
      return [TREASURY_ID, transfer.account];
    case 'attach':
      return [transfer.guest, transfer.wallet];
  }
}

/** A guest that was attached meanwhile: what is paid to it, or taken from it, is its wallet's. */
function redirect(transfer: Transfer, aliases: ReadonlyMap<AccountId, AccountId>): Transfer {
  const follow = (id: AccountId): AccountId => aliases.get(id) ?? id;
  switch (transfer.kind) {
    case 'hold':
    case 'refund':
      return { ...transfer, requester: follow(transfer.requester) };
    case 'pay':
      return { ...transfer, contributor: follow(transfer.contributor) };
    case 'grant':
      return { ...transfer, account: follow(transfer.account) };
    case 'attach':
      return transfer;
  }
}

async function lockAccounts(client: pg.PoolClient, ids: readonly AccountId[]): Promise<readonly AccountRow[]> {
  const { rows } = await client.query<AccountRow>({ name: 'lock-accounts', text: LOCK_ACCOUNTS, values: [ids] });
  const locked = new Set(rows.map((row) => row.id));
  // Attached between the read and the lock: the wallet was not among the locked, and locking it now could deadlock.
  if (rows.some((row) => row.attached_to !== null && !locked.has(row.attached_to)))
    throw new RetryTransaction('an account was attached meanwhile');
  return rows;
}

/** Decides; writes nothing yet. */
export async function postCredit(client: pg.PoolClient, batch: CreditBatch, policy: CreditPolicy): Promise<PostedCredit> {
  const ids = new Set(batch.units.flatMap((unit) => unit.flatMap(({ transfer }) => accountsOf(transfer))));
  const fresh = batch.newEscrows.filter((id) => ids.delete(id));
  const rows = await lockAccounts(client, [...ids]);
  const accounts = new Map<AccountId, LockedAccount>(
    rows.map(({ id, kind, earned, granted }) => [id, { id, kind, balance: { earned, granted } }]),
  );
  for (const id of fresh) accounts.set(id, { id, kind: 'escrow', balance: { earned: 0n, granted: 0n } });
  const aliases = new Map(rows.flatMap((row) => (row.attached_to === null ? [] : [[row.id, row.attached_to] as const])));

  const units = batch.units.map((unit) => unit.map(({ transfer, atMs }) => ({ transfer: redirect(transfer, aliases), atMs })));
  const posting = policy.postTransfers(accounts, units, { guestCap: policy.guestCap, ids: batch.ids });
  const touched = new Set([...posting.balances.keys(), ...posting.paidShards.keys()]);
  const balanceRows = [...touched].map((account) => {
    const { earned, granted } = posting.balances.get(account) ?? accounts.get(account)!.balance;
    return { account, earned, granted, paidShards: posting.paidShards.get(account) ?? 0 };
  });
  const balances = new Map(balanceRows.map(({ account, earned, granted }) => [account, earned + granted]));
  for (const [guest, wallet] of aliases) if (balances.has(wallet)) balances.set(guest, balances.get(wallet)!);
  return { refused: posting.refused, entries: posting.entries, balances, rows: balanceRows, aliases };
}

const WRITE_BALANCES = `
  update accounts a set earned = u.earned, granted = u.granted, verified_shards = a.verified_shards + u.paid
  from unnest($1::bigint[], $2::numeric[], $3::numeric[], $4::bigint[]) as u(id, earned, granted, paid)
  where a.id = u.id returning a.id, a.verified_shards, u.paid`;

const WRITE_ENTRIES = `
  insert into entries (transfer, account, credit, amount, balance_after, reason, job, shard, at)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::numeric[], $5::numeric[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[])`;

/** Verified shards of every account that was paid, also under the name of an attached guest. */
export async function writeCredit(
  client: pg.PoolClient,
  { rows, entries, aliases }: PostedCredit,
): Promise<ReadonlyMap<AccountId, number>> {
  if (rows.length === 0) return new Map();
  const written = await client.query<{ readonly id: AccountId; readonly verified_shards: number; readonly paid: number }>({
    name: 'write-balances',
    text: WRITE_BALANCES,
    values: [
      plainArray(rows.map((row) => row.account)),
      plainArray(rows.map((row) => row.earned)),
      plainArray(rows.map((row) => row.granted)),
      plainArray(rows.map((row) => row.paidShards)),
    ],
  });
  // An update of a row that is not there changes nothing and says nothing.
  if (written.rowCount !== rows.length) throw new Fault('internal', 'A transfer named an account that does not exist.');
  const columns = [
    plainArray(entries.map((entry) => entry.transfer)),
    plainArray(entries.map((entry) => entry.account)),
    plainArray(entries.map((entry) => entry.credit)),
    plainArray(entries.map((entry) => entry.amount)),
    plainArray(entries.map((entry) => entry.balance)),
    plainArray(entries.map((entry) => entry.reason)),
    plainArray(entries.map((entry) => entry.job)),
    plainArray(entries.map((entry) => entry.shard)),
    plainArray(entries.map((entry) => entry.atMs)),
  ];
  if (entries.length > 0) await client.query({ name: 'write-entries', text: WRITE_ENTRIES, values: columns });
  const verified = new Map(written.rows.filter((row) => row.paid > 0).map((row) => [row.id, row.verified_shards]));
  for (const [guest, wallet] of aliases) if (verified.has(wallet)) verified.set(guest, verified.get(wallet)!);
  return verified;
}
