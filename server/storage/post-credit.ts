// Transfers inside a transaction: the accounts are locked in one order, the ledger decides, lines and balances are written.
import type pg from 'pg';
import type { AccountKind } from '../../src/protocol/api.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import type { PostedEntry, PostTransfers, TimedTransfer } from '../ledger/post-transfers.ts';
import type { LockedAccount, Transfer } from '../ledger/transfer.ts';
import { runPipeline, type Statement, type TextRow } from './pipeline.ts';
import { plainArray } from './plain-array.ts';
import { RetryTransaction } from './with-transaction.ts';

export const TREASURY_ID = 1 as AccountId;

export interface CreditPolicy {
  readonly postTransfers: PostTransfers;
  readonly guestCap: MicroCredits;
}

export interface CreditBatch {
  readonly units: readonly (readonly TimedTransfer[])[];
  /** A number that no transfer had. */
  readonly nextId: () => number;
  /** Escrow accounts that this transaction makes; those of units that were not refused must be there before `writeCredit` is run. */
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

/**
 * `no key update`: others may still refer to the account (a sign-in) while its balance is being changed. The treasury comes along where a
 * guest is paid, for only a guest's pay may pass a cap: otherwise every commit of every process would wait for that one row.
 */
const LOCK_ACCOUNTS = `
  select id, kind, attached_to, earned, granted from accounts
  where id in (
    select unnest($1::bigint[])
    union select attached_to from accounts where id = any($1::bigint[]) and attached_to is not null
    union select ${TREASURY_ID} where exists (select from accounts where id = any($2::bigint[]) and kind = 'guest')
  )
  order by (kind = 'escrow'), id for no key update`;

function addAccounts(ids: Set<AccountId>, payees: Set<AccountId>, transfer: Transfer): void {
  switch (transfer.kind) {
    case 'hold':
    case 'refund':
      ids.add(transfer.requester).add(transfer.escrow);
      return;
    case 'pay':
      ids.add(transfer.escrow).add(transfer.contributor);
      payees.add(transfer.contributor);
      return;
    case 'grant':
      ids.add(TREASURY_ID).add(transfer.account);
      return;
    case 'attach':
      ids.add(transfer.guest).add(transfer.wallet);
      return;
  }
}

export function lockAccounts(batch: CreditBatch): Statement {
  const ids = new Set<AccountId>();
  const payees = new Set<AccountId>();
  for (const unit of batch.units) for (const { transfer } of unit) addAccounts(ids, payees, transfer);
  for (const id of batch.newEscrows) ids.delete(id);
  return { name: 'lock-accounts', text: LOCK_ACCOUNTS, values: [plainArray([...ids]), plainArray([...payees])] };
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

function readAccounts(rows: readonly TextRow[]): readonly AccountRow[] {
  const accounts = rows.map(
    ([id, kind, attached, earned, granted]): AccountRow => ({
      id: Number(id) as AccountId,
      kind: kind as AccountKind,
      attached_to: attached === null ? null : (Number(attached) as AccountId),
      earned: BigInt(earned!),
      granted: BigInt(granted!),
    }),
  );
  const locked = new Set(accounts.map((row) => row.id));
  // Attached between the read and the lock: the wallet was not among the locked, and locking it now could deadlock.
  if (accounts.some((row) => row.attached_to !== null && !locked.has(row.attached_to)))
    throw new RetryTransaction('an account was attached meanwhile');
  return accounts;
}

/** Decides by the rows of `lockAccounts`; writes nothing yet. */
export function decideCredit(batch: CreditBatch, locked: readonly TextRow[], policy: CreditPolicy): PostedCredit {
  const rows = readAccounts(locked);
  const accounts = new Map<AccountId, LockedAccount>(
    rows.map(({ id, kind, earned, granted }) => [id, { id, kind, balance: { earned, granted } }]),
  );
  for (const id of batch.newEscrows) accounts.set(id, { id, kind: 'escrow', balance: { earned: 0n, granted: 0n } });
  const aliases = new Map(rows.flatMap((row) => (row.attached_to === null ? [] : [[row.id, row.attached_to] as const])));

  const follow = ({ transfer, atMs }: TimedTransfer): TimedTransfer => ({ transfer: redirect(transfer, aliases), atMs });
  const units = aliases.size === 0 ? batch.units : batch.units.map((unit) => unit.map(follow));
  const posting = policy.postTransfers(accounts, units, { guestCap: policy.guestCap, nextId: batch.nextId });
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
  insert into entries (transfer, account, credit, amount, balance_after, reason, job, shards, at)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::numeric[], $5::numeric[], $6::text[], $7::bigint[], $8::int[], $9::bigint[])`;

/** Balances, then lines; `readVerifiedShards` reads the answer of the first. */
export function writeCredit({ rows, entries }: PostedCredit): readonly Statement[] {
  if (rows.length === 0) return [];
  const balances = [
    plainArray(rows.map((row) => row.account)),
    plainArray(rows.map((row) => row.earned)),
    plainArray(rows.map((row) => row.granted)),
    plainArray(rows.map((row) => row.paidShards)),
  ];
  const writeBalances = { name: 'write-balances', text: WRITE_BALANCES, values: balances };
  if (entries.length === 0) return [writeBalances];
  const lines = [
    plainArray(entries.map((entry) => entry.transfer)),
    plainArray(entries.map((entry) => entry.account)),
    plainArray(entries.map((entry) => entry.credit)),
    plainArray(entries.map((entry) => entry.amount)),
    plainArray(entries.map((entry) => entry.balance)),
    plainArray(entries.map((entry) => entry.reason)),
    plainArray(entries.map((entry) => entry.job)),
    plainArray(entries.map((entry) => entry.shards)),
    plainArray(entries.map((entry) => entry.atMs)),
  ];
  return [writeBalances, { name: 'write-entries', text: WRITE_ENTRIES, values: lines }];
}

/** Verified shards of every account that was paid, also under the name of an attached guest. */
export function readVerifiedShards({ rows, aliases }: PostedCredit, written: readonly TextRow[]): ReadonlyMap<AccountId, number> {
  // An update of a row that is not there changes nothing and says nothing.
  if (written.length !== rows.length) throw new Fault('internal', 'A transfer named an account that does not exist.');
  const verified = new Map<AccountId, number>();
  for (const [id, shards, paid] of written) if (paid !== '0') verified.set(Number(id) as AccountId, Number(shards));
  for (const [guest, wallet] of aliases) if (verified.has(wallet)) verified.set(guest, verified.get(wallet)!);
  return verified;
}

/** The whole of it within the caller's transaction, for one movement by itself. */
export async function postCredit(client: pg.PoolClient, batch: CreditBatch, policy: CreditPolicy): Promise<PostedCredit> {
  const [locked] = await runPipeline(client, [lockAccounts(batch)]);
  const credit = decideCredit(batch, locked!, policy);
  const [written = []] = await runPipeline(client, writeCredit(credit));
  readVerifiedShards(credit, written);
  return credit;
}
