// What the clock brings: leases that end, the disk's floor, garbage.
import type { Config } from './config.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import type { Log } from './observe/log.ts';
import type { Storage } from './open-storage.ts';

const CLOCK_MS = 250;
const DISK_MS = 10_000;
const GARBAGE_MS = 60_000;
/** Every row of a blob is read for it. */
const SIZE_MS = 300_000;
const DAY_MS = 86_400_000;
/** Uploads that no job names and bytes that lost a vote are kept this long. */
export const RETENTION_MS = 7 * DAY_MS;
const GARBAGE_A_TURN = 500;

export interface Upkeep {
  isStorageLow(): boolean;
  freeBytes(): number;
  /** As they were at the last look; nothing before the first. */
  storedBytes(): Readonly<Record<string, number>>;
  stop(): void;
}

export interface UpkeepParts {
  readonly config: Pick<Config, 'diskFloorBytes'>;
  readonly storage: Pick<Storage, 'blobs' | 'health'>;
  readonly runner: CoordinatorRunner;
  readonly log: Log;
}

export function startUpkeep({ config, storage, runner, log }: UpkeepParts): Upkeep {
  let isLow = false;
  let free = Number.POSITIVE_INFINITY;

  async function checkDisk(): Promise<void> {
    free = await storage.blobs.freeBytes();
    if (free < config.diskFloorBytes === isLow) return;
    isLow = !isLow;
    runner.post({ type: 'storage-low', isLow });
    if (isLow) log.error({ free, floor: config.diskFloorBytes }, 'The disk is below its floor: nothing is handed out until there is room.');
    else log.info({ free }, 'The disk has room again.');
  }

  let stored: Readonly<Record<string, number>> = {};
  async function measure(): Promise<void> {
    stored = { ...(await storage.health.readSize()) };
  }

  const collect = () => storage.blobs.collectGarbage({ nowMs: Date.now(), retentionMs: RETENTION_MS, limit: GARBAGE_A_TURN });
  const guard = (work: () => Promise<unknown>, sentence: string) => () => void work().catch((cause) => log.warn({ err: cause }, sentence));
  const look = guard(checkDisk, 'The free disk space could not be read.');
  const size = guard(measure, 'The size of what is stored could not be read.');
  look();
  size();
  const timers = [
    setInterval(() => runner.post({ type: 'clock' }), CLOCK_MS),
    setInterval(look, DISK_MS),
    setInterval(size, SIZE_MS),
    setInterval(guard(collect, 'Garbage could not be collected; it is tried again in a minute.'), GARBAGE_MS),
  ];
  return {
    isStorageLow: () => isLow,
    freeBytes: () => free,
    storedBytes: () => stored,
    stop: () => timers.forEach((timer) => clearInterval(timer)),
  };
}
