// Transfers inside a transaction: the accounts are locked in one order, the ledger decides, lines and balances are written.
import type pg from 'pg';
import type { AccountKind } from '../../src/protocol/api.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import type { PostedEntry, PostTransfers, TimedTransfer } from '../ledger/post-transfers.ts';
import type { LockedAccount, SiteShare, Transfer } from '../ledger/transfer.ts';
import { gatherWork, type WorkLine } from './gather-work.ts';
import { runPipeline, type Statement, type TextRow } from './pipeline.ts';
import { plainArray } from './plain-array.ts';
import { RetryTransaction } from './with-transaction.ts';

export const TREASURY_ID = 1 as AccountId;

export interface CreditPolicy {
  readonly postTransfers: PostTransfers;
  readonly guestCap: MicroCredits;
  /** Of each payment to a site's visitor, the site's whole percent; nothing is split where it is left out. */
  readonly sitePercent?: number;
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
  /** What was paid for, to be added up later. */
  readonly work: readonly WorkLine[];
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
  /** The account of the site it came through. */
  readonly site: AccountId | null;
  readonly earned: MicroCredits;
  readonly granted: MicroCredits;
}

/**
 * `no key update`: others may still refer to the account (a sign-in) while its balance is being changed. The treasury comes along where a
 * guest is paid, for only a guest's pay may pass a cap: otherwise every commit of every process would wait for that one row. Wallets of guests
 * and sites of visitors are found by one look at the accounts that are read anyway.
 */
