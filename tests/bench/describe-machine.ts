// What the figures were measured on: cores, their model, the load before, and how long this disk takes to promise something.
import { chmodSync, closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly node: string;
  /** Of the last minute, before anything was started. */
  readonly loadBefore: number;
  /** Median of some appends of 4 KiB with fsync, where the databases will lie. */
  readonly fsyncMs: number;
}

/** Of Linux's tmpfs and ramfs: an fsync there promises nothing. */
const MEMORY_FILE_SYSTEMS = new Set([0x01021994, 0x858458f6]);
const SYNCS = 50;

export function describeMachine(scratchDir: string): Machine {
  return {
    cores: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: Number(loadavg()[0]?.toFixed(2)),
    fsyncMs: measureFsync(scratchDir),
  };
}

/** A folder on a disk: the one asked for, else where temporary files lie, else /var/tmp. */
export function makeScratchDir(asked: string | null): string {
  if (asked !== null) mkdirSync(asked, { recursive: true });
  const parent = asked ?? [tmpdir(), '/var/tmp'].find((folder) => !MEMORY_FILE_SYSTEMS.has(statfsSync(folder).type));
  if (parent === undefined)
    throw new Error('Temporary files lie in memory here, where fsync means nothing; name a folder on a disk by --dir.');
  const folder = mkdtempSync(join(parent, 'ostraka-bench-'));
  // as root the databases run as another user, who must be able to pass
  chmodSync(folder, 0o755);
  return folder;
}

function measureFsync(folder: string): number {
  const file = join(folder, 'fsync-probe');
  const page = new Uint8Array(4_096);
  const handle = openSync(file, 'w');
  const taken: number[] = [];
  for (let i = 0; i < SYNCS; i++) {
    const startedAtMs = performance.now();
    writeSync(handle, page);
    fsyncSync(handle);
    taken.push(performance.now() - startedAtMs);
  }
  closeSync(handle);
  rmSync(file);
  return Number(taken.sort((a, b) => a - b)[SYNCS / 2]!.toFixed(2));
}
