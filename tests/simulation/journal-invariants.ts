// What must be true of the journal after every commit: money, bytes, verdicts and ends, from the tables alone.
import type { Change } from '../../server/coordinator/change.ts';
import { TREASURY } from '../../server/ledger/transfer.ts';
import { resultDigest } from '../../src/protocol/canonical.ts';
import { type AccountId, blockOfShard, type Digest, type JobId, offsetOfShard, type ShardId } from '../../src/protocol/ids.ts';
import { outputRoot } from '../../src/protocol/merkle.ts';
import { rangeOfShard } from '../../src/protocol/shard.ts';
import { fastHash } from './fast-hash.ts';
import { type JobRow, type JournalTables, listShards, type ShardRow } from './journal-tables.ts';
import type { Random } from './random.ts';
import { isTrue } from './truth.ts';
import { must } from './violation.ts';

export interface JournalInvariants {
  /** Throws a Violation. Looks at what was written, in order, and at all balances. */
  afterCommit(changes: readonly Change[]): void;
}

export interface InvariantFacts {
  readonly tables: JournalTables;
  readonly random: Random;
  /** Some device of the account lies. */
  /** Several coordinators share the tables: who ends a job does not know all of its votes. */
  readonly isShared: boolean;
  readonly isLiar: (account: AccountId) => boolean;
}

interface Paid {
  readonly accounts: Set<AccountId>;
  amount: bigint;
}

export function watchJournal({ tables, random, isShared, isLiar }: InvariantFacts): JournalInvariants {
  let entriesSeen = 0;
  let entriesSum = 0n;
  const paid = new Map<ShardId, Paid>();
  const finals = new Map<ShardId, Digest | null>();
  const ended = new Map<JobId, JobRow>();

  /** To sites, by the lines read last. */
  let shared = 0n;
  const checkBooks = (): void => {
    let balances = 0n;
    for (const { id, earned, granted } of tables.accounts.values()) {
      balances += earned + granted;
      const isFine = earned >= 0n && (granted >= 0n || id === TREASURY);
      must(isFine, 'no-debt', () => `Account ${id} has ${earned} earned and ${granted} granted.`);
    }
    must(balances === 0n && entriesSum === 0n, 'books-balance', () => `Balances sum to ${balances}, lines to ${entriesSum}.`);
  };
  /** That every transfer sums to zero; what escrows gave away for work. */
  const readEntries = (): ReadonlyMap<AccountId, bigint> => {
    const sums = new Map<number, bigint>();
    const given = new Map<AccountId, bigint>();
    for (; entriesSeen < tables.entries.length; entriesSeen++) {
      const { transfer, account, amount, reason } = tables.entries[entriesSeen]!;
      entriesSum += amount;
      sums.set(transfer, (sums.get(transfer) ?? 0n) + amount);
      if (reason === 'pay' && amount < 0n) given.set(account, (given.get(account) ?? 0n) - amount);
      if (reason === 'share') shared += amount;
    }
    for (const [transfer, sum] of sums) must(sum === 0n, 'books-balance', () => `Transfer ${transfer} sums to ${sum}.`);
    return given;
  };
  const readPayments = (changes: readonly Change[]): void => {
    const given = new Map(readEntries());
    let owed = 0n;
    for (const change of changes) {
      if (change.kind !== 'transfer' || change.transfer.kind !== 'pay') continue;
      const { shard, contributor, amount, escrow } = change.transfer;
      given.set(escrow, (given.get(escrow) ?? 0n) - amount);
      const known = paid.get(shard) ?? { accounts: new Set(), amount: 0n };
      paid.set(shard, known);
      must(!known.accounts.has(contributor), 'paid-once', () => `Account ${contributor} was paid twice for shard ${shard}.`);
      known.accounts.add(contributor);
      known.amount += amount;
      const { percent = 0 } = tables.visitors.get(contributor) ?? {};
      owed += (amount * BigInt(percent)) / 100n;
    }
    must(shared === owed, 'books-balance', () => `Sites were given ${shared} where ${owed} is theirs.`);
    shared = 0n;
    for (const [escrow, rest] of given)
      must(rest === 0n, 'books-balance', () => `Escrow ${escrow} gave ${rest} more than was paid for work.`);
  };
  const jobOf = (shard: ShardId): JobRow => tables.jobs.get(tables.blocks.get(blockOfShard(shard))!.job)!;

  const checkPaid = (shard: ShardId): void => {
    const known = paid.get(shard);
    if (!known) return;
    const { record } = jobOf(shard);
    const { quorum } = record.spec.redundancy;
    must(
      known.accounts.size <= quorum,
      'paid-once',
      () => `Shard ${shard} was paid ${known.accounts.size} times at a quorum of ${quorum}.`,
    );
    let owed = 0n;
    for (const vote of tables.votes.get(shard)?.values() ?? []) if (vote.state === 'agreed') owed += vote.paid;
    must(known.amount === owed, 'paid-once', () => `Shard ${shard} was paid ${known.amount} and its agreed votes say ${owed}.`);
    must(tables.shards.get(shard)?.verdict === 'final', 'paid-once', () => `Shard ${shard} was paid and is not final.`);
  };

  const checkFinal = (row: ShardRow): void => {
    const { shard, digest, outputs } = row;
    const { record } = jobOf(shard);
    const { manifest } = record;
    const range = rangeOfShard(manifest.grid, manifest.workgroupsPerShard, indexOf(record, shard));
    const roots = outputs?.map((output, at) => outputRoot(manifest.outputs[at]!, output.bytes, fastHash)) ?? [];
    const isHere = outputs !== null && outputs.length === manifest.outputs.length && resultDigest(roots, fastHash) === digest;
    must(isHere, 'final-has-bytes', () => `Shard ${shard} is final and its stored bytes do not have the digest that was agreed.`);
    if (isTrue(manifest, range, outputs![0]!.bytes, random)) return;
    let liars = 0;
    for (const vote of tables.votes.get(shard)?.values() ?? []) if (vote.state === 'agreed' && isLiar(vote.account)) liars++;
    const { quorum } = record.spec.redundancy;
    must(liars >= quorum, 'truth-wins', () => `Shard ${shard} has wrong bytes; ${liars} liars agreed and ${quorum} were needed.`);
  };

  const checkShard = (shard: ShardId): void => {
    const row = tables.shards.get(shard);
    if (finals.has(shard)) {
      const isSame = row?.verdict === 'final' && row.digest === finals.get(shard);
      must(isSame, 'verdict-stays', () => `Shard ${shard} was final and is ${row?.verdict ?? 'gone'}.`);
    } else if (row?.verdict === 'final') {
      finals.set(shard, row.digest);
      checkFinal(row);
    }
  };

  const checkEnd = (job: JobId): void => {
    const row = tables.jobs.get(job);
    const before = ended.get(job);
    if (before) {
      must(row?.state === before.state, 'verdict-stays', () => `Job ${job} ended ${before.state} and is ${row?.state ?? 'gone'}.`);
    }
    if (!row || row.state === 'running' || before) return;
    ended.set(job, row);
    checkEscrow(tables, row);
    checkWhy(tables, row, isShared);
  };

  return {
    afterCommit(changes) {
      readPayments(changes);
      checkBooks();
      const shards = new Set<ShardId>();
      const jobs = new Set<JobId>();
      for (const change of changes) {
        if (change.kind === 'shard-judged' || change.kind === 'vote-settled') shards.add(change.shard);
        if (change.kind === 'shard-judged' || change.kind === 'job-ended') jobs.add(change.job);
        if (change.kind === 'transfer' && 'job' in change.transfer) jobs.add(change.transfer.job);
        if (change.kind === 'transfer' && 'shard' in change.transfer) shards.add(change.transfer.shard);
      }
      for (const shard of shards) checkShard(shard);
      for (const shard of shards) checkPaid(shard);
      for (const job of jobs) checkEnd(job);
    },
  };
}

