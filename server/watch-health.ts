// Whether the coordinator is ready, and what is wrong when it is not: read when somebody asks, and now and then by itself for the log.
import type { HealthView } from '../src/protocol/api.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { type Check, createHealthReader } from './observe/health.ts';
import type { Log } from './observe/log.ts';
import type { Figure } from './observe/metrics.ts';
import type { Upkeep } from './start-upkeep.ts';
import type { DatabaseHealth, LedgerReport } from './storage/database-health.ts';
import type { LoadWatch } from './watch-load.ts';

/** The ledger is looked at this often, however many ask. */
const LEDGER_MS = 60_000;
/** A ledger that could not be looked at for so long is no longer believed. */
const LEDGER_STALE_MS = 15 * 60_000;
/** What is decided should be durable within moments; after this long nobody can count on it. */
export const COMMIT_LATE_MS = 10_000;
const LOOK_MS = 5_000;

export interface HealthParts {
  readonly database: Pick<DatabaseHealth, 'ask' | 'checkLedger'>;
  readonly runner: Pick<CoordinatorRunner, 'backlog'>;
  readonly upkeep: Pick<Upkeep, 'isStorageLow' | 'freeBytes'>;
  readonly load: Pick<LoadWatch, 'isOverloaded'>;
  /** Why an operator has stopped hand-outs; null while they go on. */
  readonly readHold?: () => string | null;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly build: string;
  readonly nowMs?: () => number;
}

export interface HealthWatch {
  read(): Promise<HealthView>;
  setDraining(): void;
  readonly figures: readonly Figure[];
  stop(): void;
}

export function watchHealth(parts: HealthParts): HealthWatch {
  const { log, build, nowMs = Date.now } = parts;
  let isDraining = false;
  let last: HealthView | null = null;
  const read = createHealthReader({
    checks: [
      checkDatabase(parts),
      checkDurability(parts),
      checkCommits(parts),
      checkDisk(parts),
      checkLoad(parts),
      checkHold(parts),
      checkLedger(parts, nowMs),
    ],
    build,
    startedAtMs: nowMs(),
    nowMs,
    isDraining: () => isDraining,
  });

  async function look(): Promise<HealthView> {
    const health = await read();
    if (health.status !== (last?.status ?? 'ok')) tellChange(log, health);
    last = health;
    return health;
  }

  const timer = setInterval(() => void look(), LOOK_MS);
  const isTaking = (): boolean => last !== null && (last.status === 'ok' || last.status === 'degraded');
  return {
    read: look,
    setDraining() {
      isDraining = true;
    },
    figures: [
      {
        name: 'ready',
        kind: 'level',
        help: '1 while new work and new devices are taken.',
        read: () => (isTaking() && !isDraining ? 1 : 0),
      },
      {
        name: 'check_ok',
        kind: 'level',
        help: '1 while the check of /api/health passes, by its name.',
        label: 'check',
        read: () => Object.fromEntries((last?.checks ?? []).map(({ name, ok }) => [name, ok ? 1 : 0])),
      },
    ],
    stop: () => clearInterval(timer),
  };
}

function tellChange(log: HealthParts['log'], { status, checks }: HealthView): void {
  const failed = checks.filter(({ ok }) => !ok).map(({ name, sentence }) => `${name}: ${sentence}`);
  if (status === 'ok') log.info({ status }, 'The coordinator is well again.');
  else log.warn({ status, failed }, `The coordinator is ${status}.`);
}

function checkDatabase({ database, log }: HealthParts): Check {
  return {
    name: 'database',
    isVital: true,
    async run() {
      const answer = await database.ask().catch((cause: unknown) => {
        log.warn({ err: cause }, 'The database does not answer.');
        throw new Error('It does not answer; the log says why.');
      });
      if (answer.isReadOnly) throw new Error('It can only be read: it is a standby, or set to read only.');
      return 'It answers.';
    },
  };
}

