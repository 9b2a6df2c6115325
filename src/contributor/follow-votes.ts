// What became of this device's results: receipts, credit and settlements, as counts and as lines of the feed.
import type { AssignmentClaim } from '../protocol/assignment.ts';
import type { MicroCredits, ShardId } from '../protocol/ids.ts';
import type { ResultReceipt } from '../protocol/messages.ts';
import type { VoteState } from '../protocol/verdict.ts';
import type { Clock } from './clock.ts';
import type { KeptResult } from './contributor-store.ts';
import { type FeedSubject, makeFailed, makeNote, makeSettled, makeVerified } from './feed.ts';
import type { Outbox, SettledResult } from './outbox.ts';
import type { RuntimeView } from './runtime-view.ts';

/** Shards whose titles are remembered for the moment they are paid. */
const MAX_SUBJECTS = 4_096;
const UNKNOWN: FeedSubject = { job: null, index: null, title: '' };

export interface VoteFollower {
  remember(shard: ShardId, subject: FeedSubject): void;
  receive(receipts: readonly ResultReceipt[]): void;
  credit(shards: readonly { readonly shard: ShardId; readonly amount: MicroCredits }[], balance: MicroCredits): void;
  settle(shards: readonly { readonly shard: ShardId; readonly vote: VoteState }[]): void;
  sendBytes(claim: AssignmentClaim): Promise<void>;
}

export function createVoteFollower(outbox: Outbox, view: RuntimeView, clock: Clock): VoteFollower {
  const subjects = new Map<ShardId, FeedSubject>();

  const tellSettled = ({ result, vote, sentence }: SettledResult): void => {
    const nowMs = clock.nowMs();
    const subject = subjectOf(result);
    if (vote === 'outvoted') view.count('outvoted');
    if (vote === 'refused') view.tell(makeFailed(subject, sentence ?? 'The coordinator refused the result.', nowMs, { vote }));
    else view.tell(makeSettled(subject, vote, nowMs));
  };

  return {
    remember(shard, subject) {
      subjects.set(shard, subject);
      const oldest = subjects.keys().next().value;
      if (subjects.size > MAX_SUBJECTS && oldest !== undefined) subjects.delete(oldest);
    },
    receive(receipts) {
      for (const settled of outbox.receive(receipts)) tellSettled(settled);
      outbox.flush();
      view.touch();
    },
    credit(shards, balance) {
      const sum = shards.reduce((total, { amount }) => total + amount, 0n);
      view.addCredit(sum, balance);
      view.count('verified', shards.length);
      for (const { shard, amount } of shards) {
        const settled = outbox.settle(shard, 'agreed');
        const subject = settled ? subjectOf(settled.result) : (subjects.get(shard) ?? UNKNOWN);
        view.tell(makeVerified(subject, amount, clock.nowMs()));
      }
    },
    settle(shards) {
      for (const { shard, vote } of shards) {
        const settled = outbox.settle(shard, vote);
        if (settled) tellSettled(settled);
      }
      view.touch();
    },
    async sendBytes(claim) {
      if (await outbox.sendBytes(claim)) return;
      const known = subjects.get(claim.shard);
      view.tell(
        makeNote(`The coordinator asked for ${known ? `shard ${known.index}` : 'a shard'}, which is no longer kept here.`, clock.nowMs(), {
          note: 'bytes-gone',
        }),
      );
    },
  };
}

function subjectOf({ shard, title }: KeptResult): FeedSubject {
  return { job: shard.job, index: shard.index, title };
}