function indexOf(record: JobRow['record'], shard: ShardId): number {
  const block = record.blocks.find(({ id }) => id === blockOfShard(shard));
  return (block?.lo ?? 0) + offsetOfShard(shard);
}

function checkEscrow({ accounts, entries }: JournalTables, { record }: JobRow): void {
  const escrow = accounts.get(record.escrow);
  const left = (escrow?.earned ?? 0n) + (escrow?.granted ?? 0n);
  let out = 0n;
  for (const { account, amount, reason } of entries) {
    if (account === record.escrow && (reason === 'pay' || reason === 'refund')) out -= amount;
  }
  const isClosed = left === 0n && out === record.escrowAmount;
  must(isClosed, 'escrow-closes', () => `Job ${record.id} held ${record.escrowAmount}, gave ${out} and keeps ${left}.`);
}

function checkWhy({ shards, votes }: JournalTables, { record, state, reason }: JobRow, isShared: boolean): void {
  const hasReason = state === 'done' || state === 'cancelled' || (reason !== null && reason.sentence !== '');
  must(hasReason, 'end-says-why', () => `Job ${record.id} is ${state} and does not say why.`);
  for (const shard of listShards(record)) {
    const verdict = shards.get(shard)?.verdict;
    must(
      state !== 'done' || verdict === 'final',
      'end-says-why',
      () => `Job ${record.id} is done and shard ${shard} is ${verdict ?? 'fresh'}.`,
    );
    // another settles its own when it hears of the end, or never does when it died: readers take what waits then for late
    if (isShared && state !== 'done') continue;
    for (const vote of votes.get(shard)?.values() ?? []) {
      must(vote.state !== 'waiting', 'end-says-why', () => `Job ${record.id} is ${state} and a vote on shard ${shard} still waits.`);
    }
  }
}

/** To be asked when every job has ended and all is quiet. */
export function checkLeft({ blocks, processes }: JournalTables): void {
  for (const [id, { job, owner }] of blocks) {
    must(
      owner === null || !processes.has(owner),
      'memory-bounded',
      () => `Job ${job} has ended and the process of epoch ${owner} still owns its block ${id}.`,
    );
  }
}
