// One commit at a time, carrying all that was decided while the last was under way. The first after a rest starts at once.
import type { Fault } from '../../src/protocol/fault.ts';
import type { CommitReport, CommitUnit, Journal } from './change.ts';
import type { JobNotice, OutgoingMessage } from './event.ts';

/** Changes in one transaction at most: larger batches gain nothing and delay the answers. */
export const MAX_BATCH_CHANGES = 8_192;
/**
 * Commits of fewer changes than this do not follow each other faster than PACE_MS: a transaction of one result costs as much processor
 * time as one of fifty, so a steady trickle gathers. Whoever waits for an answer (a submitted or cancelled job) does not wait for that.
 */
export const PACED_CHANGES = 512;
export const PACE_MS = 8;

/** What one event adds to the next commit, and what it promises when that is done. */
export interface Unit extends CommitUnit {
  readonly messages: readonly OutgoingMessage[];
  readonly notices: readonly JobNotice[];
  readonly settle: { readonly done: () => void; readonly failed: (fault: Fault) => void } | null;
  readonly atMs: number;
}

export interface CommitFigures {
  readonly units: number;
  readonly changes: number;
  readonly tookMs: number;
  readonly hasFailed: boolean;
}

export interface Backlog {
  /** Decided and not yet durable, also what is being written now. */
  readonly changes: number;
  /** Age of the oldest of them. */
  readonly oldestMs: number;
}

export interface GroupCommitOptions {
  readonly journal: Pick<Journal, 'commit'>;
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly onWritten: (batch: readonly Unit[], report: CommitReport) => void;
  /** Nothing of `lost` was written. Called once more when the truth is read again: what was decided meanwhile is lost too. */
  readonly onFailed: (takeLost: () => readonly Unit[], cause: unknown) => Promise<void>;
  readonly onCommit: (figures: CommitFigures) => void;
}

export interface GroupCommit {
  push(unit: Unit): void;
  /** Memory cannot be believed any more: nothing that waits is written. */
  breakDown(cause: unknown): void;
  backlog(): Backlog;
  /** Resolves when nothing waits and nothing is being written. */
  settled(): Promise<void>;
}

const NOTHING_WRITTEN: CommitReport = { refused: new Map(), balances: new Map(), verifiedShards: new Map(), completed: new Map() };

export function createGroupCommit({ journal, nowMs, wait, ...on }: GroupCommitOptions): GroupCommit {
  let pending: Unit[] = [];
  let pendingChanges = 0;
  let writing: readonly Unit[] = [];
  let working: Promise<void> | null = null;
  let broken: { readonly cause: unknown } | null = null;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let isUrgent = false;
  let hurry = (): void => {};

  const kick = (): void => {
    working ??= work().finally(() => {
      working = null;
      if (pending.length > 0 || broken) kick();
    });
  };

  const work = async (): Promise<void> => {
    while (pending.length > 0 || broken) {
      const rest = broken ? null : pace();
      if (rest) await rest;
      if (broken) await fail(broken.cause);
      else await write(takeBatch());
    }
  };

  const pace = (): Promise<void> | null => {
    // never longer than the pace, though the clock be set back
    const restMs = Math.min(PACE_MS, startedAtMs + PACE_MS - nowMs());
    if (restMs <= 0 || isUrgent || pendingChanges === 0 || pendingChanges >= PACED_CHANGES) return null;
    const hurried = new Promise<void>((resolve) => {
      hurry = resolve;
    });
    return Promise.race([wait(restMs), hurried]);
  };

  const takeBatch = (): readonly Unit[] => {
    let changes = 0;
    let count = 0;
    while (count < pending.length && (count === 0 || changes + pending[count]!.changes.length <= MAX_BATCH_CHANGES))
      changes += pending[count++]!.changes.length;
    pendingChanges -= changes;
    const batch = pending.splice(0, count);
    isUrgent = pending.some((unit) => unit.settle !== null);
    return batch;
  };

  const write = async (batch: readonly Unit[]): Promise<void> => {
    const changes = countChanges(batch);
    if (changes === 0) return on.onWritten(batch, NOTHING_WRITTEN);
    writing = batch;
    const startMs = nowMs();
    startedAtMs = startMs;
    const report = await journal.commit(batch).catch((cause: unknown) => ({ cause }));
    const hasFailed = 'cause' in report;
    on.onCommit({ units: batch.length, changes, tookMs: nowMs() - startMs, hasFailed });
    if (hasFailed) return fail(report.cause);
    writing = [];
    try {
      on.onWritten(batch, report);
    } catch (cause) {
      // a bug in telling it: what is durable is not called lost, and what was decided since is not believed
      broken = { cause };
      batch.forEach((unit, at) => report.refused.has(at) || unit.settle?.done());
    }
  };

  const fail = (cause: unknown): Promise<void> =>
    on.onFailed(() => {
      const lost = [...writing, ...pending];
      writing = [];
      pending = [];
      pendingChanges = 0;
      isUrgent = false;
      broken = null;
      return lost;
    }, cause);

  return {
    push(unit) {
      pending.push(unit);
      pendingChanges += unit.changes.length;
      if (unit.settle) isUrgent = true;
      if (isUrgent || pendingChanges >= PACED_CHANGES) hurry();
      kick();
    },
    breakDown(cause) {
      broken = { cause };
      hurry();
      kick();
    },
    backlog() {
      const oldest = writing[0] ?? pending[0];
      return { changes: countChanges(writing) + pendingChanges, oldestMs: oldest ? nowMs() - oldest.atMs : 0 };
    },
    async settled() {
      while (working) await working;
    },
  };
}

function countChanges(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.changes.length, 0);
}
