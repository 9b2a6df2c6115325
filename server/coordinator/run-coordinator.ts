// Drives the core: events in, one commit at a time carrying all that was decided meanwhile, promises delivered after it.

import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import type { ServerMessage } from '../../src/protocol/messages.ts';
import { rangeOfShard } from '../../src/protocol/shard.ts';
import { verdictOf } from '../jobs/job-in-play.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { ALL_BLOCKS, FIRST_BLOCKS, pickClaim } from '../scheduling/pick-claim.ts';
import type { Change, CommitReport, Journal, LoadedState, Sharing } from './change.ts';
import { countDevices, countFreshShards, countInFlight, countVotes, listDevices } from './count-state.ts';
import type { CoordinatorEvent, Deliverer, JobNotice, Outcome, SessionKey } from './event.ts';
import { type CommitFigures, createGroupCommit, type Unit } from './group-commit.ts';
import { mergeMessages } from './merge-messages.ts';
import type { CoordinatorRunner } from './runner.ts';
import { type CoordinatorState, createState, findShard } from './state.ts';
import { step } from './step.ts';
import { createBlockWatch } from './watch-blocks.ts';

const UNREAD_BLOCKS = 'Blocks of this coordinator were claimed and never read; what is its own is read again.';
/** Draining looks this often whether all is done. */
const DRAIN_STEP_MS = 20;
/** Accounts whose last balance is remembered for credits that are said once more. */
const MAX_REMEMBERED_BALANCES = 8_192;

export interface RunnerOptions {
  readonly journal: Journal;
  readonly macSecret: Uint8Array;
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly onFailedCommit: (cause: unknown) => void;
  /** What it remembers, each time that is read anew; to be looked at and left alone. */
  readonly onState?: (state: Readonly<CoordinatorState>) => void;
}

const LETTERS = { pending: 'p', provisional: 'v', final: 'f', revoked: 'd', disputed: 'd', failed: 'x' } as const;

