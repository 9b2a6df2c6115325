// Bugs to plant: for each invariant at least one that breaks it, so that a simulation that finds nothing has been seen to find something.
import type { Change, CommitUnit } from '../../server/coordinator/change.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { TREASURY } from '../../server/ledger/transfer.ts';
import type { ShardId } from '../../src/protocol/ids.ts';
import type { Seams } from './seams.ts';
import type { InvariantName } from './violation.ts';

export interface PlantedBug {
  readonly name: string;
  readonly breaks: InvariantName;
  /** Made anew for every world. */
  readonly plant: () => Seams;
}

/** Rewrites what is written, change by change. */
function rewrite(change: (change: Change) => readonly Change[]): Seams {
  return { beforeCommit: (units) => units.map((unit): CommitUnit => ({ changes: unit.changes.flatMap(change) })) };
}

/** The same, once a world and only where it fits. */
function rewriteOnce(change: (change: Change) => readonly Change[] | null): Seams {
  let isDone = false;
  return rewrite((one) => {
    const planted = isDone ? null : change(one);
    if (planted) isDone = true;
    return planted ?? [one];
  });
}

const isPay = (change: Change): boolean => change.kind === 'transfer' && change.transfer.kind === 'pay';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a balance is written one micro-credit too high',
    breaks: 'books-balance',
    plant: () => ({
      afterWrite(tables) {
        const [account] = tables.accounts.values();
        if (tables.commits === 5 && account) tables.accounts.set(account.id, { ...account, earned: account.earned + 1n });
      },
    }),
  },
  {
    name: 'an escrow is emptied twice',
    breaks: 'no-debt',
    plant: () => ({
      afterWrite({ accounts, jobs, commits }) {
        const [job] = jobs.values();
        const escrow = job && accounts.get(job.record.escrow);
        const treasury = accounts.get(TREASURY)!;
        if (commits < 8 || !escrow) return;
        accounts.set(escrow.id, { ...escrow, earned: escrow.earned - 10n ** 9n });
        accounts.set(TREASURY, { ...treasury, earned: treasury.earned + 10n ** 9n });
      },
    }),
  },
  {
    name: 'a byte of an output is lost on its way to the disk',
    breaks: 'final-has-bytes',
    plant: () =>
      rewriteOnce((change) => {
        if (change.kind !== 'shard-judged' || !change.outputs) return null;
        const outputs = change.outputs.map((output) => ({ ...output, bytes: output.bytes.map((byte) => byte ^ 1) }));
        return [{ ...change, outputs }];
      }),
  },
  {
    name: 'a shard is final without its bytes',
    breaks: 'final-has-bytes',
    plant: () =>
      rewriteOnce((change) => (change.kind === 'shard-judged' && change.verdict === 'final' ? [{ ...change, outputs: null }] : null)),
  },
  {
    name: 'a vote is not written',
    breaks: 'told-is-kept',
    plant: () => rewriteOnce((change) => (change.kind === 'vote-cast' ? [] : null)),
  },
  { name: 'a commit is answered before it is written', breaks: 'told-is-kept', plant: () => ({ isAnsweredEarly: true }) },
  {
    name: 'a copy is paid twice',
    breaks: 'paid-once',
    plant: () => rewriteOnce((change) => (isPay(change) ? [change, change] : null)),
  },
  {
    name: 'a payment is forgotten',
    breaks: 'paid-once',
    plant: () => rewriteOnce((change) => (isPay(change) ? [] : null)),
  },
  {
    name: 'what is left of an escrow is not given back',
    breaks: 'escrow-closes',
    plant: () => rewrite((change) => (change.kind === 'transfer' && change.transfer.kind === 'refund' ? [] : [change])),
  },
  {
    name: 'copies that were lost are never handed out again',
    breaks: 'job-ends',
    plant: () => ({ beforePost: (event) => (event.type === 'clock' || event.type === 'session-closed' ? [] : [event]) }),
  },
  {
    name: 'a job fails and keeps the reason to itself',
    breaks: 'end-says-why',
    plant: () => rewrite((change) => (change.kind === 'job-ended' ? [{ ...change, reason: null }] : [change])),
  },
  {
    name: 'a vote is forgotten at a restart',
    breaks: 'end-says-why',
    plant: () => ({ afterLoad: (loaded) => ({ ...loaded, votes: loaded.votes.slice(1) }) }),
  },
  {
    name: 'the core plays with one voice less than was paid for',
    breaks: 'truth-wins',
    plant: () =>
      rewrite((change) => {
        if (change.kind !== 'job-created') return [change];
        const { redundancy } = change.job.spec;
        return [
          { ...change, job: { ...change.job, spec: { ...change.job.spec, redundancy: { ...redundancy, quorum: redundancy.quorum + 1 } } } },
        ];
      }),
  },
  {
    name: 'a final shard is opened again',
    breaks: 'verdict-stays',
    plant: () => {
      const finals: ShardId[] = [];
      return rewrite((change) => {
        if (change.kind !== 'shard-judged' || change.verdict !== 'final') return [change];
        finals.push(change.shard);
        const [first] = finals;
        return finals.length === 3 ? [change, { ...change, shard: first!, verdict: 'pending', digest: null, outputs: null }] : [change];
      });
    },
  },
  {
    name: 'a session is opened twice under one number',
    breaks: 'leases-counted',
    plant: () => {
      const opened = new Map<number, Extract<Parameters<NonNullable<Seams['beforePost']>>[0], { type: 'session-opened' }>>();
      return {
        beforePost(event) {
          if (event.type === 'session-opened') opened.set(event.session, event);
          const again = event.type === 'results-arrived' ? opened.get(event.session) : undefined;
          return again ? [again, event] : [event];
        },
      };
    },
  },
  {
    name: 'a job that ended is loaded again',
    breaks: 'memory-bounded',
    plant: () => {
      let ended: JobRecord | null = null;
      const created = new Map<number, JobRecord>();
      return {
        ...rewrite((change) => {
          if (change.kind === 'job-created') created.set(change.job.id, change.job);
          if (change.kind === 'job-ended') ended = created.get(change.job) ?? null;
          return [change];
        }),
        beforePost(event) {
          if (event.type !== 'clock' || !ended) return [event];
          // too large for every device, so that nobody is handed any of it
          const input = { name: 'large', digest: ended.manifestDigest, bytes: 2 ** 40, bytesPerWorkgroup: null };
          const job = { ...ended, manifest: { ...ended.manifest, inputs: [input] } };
          ended = null;
          return [event, { type: 'job-opened', job }];
        },
      };
    },
  },
  { name: 'a commit that was thought lost is written after all', breaks: 'nothing-thrown', plant: () => ({ isLateWritten: true }) },
  { name: 'commits are not fenced', breaks: 'fence-holds', plant: () => ({ isFenceBroken: true }) },
  {
    name: 'the gateway throws',
    breaks: 'nothing-thrown',
    plant: () => {
      let count = 0;
      return {
        aroundDeliverer: (deliverer) => ({
          resume: (session, fault) => deliverer.resume(session, fault),
          deliver(session, message) {
            if (message.type === 'receipts' && ++count === 3) throw new Error('planted');
            deliverer.deliver(session, message);
          },
        }),
      };
    },
  },
  {
    name: 'a receipt is swallowed',
    breaks: 'nothing-kept-back',
    plant: () => ({
      aroundDeliverer: (deliverer) => ({
        resume: (session, fault) => deliverer.resume(session, fault),
        deliver: (session, message) => (message.type === 'receipts' && session % 2 === 0 ? undefined : deliverer.deliver(session, message)),
      }),
    }),
  },
  {
    name: 'what a device says of its likes is not heard',
    breaks: 'likes-kept',
    plant: () => ({ beforePost: (event) => (event.type === 'likes-changed' ? [] : [event]) }),
  },
];
