// Drives the core: events in, one commit at a time carrying all that was decided meanwhile, promises delivered after it.

import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { ServerMessage } from '../../src/protocol/messages.ts';
import { verdictOf } from '../jobs/job-in-play.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { Change, CommitReport, CommitUnit, Journal, LoadedState } from './change.ts';
import type { CoordinatorEvent, Deliverer, JobNotice, Outcome, OutgoingMessage, SessionKey } from './event.ts';
import type { CoordinatorRunner } from './runner.ts';
import { type CoordinatorState, createState, findShard } from './state.ts';
import { step } from './step.ts';

/** Changes in one transaction at most: larger batches gain nothing and delay the answers. */
export const MAX_BATCH_CHANGES = 4_096;
/** Accounts whose last balance is remembered for credits that are said once more. */
const MAX_REMEMBERED_BALANCES = 8_192;

interface Pending extends CommitUnit {
  readonly changes: readonly Change[];
  readonly messages: readonly OutgoingMessage[];
  readonly notices: readonly JobNotice[];
  readonly settle: { readonly done: () => void; readonly failed: (fault: Fault) => void } | null;
}

export interface RunnerOptions {
  readonly journal: Journal;
  readonly macSecret: Uint8Array;
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly onFailedCommit: (cause: unknown) => void;
}

const LETTERS = { pending: 'p', provisional: 'v', final: 'f', revoked: 'd', disputed: 'd', failed: 'x' } as const;

export async function runCoordinator(options: RunnerOptions): Promise<CoordinatorRunner> {
  const { journal, nowMs } = options;
  const epoch = await journal.claimEpoch();
  const { macSecret } = options;
  let state = createState({ epoch, macSecret, loaded: await journal.load() });
  const balances = new Map<AccountId, MicroCredits>();
  let deliverer: Deliverer | null = null;
  let pending: Pending[] = [];
  let committing: Promise<void> | null = null;
  let broken: { readonly cause: unknown } | null = null;
  const notified = createListeners<readonly JobNotice[]>();
  const starved = createListeners<void>();
  const paid = createListeners<ReadonlyMap<AccountId, number>>();

  const post = (event: CoordinatorEvent): void => enqueue(event, null);

  function enqueue(event: CoordinatorEvent, settle: Pending['settle']): void {
    const outcome = stepOrNote(event);
    if (!outcome) {
      settle?.failed(
        new Fault('internal', 'The coordinator failed at this and read its state again; try once more, and tell its operator if it stays.'),
      );
      return;
    }
    for (const { session, message, afterCommit } of outcome.messages) if (!afterCommit) deliverer?.deliver(session, message);
    const messages = outcome.messages.filter((message) => message.afterCommit);
    if (outcome.changes.length > 0 || messages.length > 0 || outcome.notices.length > 0 || settle) {
      pending.push({ changes: outcome.changes, messages, notices: outcome.notices, settle });
      kick();
    }
    if (state.isStarved) {
      state.isStarved = false;
      starved.tell();
    }
  }

  /** A bug in the core leaves the memory half changed: nothing decided since the last commit is believed any more. */
  function stepOrNote(event: CoordinatorEvent): Outcome | null {
    try {
      return step(state, event, nowMs());
    } catch (cause) {
      broken = { cause };
      kick();
      return null;
    }
  }

  /** One commit in flight; whatever arrives meanwhile is the next batch. */
  function kick(): void {
    committing ??= commitAll().finally(() => {
      committing = null;
      if (pending.length > 0 || broken) kick();
    });
  }

  async function commitAll(): Promise<void> {
    while (pending.length > 0 || broken) {
      if (broken) {
        await recover([], broken.cause);
        continue;
      }
      const batch = takeBatch();
      const report = await commitOrRecover(batch);
      if (report) deliverAll(batch, report);
    }
  }

  /** Null when nothing of the batch was written. */
  async function commitOrRecover(batch: readonly Pending[]): Promise<CommitReport | null> {
    if (batch.every((unit) => unit.changes.length === 0)) return EMPTY_REPORT;
    try {
      return await journal.commit(batch);
    } catch (cause) {
      await recover(batch, cause);
      return null;
    }
  }

  function takeBatch(): readonly Pending[] {
    let changes = 0;
    let count = 0;
    while (count < pending.length && (count === 0 || changes + pending[count]!.changes.length <= MAX_BATCH_CHANGES))
      changes += pending[count++]!.changes.length;
    return pending.splice(0, count);
  }

  function deliverAll(batch: readonly Pending[], report: CommitReport): void {
    rememberBalances(balances, report.balances);
    const messages = batch.flatMap((unit, at) => (report.refused.has(at) ? [] : unit.messages));
    for (const { session, message } of mergeMessages(messages)) deliverer?.deliver(session, fillBalance(state, session, message, balances));
    const notices = batch.flatMap((unit, at) => (report.refused.has(at) ? [] : unit.notices));
    if (notices.length > 0) notified.tell(notices);
    if (report.verifiedShards.size > 0) paid.tell(report.verifiedShards);
    batch.forEach((unit, at) => {
      const fault = report.refused.get(at);
      if (fault) unit.settle?.failed(new Fault(fault.code, fault.sentence, { facts: fault.facts ?? {} }));
      else unit.settle?.done();
    });
  }

  /** Nothing of the batch was written: forget what was decided, read the truth again, and let the devices say hello anew. */
  async function recover(batch: readonly Pending[], cause: unknown): Promise<void> {
    options.onFailedCommit(cause);
    const fault = new Fault('storage-failed', 'The coordinator could not write; nothing was accepted, send it again in a moment.', {
      cause,
    });
    const loaded = await loadWithPatience(journal, options.wait);
    const lost = [...batch, ...pending];
    pending = [];
    broken = null;
    const sessions = [...state.sessions.keys()];
    state = createState({ epoch, macSecret, loaded, previous: state });
    for (const session of sessions) deliverer?.resume(session, fault.body);
    for (const unit of lost) unit.settle?.failed(fault);
  }

  const inCommit = (make: (settle: NonNullable<Pending['settle']>) => void): Promise<void> =>
    new Promise((done, failed) => make({ done, failed }));

  return {
    epoch,
    post,
    async openJob(job: JobRecord) {
      if (state.isDraining) throw new Fault('draining', 'The coordinator is stopping; submit the job again in a minute.');
      const hold = { kind: 'hold', job: job.id, requester: job.requester, escrow: job.escrow, amount: job.escrowAmount } as const;
      const changes: readonly Change[] = [
        { kind: 'job-created', job },
        { kind: 'transfer', transfer: hold, atMs: job.createdAtMs },
      ];
      const written = inCommit((settle) => {
        pending.push({ changes, messages: [], notices: [], settle });
        kick();
      });
      await written.catch((fault) => {
        // the commit may have arrived although its answer did not: then the reload has found the job
        if (!state.jobs.has(job.id)) throw fault;
      });
      // a reload after another failed commit may already have found it
      if (!state.jobs.has(job.id)) post({ type: 'job-opened', job });
    },
    cancelJob: (job: JobId) => inCommit((settle) => enqueue({ type: 'job-cancelled', job }, settle)),
    outputsOf: (shard) => findShard(state, shard)?.job.record.manifest.outputs ?? null,
    shardLetters(id) {
      const job = state.jobs.get(id);
      if (!job) return null;
      return Array.from(job.verdicts, (_, index) => LETTERS[verdictOf(job, index)]).join('');
    },
    counts: () => countDevices(state),
    onNotices: notified.add,
    onStarved: starved.add,
    onPaid: paid.add,
    connect(next) {
      deliverer = next;
    },
    async drain() {
      post({ type: 'draining' });
      while (committing) await committing;
    },
  };
}