function checkDurability({ database }: HealthParts): Check {
  return {
    name: 'durability',
    isVital: false,
    async run() {
      const { unsafe } = await database.ask().catch(() => {
        throw new Error('It cannot be told while the database does not answer.');
      });
      if (unsafe.length > 0) throw new Error(`PostgreSQL runs with ${unsafe.join(' and ')} off: a power cut loses what was acknowledged.`);
      return 'What is acknowledged is on disk.';
    },
  };
}

function checkCommits({ runner }: HealthParts): Check {
  return {
    name: 'commits',
    isVital: true,
    run() {
      const { changes, oldestMs } = runner.backlog();
      const seconds = (oldestMs / 1_000).toFixed(1);
      if (oldestMs > COMMIT_LATE_MS) throw new Error(`${changes} changes wait to be written, the oldest for ${seconds} s.`);
      return changes === 0 ? 'Nothing waits to be written.' : `${changes} changes are being written, the oldest for ${seconds} s.`;
    },
  };
}

function checkDisk({ upkeep }: HealthParts): Check {
  return {
    name: 'disk',
    isVital: true,
    run() {
      if (upkeep.isStorageLow()) throw new Error(`Only ${writeBytes(upkeep.freeBytes())} are free; nothing is handed out.`);
      return Number.isFinite(upkeep.freeBytes()) ? `${writeBytes(upkeep.freeBytes())} are free.` : 'It is being looked at.';
    },
  };
}

function writeBytes(bytes: number): string {
  if (bytes < 1e6) return `${bytes} bytes`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function checkLoad({ load }: HealthParts): Check {
  return {
    name: 'load',
    isVital: true,
    run() {
      if (load.isOverloaded()) throw new Error('There is too much to do; nothing is handed out until it is caught up.');
      return 'There is room.';
    },
  };
}

/** Not vital: a proxy that took the coordinator out would keep the operator from letting it go on. */
function checkHold({ readHold = () => null }: HealthParts): Check {
  return {
    name: 'hand-outs',
    isVital: false,
    run() {
      const reason = readHold();
      if (reason !== null) throw new Error(`An operator has stopped them: ${reason}`);
      return 'They go on.';
    },
  };
}

/** Not vital: to serve nobody would mend nothing. One reading a minute, and a reading that could not be made keeps the last one for a while. */
function checkLedger({ database, log }: HealthParts, nowMs: () => number): Check {
  let report: LedgerReport | null = null;
  let reportAtMs = nowMs();
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function look(): Promise<void> {
    try {
      report = await database.checkLedger();
      reportAtMs = nowMs();
    } catch (cause) {
      log.warn({ err: cause }, 'The ledger could not be checked; it is tried again in a minute.');
    } finally {
      reading = null;
    }
  }

  return {
    name: 'ledger',
    isVital: false,
    async run() {
      if (reading === null && nowMs() - triedAtMs >= LEDGER_MS) {
        triedAtMs = nowMs();
        reading = look();
      }
      // a ledger that was sound a minute ago need not be waited for
      if (report === null) await reading;
      if (report !== null) return judgeLedger(report, nowMs() - reportAtMs);
      throw new Error('It could not be checked yet.');
    },
  };
}

function judgeLedger(report: LedgerReport, ageMs: number): string {
  const { sumEntries, sumBalances, negative, drifted, accounts } = report;
  if (sumEntries !== 0n || sumBalances !== 0n || negative.length > 0 || drifted.length > 0) {
    const named = [...new Set([...negative, ...drifted])].slice(0, 20).join(', ');
    throw new Error(`The ledger is out of balance: entries ${sumEntries}, balances ${sumBalances}, accounts ${named || 'none'}.`);
  }
  if (ageMs > LEDGER_STALE_MS) throw new Error(`It could not be checked for ${Math.round(ageMs / 60_000)} minutes.`);
  return accounts === null ? 'It balances.' : `All balances sum to zero, and the newest lines of ${accounts} accounts prove theirs.`;
}