export async function runCoordinator(options: RunnerOptions): Promise<CoordinatorRunner> {
  const { journal, nowMs } = options;
  const epoch = await journal.claimEpoch();
  const { macSecret } = options;
  let sharing = await claimAtStart(journal);
  let state = createState({ epoch, macSecret, loaded: await journal.load() });
  options.onState?.(state);
  const balances = new Map<AccountId, MicroCredits>();
  let deliverer: Deliverer | null = null;
  let isClaiming = false;
  const watch = createBlockWatch(state.blocks.size);
  const notified = createListeners<readonly JobNotice[]>();
  const starved = createListeners<void>();
  const paid = createListeners<ReadonlyMap<AccountId, number>>();
  const committed = createListeners<CommitFigures>();
  const commits = createGroupCommit({
    journal,
    nowMs,
    wait: options.wait,
    onWritten: (batch, report) => deliverAll(batch, report),
    onFailed: (takeLost, cause) => recover(takeLost, cause),
    onCommit: committed.tell,
  });

  const post = (event: CoordinatorEvent): void => enqueue(event, null);

  function enqueue(event: CoordinatorEvent, settle: Unit['settle']): void {
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
      commits.push({ changes: outcome.changes, messages, notices: outcome.notices, settle, atMs: nowMs() });
      watch.decided(state.blocks.size, true);
    } else watch.decided(state.blocks.size, false);
    if (state.isStarved) {
      state.isStarved = false;
      if (sharing.others > 0) void claimMore().catch(options.onFailedCommit);
      starved.tell();
    }
  }

  /** A bug in the core leaves the memory half changed: nothing decided since the last commit is believed any more. */
  function stepOrNote(event: CoordinatorEvent): Outcome | null {
    try {
      return step(state, event, nowMs());
    } catch (cause) {
      commits.breakDown(cause);
      return null;
    }
  }

  function deliverAll(batch: readonly Unit[], report: CommitReport): void {
    watch.settled(batch.length);
    rememberBalances(balances, report.balances);
    const messages = batch.flatMap((unit, at) => (report.refused.has(at) ? [] : unit.messages));
    const receipts = new Map<SessionKey, number>();
    for (const { session, message } of mergeMessages(messages)) {
      deliverer?.deliver(session, fillBalance(state, session, message, balances));
      if (message.type === 'receipts') receipts.set(session, message.receipts.length);
    }
    if (receipts.size > 0) post({ type: 'acknowledged', receipts });
    const notices = batch.flatMap((unit, at) => (report.refused.has(at) ? [] : unit.notices));
    if (notices.length > 0) notified.tell(notices);
    if (report.verifiedShards.size > 0) paid.tell(report.verifiedShards);
    batch.forEach((unit, at) => {
      const fault = report.refused.get(at);
      if (fault) unit.settle?.failed(new Fault(fault.code, fault.sentence, { facts: fault.facts ?? {} }));
      else unit.settle?.done();
    });
    for (const [job, failed] of report.completed) post({ type: 'job-completed', job, failed });
  }

  /** Nothing of it was written: forget what was decided, read the truth again, and let the devices say hello anew. */
  async function recover(takeLost: () => readonly Unit[], cause: unknown): Promise<void> {
    options.onFailedCommit(cause);
    const fault = new Fault('storage-failed', 'The coordinator could not write; nothing was accepted, send it again in a moment.', {
      cause,
    });
    const loaded = await loadWithPatience(journal, options.wait);
    const lost = takeLost();
    const sessions = [...state.sessions.keys()];
    state = createState({ epoch, macSecret, loaded, previous: state });
    options.onState?.(state);
    watch.settled(null);
    watch.decided(state.blocks.size, false);
    for (const session of sessions) deliverer?.resume(session, fault.body);
    for (const unit of lost) unit.settle?.failed(fault);
  }

  async function renew(): Promise<Sharing> {
    try {
      return await journal.renew();
    } catch (cause) {
      if (cause instanceof Fault && cause.facts.isFenced === true) options.onFailedCommit(cause);
      throw cause;
    }
  }

  /** Asks for more blocks when those here are nearly all handed out. */
  async function claimMore(): Promise<void> {
    const { sessions, freshHandedOut: freshPerSecond } = state;
    const facts = { others: sharing.others, sessions: sessions.size, freshPerSecond };
    const limit = pickClaim({ ...facts, freshShards: countFreshShards(state) });
    const mayClaim = sharing.others === 0 || state.restRenewals === 0;
    if (limit === 0 || isClaiming || state.isDraining || state.isHeld || !mayClaim) return;
    isClaiming = true;
    watch.moves();
    try {
      const blocks = await journal.claimBlocks(limit);
      if (blocks.length > 0) post({ type: 'blocks-claimed', loaded: await journal.load(blocks) });
    } finally {
      isClaiming = false;
    }
  }

  const inCommit = (make: (settle: NonNullable<Unit['settle']>) => void): Promise<void> =>
    new Promise((done, failed) => make({ done, failed }));

  return {
    epoch,
    post,
    async openJob(job: JobRecord) {
      if (state.isDraining) throw new Fault('draining', 'The coordinator is stopping; submit the job again in a minute.');
      if (state.isHeld)
        throw new Fault('draining', 'The operator of this coordinator has stopped new work for a while; submit the job later.');
      const hold = { kind: 'hold', job: job.id, requester: job.requester, escrow: job.escrow, amount: job.escrowAmount } as const;
      const owned = sharing.others === 0 ? job.blocks.length : Math.min(job.blocks.length, FIRST_BLOCKS);
      const changes: readonly Change[] = [
        { kind: 'job-created', job, owned },
        { kind: 'transfer', transfer: hold, atMs: job.createdAtMs },
      ];
      const written = inCommit((settle) => {
        commits.push({ changes, messages: [], notices: [], settle, atMs: nowMs() });
        watch.decided(state.blocks.size, true);
        watch.moves();
      });
      await written.catch((fault) => {
        // the commit may have arrived although its answer did not: then the reload has found the job
        if (!state.jobs.has(job.id)) throw fault;
      });
      // a reload after another failed commit may already have found it
      if (!state.jobs.has(job.id)) post({ type: 'job-opened', job: { ...job, blocks: job.blocks.slice(0, owned) } });
    },
    cancelJob: ({ id, escrow, requester }, reason = null) =>
      inCommit((settle) => {
        if (state.jobs.has(id)) return enqueue({ type: 'job-cancelled', job: id, reason }, settle);
        // no block of it is here: its end is written, and those who have them find it when they renew their share
        const atMs = nowMs();
        const changes: readonly Change[] = [
          { kind: 'job-ended', job: id, state: 'cancelled', reason, atMs },
          { kind: 'transfer', transfer: { kind: 'refund', job: id, escrow, requester }, atMs },
        ];
        commits.push({ changes, messages: [], notices: [{ job: id, type: 'ended' }], settle, atMs });
        watch.decided(state.blocks.size, true);
      }),
    async renewShare() {
      const isUnread = isClaiming ? null : watch.compare();
      sharing = await renew();
      if (isUnread?.(sharing.blocks)) commits.breakDown(new Fault('storage-failed', UNREAD_BLOCKS, { facts: { isUnread: true } }));
      await claimMore();
      post({ type: 'sharing-renewed', ...sharing });
    },
    shapeOf(shard) {
      const found = findShard(state, shard);
      if (!found) return null;
      const { grid, workgroupsPerShard, outputs } = found.job.record.manifest;
      return { outputs, count: rangeOfShard(grid, workgroupsPerShard, found.index).count };
    },
    shardLetters(id) {
      const job = state.jobs.get(id);
      if (!job || job.ownedShards < job.record.shards) return null;
      return Array.from(job.verdicts, (_, index) => LETTERS[verdictOf(job, index)]).join('');
    },
    counts: () => ({ ...countDevices(state), otherCoordinators: sharing.others }),
    devices: () => listDevices(state),
    votes: () => countVotes(state),
    backlog: commits.backlog,
    isShared: (id) => (state.jobs.get(id)?.ownedShards ?? 0) < (state.jobs.get(id)?.record.shards ?? 1),
    onCommit: committed.add,
    onNotices: notified.add,
    onStarved: starved.add,
    onPaid: paid.add,
    connect(next) {
      deliverer = next;
    },
    async drain(graceMs, timeoutMs) {
      const endMs = nowMs() + timeoutMs;
      post({ type: 'draining' });
      for (const graceEndMs = nowMs() + graceMs; nowMs() < graceEndMs && countInFlight(state) > 0; ) await options.wait(DRAIN_STEP_MS);
      await Promise.race([commits.settled(), options.wait(Math.max(0, endMs - nowMs()))]);
      return commits.backlog().changes === 0;
    },
  };
}

/** A database that was left by a coordinator has blocks to be taken at once. */
async function claimAtStart(journal: Journal): Promise<Sharing> {
  const sharing = await journal.renew();
  await journal.claimBlocks(sharing.others === 0 ? ALL_BLOCKS : FIRST_BLOCKS);
  return sharing;
}

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