const LOCK_ACCOUNTS = `
  select id, kind, attached_to, earned, granted, site from accounts
  where id in (
    select unnest($1::bigint[])
    union select unnest(array[attached_to, site]) from accounts where id = any($1::bigint[]) and (attached_to is not null or site is not null)
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
    case 'release':
      ids.add(transfer.site).add(transfer.owner);
      payees.add(transfer.owner);
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
function redirect(transfer: Transfer, aliases: ReadonlyMap<AccountId, AccountId>, shares: ReadonlyMap<AccountId, SiteShare>): Transfer {
  const follow = (id: AccountId): AccountId => aliases.get(id) ?? id;
  switch (transfer.kind) {
    case 'hold':
    case 'refund':
      return { ...transfer, requester: follow(transfer.requester) };
    case 'pay': {
      const site = shares.get(transfer.contributor);
      return { ...transfer, contributor: follow(transfer.contributor), ...(site ? { site } : {}) };
    }
    case 'grant':
      return { ...transfer, account: follow(transfer.account) };
    case 'attach':
      return transfer;
    case 'release':
      return { ...transfer, owner: follow(transfer.owner) };
  }
}

function readAccounts(rows: readonly TextRow[]): readonly AccountRow[] {
  const accounts = rows.map(
    ([id, kind, attached, earned, granted, site]): AccountRow => ({
      id: Number(id) as AccountId,
      kind: kind as AccountKind,
      attached_to: attached === null ? null : (Number(attached) as AccountId),
      earned: BigInt(earned!),
      granted: BigInt(granted!),
      site: site == null ? null : (Number(site) as AccountId),
    }),
  );
  const locked = new Set(accounts.map((row) => row.id));
  // Attached or led elsewhere between the read and the lock: the other was not among the locked, and locking it now could deadlock.
  const isLocked = (id: AccountId | null): boolean => id === null || locked.has(id);
  if (accounts.some((row) => !isLocked(row.attached_to) || !isLocked(row.site)))
    throw new RetryTransaction('an account was attached meanwhile');
  return accounts;
}

/** A visitor that was attached to a wallet still came through its site. */
function readShares(rows: readonly AccountRow[], { sitePercent = 0 }: CreditPolicy): ReadonlyMap<AccountId, SiteShare> {
  const percent = sitePercent;
  return new Map(rows.flatMap(({ id, site }) => (site === null || percent === 0 ? [] : [[id, { account: site, percent }] as const])));
}

/** Decides by the rows of `lockAccounts`; writes nothing yet. */
export function decideCredit(batch: CreditBatch, locked: readonly TextRow[], policy: CreditPolicy): PostedCredit {
  const rows = readAccounts(locked);
  const accounts = new Map<AccountId, LockedAccount>(
    rows.map(({ id, kind, earned, granted }) => [id, { id, kind, balance: { earned, granted } }]),
  );
  for (const id of batch.newEscrows) accounts.set(id, { id, kind: 'escrow', balance: { earned: 0n, granted: 0n } });
  const aliases = new Map(rows.flatMap((row) => (row.attached_to === null ? [] : [[row.id, row.attached_to] as const])));

  const shares = readShares(rows, policy);
  const follow = ({ transfer, atMs }: TimedTransfer): TimedTransfer => ({ transfer: redirect(transfer, aliases, shares), atMs });
  const units = aliases.size === 0 && shares.size === 0 ? batch.units : batch.units.map((unit) => unit.map(follow));
  const posting = policy.postTransfers(accounts, units, { guestCap: policy.guestCap, nextId: batch.nextId });
  const touched = new Set([...posting.balances.keys(), ...posting.paidShards.keys()]);
  const balanceRows = [...touched].map((account) => {
    const { earned, granted } = posting.balances.get(account) ?? accounts.get(account)!.balance;
    return { account, earned, granted, paidShards: posting.paidShards.get(account) ?? 0 };
  });
  const balances = new Map(balanceRows.map(({ account, earned, granted }) => [account, earned + granted]));
  for (const [guest, wallet] of aliases) if (balances.has(wallet)) balances.set(guest, balances.get(wallet)!);
  const work = gatherWork(units, posting.refused, posting.entries);
  return { refused: posting.refused, entries: posting.entries, balances, rows: balanceRows, aliases, work };
}

const WRITE_BALANCES = `
  update accounts a set earned = u.earned, granted = u.granted, verified_shards = a.verified_shards + u.paid
  from unnest($1::bigint[], $2::numeric[], $3::numeric[], $4::bigint[]) as u(id, earned, granted, paid)
  where a.id = u.id returning a.id, a.verified_shards, u.paid`;

const WRITE_ENTRIES = `
  insert into entries (transfer, account, credit, amount, balance_after, reason, job, shards, at)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::numeric[], $5::numeric[], $6::text[], $7::bigint[], $8::int[], $9::bigint[])`;

const WRITE_WORK = `
  insert into work_lines (account, job, site, league, shards, credit, at)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::numeric[], $7::bigint[])`;

function writeWork(work: readonly WorkLine[]): readonly Statement[] {
  if (work.length === 0) return [];
  const values = [
    plainArray(work.map((line) => line.account)),
    plainArray(work.map((line) => line.job)),
    plainArray(work.map((line) => line.site)),
    plainArray(work.map((line) => line.league)),
    plainArray(work.map((line) => line.shards)),
    plainArray(work.map((line) => line.credit)),
    plainArray(work.map((line) => line.atMs)),
  ];
  return [{ name: 'write-work', text: WRITE_WORK, values }];
}

/** Balances, then lines; `readVerifiedShards` reads the answer of the first. */
export function writeCredit({ rows, entries, work }: PostedCredit): readonly Statement[] {
  if (rows.length === 0) return [];
  const balances = [
    plainArray(rows.map((row) => row.account)),
    plainArray(rows.map((row) => row.earned)),
    plainArray(rows.map((row) => row.granted)),
    plainArray(rows.map((row) => row.paidShards)),
  ];
  const writeBalances = { name: 'write-balances', text: WRITE_BALANCES, values: balances };
  if (entries.length === 0) return [writeBalances, ...writeWork(work)];
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
  return [writeBalances, { name: 'write-entries', text: WRITE_ENTRIES, values: lines }, ...writeWork(work)];
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