const EMPTY_REPORT: CommitReport = { refused: new Map(), balances: new Map(), verifiedShards: new Map() };

/** The database may be restarting: asks every second, for as long as it takes. */
async function loadWithPatience(journal: Journal, wait: RunnerOptions['wait']): Promise<LoadedState> {
  for (;;) {
    try {
      return await journal.load();
    } catch {
      await wait(1_000);
    }
  }
}

/** Many results a message: joins what goes to one session and says the same kind of thing. */
export function mergeMessages(
  messages: readonly OutgoingMessage[],
): readonly { readonly session: SessionKey; readonly message: ServerMessage }[] {
  const merged = new Map<string, { session: SessionKey; message: ServerMessage }>();
  messages.forEach(({ session, message }, at) => {
    const isPlural = message.type === 'receipts' || message.type === 'credited' || message.type === 'settled';
    const key = isPlural ? `${session}/${message.type}` : `${session}/${message.type}/${at}`;
    const known = merged.get(key);
    merged.set(key, { session, message: known ? join(known.message, message) : message });
  });
  return [...merged.values()];
}

function join(a: ServerMessage, b: ServerMessage): ServerMessage {
  if (a.type === 'receipts' && b.type === 'receipts') return { ...a, receipts: [...a.receipts, ...b.receipts] };
  if (a.type === 'credited' && b.type === 'credited') return { ...a, shards: [...a.shards, ...b.shards] };
  if (a.type === 'settled' && b.type === 'settled') return { ...a, shards: [...a.shards, ...b.shards] };
  return b;
}

function rememberBalances(known: Map<AccountId, MicroCredits>, fresh: ReadonlyMap<AccountId, MicroCredits>): void {
  for (const [account, balance] of fresh) {
    known.delete(account);
    known.set(account, balance);
    const oldest = known.keys().next().value;
    if (known.size > MAX_REMEMBERED_BALANCES && oldest !== undefined) known.delete(oldest);
  }
}

function fillBalance(
  state: CoordinatorState,
  key: SessionKey,
  message: ServerMessage,
  balances: ReadonlyMap<AccountId, MicroCredits>,
): ServerMessage {
  if (message.type !== 'credited') return message;
  const account = state.sessions.get(key)?.account;
  return { ...message, balance: (account !== undefined && balances.get(account)) || 0n };
}

function countDevices(state: CoordinatorState) {
  const sessions = [...state.sessions.values()];
  const gpus = sessions.filter((session) => session.hasGpu).length;
  return {
    contributors: new Set(sessions.map((session) => session.account)).size,
    devices: [
      { kind: 'gpu' as const, count: gpus },
      { kind: 'cpu' as const, count: sessions.length - gpus },
    ],
    jobsRunning: state.jobs.size,
    workgroupsPerSecond: sessions.reduce((sum, session) => sum + session.workgroupsPerSecond, 0),
  };
}

function createListeners<Value>() {
  const listeners = new Set<(value: Value) => void>();
  return {
    add(listener: (value: Value) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(value: Value): void {
      for (const listener of listeners) listener(value);
    },
  };
}
