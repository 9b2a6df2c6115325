// Every few seconds what was paid for is added up to history and leaderboards; whichever coordinator comes first does it for all.
import type { Log } from './observe/log.ts';
import type { StandingStore } from './storage/standing-store.ts';

/** What people see of their own work is at most this old. */
const ROLL_UP_MS = 3_000;
const PRUNE_MS = 3_600_000;
/** Turns without a pause when much has piled up; then others get their turn at the database. */
const MAX_TURNS = 20;

export interface RollUp {
  stop(): void;
}

export function rollUpStanding({
  standing,
  log,
}: {
  readonly standing: Pick<StandingStore, 'rollUp' | 'prune'>;
  readonly log: Log;
}): RollUp {
  let isBusy = false;

  async function run(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      for (let turn = 0; turn < MAX_TURNS && (await standing.rollUp()) > 0; turn++);
    } catch (cause) {
      log.warn({ err: cause }, 'Verified work could not be added up; it is tried again in a moment, and nothing is lost.');
    } finally {
      isBusy = false;
    }
  }

  async function prune(): Promise<void> {
    await standing
      .prune(Date.now())
      .catch((cause: unknown) => log.warn({ err: cause }, 'Old history could not be cleared; it is tried again.'));
  }

  void run();
  const timers = [setInterval(() => void run(), ROLL_UP_MS), setInterval(() => void prune(), PRUNE_MS)];
  return { stop: () => timers.forEach((timer) => clearInterval(timer)) };
}
