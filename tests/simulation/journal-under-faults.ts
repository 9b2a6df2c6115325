// The journal as one coordinator reaches it: over a line that takes time, may be slow, may break before or after the write, and may be fenced.
import type { CommitReport, CommitUnit, Journal, Sharing } from '../../server/coordinator/change.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { claimBlocks, claimEpoch, readState, renewShare } from './journal-shares.ts';
import { commitUnits, type JournalTables } from './journal-tables.ts';
import type { Random } from './random.ts';
import type { Seams } from './seams.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What is wrong with the storage at this moment; the faults of a plan write it. */
export interface StorageTrouble {
  failingCommits: number;
  lostAnswers: number;
  failingLoads: number;
  /** Claims that take blocks and whose answers do not come back. */
  lostClaims: number;
  slow: { readonly commitMs: number; readonly untilMs: number };
  fullUntilMs: number;
  /** The next commit fails at once and is written so much later; 0: none does. */
  lateMs: number;
  /** The next commit takes the coordinator's process with it. */
  crash: 'before-write' | 'after-write' | null;
}

export function createTrouble(): StorageTrouble {
  return {
    failingCommits: 0,
    lostAnswers: 0,
    failingLoads: 0,
    lostClaims: 0,
    slow: { commitMs: 0, untilMs: 0 },
    fullUntilMs: 0,
    lateMs: 0,
    crash: null,
  };
}

export interface JournalLineOptions {
  readonly tables: JournalTables;
  /** Whose place the process takes. */
  readonly instance: string;
  readonly clock: VirtualClock;
  readonly process: SimulatedProcess;
  readonly random: Random;
  readonly trouble: StorageTrouble;
  readonly seams: Seams;
  /** A commit is about to be written, by a process of this epoch. */
  readonly onWrite: (epoch: number | null) => void;
  readonly onWritten: (units: readonly CommitUnit[], report: CommitReport) => void;
  readonly crashProcess: () => void;
}

/** What the simulation injects, and what coordinators say of its consequences; any other fault is a bug. */
const EXPECTED = ['isInjected', 'isFenced', 'isStale', 'isUnread'] as const;

export function isInjected(cause: unknown): boolean {
  return cause instanceof Fault && EXPECTED.some((fact) => cause.facts[fact] === true);
}

export function openJournalLine(options: JournalLineOptions): Journal {
  const { tables, clock, process, random, trouble, seams } = options;
  let ownEpoch: number | null = null;
  /** Counts the times the state was read after a commit whose end was not known: what was sent before is not written after. */
  let generation = 0;
  let isInDoubt = false;

  /** Goes there, does it, comes back; a dead process hears no answer, but what was on its way is done. */
  const ask = <Answer>(takesMs: number, act: () => Answer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      clock.after(takesMs * 0.6, () => {
        let answer: () => void;
        try {
          const value = act();
          answer = () => resolve(value);
        } catch (cause) {
          answer = () => reject(cause);
        }
        clock.after(takesMs * 0.4, () => process.enter(answer));
      });
    });
  const breakLine = (what: string): Fault => new Fault('storage-failed', `The simulation broke ${what}.`, { facts: { isInjected: true } });

  const write = (units: readonly CommitUnit[]): CommitReport => {
    if (trouble.crash === 'before-write') {
      options.crashProcess();
      throw breakLine('the process');
    }
    if (trouble.failingCommits > 0) {
      trouble.failingCommits--;
      throw breakLine('a commit');
    }
    if (clock.nowMs() < trouble.fullUntilMs && units.some(hasOutputs)) throw breakLine('the disk');
    const planted = seams.beforeCommit?.(units) ?? units;
    const epoch = seams.isFenceBroken ? null : ownEpoch;
    const report = commitUnits(tables, planted, epoch);
    options.onWrite(ownEpoch);
    seams.afterWrite?.(tables);
    options.onWritten(planted, report);
    if (trouble.crash === 'after-write') options.crashProcess();
    if (trouble.lostAnswers > 0) {
      trouble.lostAnswers--;
      throw breakLine('the answer of a commit');
    }
    return report;
  };
  const writeSilently = (units: readonly CommitUnit[]): void => {
    try {
      write(units);
    } catch {
      // nobody hears the answer of a line that broke
    }
  };
  const writeLater = async (units: readonly CommitUnit[]): Promise<CommitReport> => {
    void ask(commitMs(), () => write(units)).catch(() => undefined);
    return { refused: new Map(), balances: new Map(), verifiedShards: new Map(), completed: new Map() };
  };
  const commitMs = (): number => {
    const { slow } = trouble;
    return random.between(0.5, 4) + (clock.nowMs() < slow.untilMs ? slow.commitMs * random.between(0.5, 1.5) : 0);
  };
  return {
    async load(blocks) {
      const isFencing = isInDoubt;
      const loaded = await ask(random.between(1, 20), () => {
        if (isFencing) generation++;
        if (trouble.failingLoads === 0) return readState(tables, { owner: ownEpoch, named: blocks ?? null });
        trouble.failingLoads--;
        throw breakLine('a load');
      });
      isInDoubt = false;
      return seams.afterLoad?.(loaded) ?? loaded;
    },
    async commit(units) {
      if (trouble.lateMs > 0) {
        const sentIn = generation;
        clock.after(trouble.lateMs, () => {
          if (sentIn === generation || seams.isLateWritten) writeSilently(units);
        });
        trouble.lateMs = 0;
        isInDoubt = true;
        throw breakLine('the line in the middle of a commit');
      }
      try {
        return await (seams.isAnsweredEarly ? writeLater(units) : ask(commitMs(), () => write(units)));
      } catch (cause) {
        isInDoubt = true;
        throw cause;
      }
    },
    async claimEpoch() {
      ownEpoch = await ask(1, () => claimEpoch(tables, options.instance, clock.nowMs()));
      return ownEpoch;
    },
    async renew() {
      return ask(1, (): Sharing => {
        if (seams.isFenceBroken && !tables.processes.has(ownEpoch ?? 0)) return { others: 0, ended: [], blocks: 0 };
        return renewShare(tables, ownEpoch ?? 0, clock.nowMs());
      });
    },
    claimBlocks: (limit) =>
      ask(2, () => {
        const claimed = claimBlocks(tables, ownEpoch ?? 0, limit, clock.nowMs());
        if (claimed.length === 0 || trouble.lostClaims === 0) return claimed;
        trouble.lostClaims--;
        throw breakLine('the answer of a claim');
      }),
    nextIds: (count) => ask(1, () => Array.from({ length: count }, () => ++tables.lastId)),
  };
}

function hasOutputs({ changes }: CommitUnit): boolean {
  return changes.some((change) => (change.kind === 'shard-judged' || change.kind === 'vote-cast') && change.outputs !== null);
}
