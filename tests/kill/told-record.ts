// What was promised so far, gathered from the log: votes taken, credits paid, balances; and where each shard was handed out when.
import type { AccountId, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { VoteState } from '../../src/protocol/verdict.ts';
import type { ToldLine } from './told-line.ts';
import type { ToldEntry } from './told-log.ts';

/** Everything one account was told of one shard. */
export interface ToldVote {
  readonly shard: ShardId;
  readonly account: AccountId;
  readonly contributor: string;
  /** A receipt said that the result was taken. */
  isTaken: boolean;
  /** The newest word on what became of it; null while it was not said. */
  state: VoteState | null;
  /** Micro-credits that were told to be paid; null while none were. */
  paid: bigint | null;
  /** How often the credit was told; more than once after a lost connection is no fault. */
  timesPaid: number;
}

export interface HeldCopy {
  readonly shard: ShardId;
  readonly copy: number;
  readonly epoch: number;
  readonly expiresAtMs: number;
}

export interface HandOut {
  readonly atMs: number;
  readonly contributor: string;
  readonly shard: ShardId;
  readonly copy: number;
}

export interface ShardPlace {
  readonly job: JobId;
  readonly index: number;
}

export interface ToldCounts {
  assigned: number;
  receipts: number;
  credited: number;
  creditsSaidAgain: number;
  refused: Record<string, number>;
}

export interface ToldRecord {
  /** Two credits of one shard to one account that name different amounts, and the like: what no reading of the database can excuse. */
  readonly contradictions: string[];
  readonly votes: ReadonlyMap<string, ToldVote>;
  /** The highest balance that an account was told. */
  readonly balances: ReadonlyMap<AccountId, bigint>;
  readonly places: ReadonlyMap<ShardId, ShardPlace>;
  readonly handOuts: readonly HandOut[];
  readonly receiptsAtMs: readonly number[];
  readonly counts: ToldCounts;
  readonly accounts: ReadonlyMap<string, AccountId>;
  /** When each contributor was last welcomed and lost, for who is connected now. */
  isConnected(contributor: string): boolean;
  /** Handed out to a contributor and not sent back, in this life of its process. */
  heldBy(contributor: string): readonly HeldCopy[];
  /** Copies sent by a contributor from a moment on. */
  hasSentSince(contributor: string, shard: ShardId, copy: number, sinceMs: number): boolean;
  /** Its process was killed: it holds nothing any more. */
  forgetHeld(contributor: string): void;
  /** Votes of which something was told since the last call. */
  takeFresh(): readonly ToldVote[];
  add(entries: readonly ToldEntry[]): void;
}

const keyOf = (shard: ShardId, who: AccountId | string | number): string => `${shard}:${who}`;

export function createToldRecord(): ToldRecord {
  const contradictions: string[] = [];
  const votes = new Map<string, ToldVote>();
  const fresh = new Set<ToldVote>();
  const balances = new Map<AccountId, bigint>();
  const places = new Map<ShardId, ShardPlace>();
  const handOuts: HandOut[] = [];
  const receiptsAtMs: number[] = [];
  const accounts = new Map<string, AccountId>();
  const connected = new Set<string>();
  const held = new Map<string, Map<string, HeldCopy>>();
  const sentAtMs = new Map<string, number>();
  const counts: ToldCounts = { assigned: 0, receipts: 0, credited: 0, creditsSaidAgain: 0, refused: {} };

  const voteOf = (contributor: string, shard: ShardId): ToldVote => {
    const account = accounts.get(contributor);
    if (account === undefined) throw new Error(`${contributor} was told of a shard before it was welcomed.`);
    const key = keyOf(shard, account);
    const vote = votes.get(key) ?? { shard, account, contributor, isTaken: false, state: null, paid: null, timesPaid: 0 };
    votes.set(key, vote);
    fresh.add(vote);
    return vote;
  };

  const assign = (contributor: string, line: Extract<ToldLine, { kind: 'assigned' }>): void => {
    const mine = held.get(contributor) ?? new Map<string, HeldCopy>();
    held.set(contributor, mine);
    for (const { shard, copy, epoch, job, index, expiresAtMs } of line.copies) {
      counts.assigned++;
      places.set(shard, { job, index });
      handOuts.push({ atMs: line.atMs, contributor, shard, copy });
      mine.set(keyOf(shard, copy), { shard, copy, epoch, expiresAtMs });
    }
  };

  const receive = (contributor: string, line: Extract<ToldLine, { kind: 'receipts' }>): void => {
    receiptsAtMs.push(line.atMs);
    for (const { shard, vote, verdict, refusal } of line.receipts) {
      counts.receipts++;
      if (refusal !== null) counts.refused[refusal] = (counts.refused[refusal] ?? 0) + 1;
      // "late" and "failed" promise nothing: there may be no such vote
      if (refusal !== null || vote === 'late' || vote === 'failed') continue;
      const told = voteOf(contributor, shard);
      told.isTaken = true;
      if (vote !== 'waiting') settle(told, vote);
      if (vote === 'agreed' && verdict !== 'final') contradictions.push(`Shard ${shard}: told "agreed" with the verdict ${verdict}.`);
    }
  };

  const settle = (told: ToldVote, state: VoteState): void => {
    if (told.state !== null && told.state !== state && told.paid !== null)
      contradictions.push(`Shard ${told.shard}, account ${told.account}: paid, and then told "${state}".`);
    told.state = state;
  };

  const credit = (contributor: string, line: Extract<ToldLine, { kind: 'credited' }>): void => {
    const account = accounts.get(contributor) as AccountId;
    const balance = BigInt(line.balance);
    balances.set(account, balance > (balances.get(account) ?? 0n) ? balance : (balances.get(account) ?? 0n));
    for (const { shard, amount } of line.shards) {
      counts.credited++;
      const told = voteOf(contributor, shard);
      if (told.paid !== null) counts.creditsSaidAgain++;
      if (told.paid !== null && told.paid !== BigInt(amount))
        contradictions.push(`Shard ${shard}, account ${account}: told of ${told.paid} and then of ${amount}.`);
      told.paid = BigInt(amount);
      told.timesPaid++;
      settle(told, 'agreed');
    }
  };

  const drop = (contributor: string, shard: ShardId): void => {
    for (const [key, copy] of held.get(contributor) ?? []) if (copy.shard === shard) held.get(contributor)?.delete(key);
  };

  const take = ({ contributor, line }: ToldEntry): void => {
    switch (line.kind) {
      case 'welcome':
        accounts.set(contributor, line.account);
        connected.add(contributor);
        return;
      case 'assigned':
        return assign(contributor, line);
      case 'sent':
        for (const { shard, copy } of line.copies) {
          held.get(contributor)?.delete(keyOf(shard, copy));
          sentAtMs.set(`${contributor}:${keyOf(shard, copy)}`, line.atMs);
        }
        return;
      case 'receipts':
        return receive(contributor, line);
      case 'credited':
        return credit(contributor, line);
      case 'settled':
        for (const { shard, vote } of line.shards) settle(voteOf(contributor, shard), vote);
        return;
      case 'cancelled':
        for (const shard of line.shards) drop(contributor, shard);
        return;
      case 'lost':
        connected.delete(contributor);
        return;
    }
  };

  return {
    contradictions,
    votes,
    balances,
    places,
    handOuts,
    receiptsAtMs,
    counts,
    accounts,
    isConnected: (contributor) => connected.has(contributor),
    heldBy: (contributor) => [...(held.get(contributor)?.values() ?? [])],
    hasSentSince: (contributor, shard, copy, sinceMs) => (sentAtMs.get(`${contributor}:${keyOf(shard, copy)}`) ?? 0) >= sinceMs,
    forgetHeld(contributor) {
      held.delete(contributor);
      connected.delete(contributor);
    },
    takeFresh() {
      const taken = [...fresh];
      fresh.clear();
      return taken;
    },
    add(entries) {
      for (const entry of entries) take(entry);
    },
  };
}
