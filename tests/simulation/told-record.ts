// What every client was told, taken from the wire and kept apart from the coordinator: the journal is held to it for ever.
import { Reassembler } from '../../src/protocol/frame.ts';
import type { AccountId, DeviceId, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { ServerMessage } from '../../src/protocol/messages.ts';
import { parseServerMessage } from '../../src/protocol/parse-message.ts';
import type { JournalTables } from './journal-tables.ts';
import { must } from './violation.ts';

export interface Listener {
  readonly account: AccountId;
  readonly device: DeviceId;
}

export interface ToldRecord {
  /** A reader of one connection's frames, as the coordinator writes them. */
  listen(to: Listener): (frame: Uint8Array) => void;
  acceptedJob(job: JobId): void;
  /** Refused: it must never exist. */
  refusedJob(job: JobId): void;
  cancelledJob(job: JobId): void;
  /** A commit was written: what accounts had before is what may be told late. */
  noteBalances(): void;
  /** Throws what the journal has lost. */
  check(): void;
  readonly counts: { readonly receipts: number; readonly credits: number; readonly jobs: number };
}

interface ToldVote {
  readonly shard: ShardId;
  readonly account: AccountId;
  readonly isAgreed: boolean;
  readonly isPaid: boolean;
}

export interface ToldOptions {
  readonly tables: JournalTables;
  /** Runs a check and keeps what it throws: the product must not meet it. */
  readonly attempt: (check: () => void) => void;
  readonly onHeard: (to: Listener, message: ServerMessage) => void;
}

export function createToldRecord({ tables, attempt, onHeard }: ToldOptions): ToldRecord {
  const votes = new Map<string, ToldVote>();
  const accepted = new Set<JobId>();
  const refused = new Set<JobId>();
  const cancelled = new Set<JobId>();
  const past = new Map<AccountId, Set<MicroCredits>>();
  let receipts = 0;
  let credits = 0;

  const remember = (vote: ToldVote): void => {
    const key = `${vote.shard}:${vote.account}`;
    const known = votes.get(key);
    const next = { ...vote, isAgreed: vote.isAgreed || (known?.isAgreed ?? false), isPaid: vote.isPaid || (known?.isPaid ?? false) };
    votes.set(key, next);
    checkVote(tables, next);
  };
  const hear = (to: Listener, message: ServerMessage): void => {
    onHeard(to, message);
    switch (message.type) {
      case 'receipts':
        for (const { shard, vote, verdict, refusal } of message.receipts) {
          receipts++;
          if (refusal || vote === 'late' || vote === 'failed') continue;
          remember({ shard, account: to.account, isAgreed: vote === 'agreed' && verdict === 'final', isPaid: false });
        }
        return;
      case 'credited':
        for (const { shard } of message.shards) {
          credits++;
          remember({ shard, account: to.account, isAgreed: true, isPaid: true });
        }
        checkBalance(to.account, message.balance);
        return;
      case 'settled':
        for (const { shard, vote } of message.shards) {
          if (vote === 'late' || vote === 'failed') continue;
          remember({ shard, account: to.account, isAgreed: vote === 'agreed', isPaid: false });
        }
        return;
      default:
    }
  };
  const checkBalance = (account: AccountId, balance: MicroCredits): void => {
    // zero: said once more, by a coordinator that has not seen the account's balance
    const isKnown = balance === 0n || past.get(account)?.has(balance) === true;
    must(isKnown, 'told-is-kept', () => `Account ${account} was told a balance of ${balance} that it never had.`);
  };
  return {
    listen(to) {
      const reassembler = new Reassembler();
      return (frame) =>
        attempt(() => {
          const bytes = reassembler.accept(frame);
          if (bytes) hear(to, parseServerMessage(bytes).message);
        });
    },
    acceptedJob(job) {
      accepted.add(job);
      attempt(() => must(tables.jobs.has(job), 'told-is-kept', () => `Job ${job} was accepted and is not in the journal.`));
    },
    refusedJob(job) {
      refused.add(job);
      attempt(() => must(!tables.jobs.has(job), 'told-is-kept', () => `Job ${job} was refused and is in the journal.`));
    },
    cancelledJob(job) {
      cancelled.add(job);
      attempt(() => checkCancelled(tables, job));
    },
    noteBalances() {
      for (const { id, earned, granted } of tables.accounts.values()) {
        const known = past.get(id) ?? new Set();
        past.set(id, known.add(earned + granted));
      }
    },
    check() {
      for (const vote of votes.values()) checkVote(tables, vote);
      for (const job of accepted) must(tables.jobs.has(job), 'told-is-kept', () => `Job ${job} was accepted and is gone.`);
      for (const job of refused) must(!tables.jobs.has(job), 'told-is-kept', () => `Job ${job} was refused and has come to be.`);
      for (const job of cancelled) checkCancelled(tables, job);
    },
    get counts() {
      return { receipts, credits, jobs: accepted.size };
    },
  };
}

function checkVote({ votes, shards }: JournalTables, told: ToldVote): void {
  const { shard, account, isAgreed, isPaid } = told;
  const row = votes.get(shard)?.get(account);
  must(row !== undefined, 'told-is-kept', () => `Account ${account} has a receipt for shard ${shard} and no vote is stored.`);
  if (isAgreed) {
    const verdict = shards.get(shard)?.verdict;
    must(
      verdict === 'final',
      'told-is-kept',
      () => `Account ${account} was told that shard ${shard} is final; stored is ${verdict ?? 'nothing'}.`,
    );
    must(
      row?.state === 'agreed',
      'told-is-kept',
      () => `Account ${account} was told that its copy of shard ${shard} agreed; stored is ${row?.state}.`,
    );
  }
  if (isPaid) {
    const paid = row?.paid ?? 0n;
    must(paid > 0n, 'told-is-kept', () => `Account ${account} was told of credit for shard ${shard}; stored is ${paid}.`);
  }
}

function checkCancelled({ jobs }: JournalTables, job: JobId): void {
  const state = jobs.get(job)?.state;
  must(state !== undefined && state !== 'running', 'told-is-kept', () => `Job ${job} was cancelled and is ${state ?? 'unknown'}.`);
}
