// The log of what contributors were told: each process appends to files of its own, the command reads them all as they grow.
import { closeSync, fstatSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ToldLine } from './told-line.ts';

const SUFFIX = '.told';

/** A line is with the kernel before this returns: a kill -9 of the process a moment later does not take it back. */
export function openToldLog(folder: string, contributor: string, life: number): (line: ToldLine) => void {
  const file = openSync(join(folder, `${contributor}.${life}${SUFFIX}`), 'ax');
  return (line) => void writeSync(file, `${JSON.stringify(line)}\n`);
}

export interface ToldEntry {
  readonly contributor: string;
  readonly line: ToldLine;
}

export interface ToldReader {
  /** What was written since the last time, in order of time. A last line that is not whole yet waits. */
  readNew(): readonly ToldEntry[];
  close(): void;
}

export function createToldReader(folder: string): ToldReader {
  const logs = new Map<string, OpenLog>();
  return {
    readNew() {
      const entries: ToldEntry[] = [];
      for (const name of readdirSync(folder)) {
        if (!name.endsWith(SUFFIX)) continue;
        const log = logs.get(name) ?? { file: openSync(join(folder, name), 'r'), readBytes: 0 };
        logs.set(name, log);
        const contributor = name.slice(0, name.indexOf('.'));
        for (const line of readLines(log)) entries.push({ contributor, line: JSON.parse(line) as ToldLine });
      }
      return entries.sort((a, b) => a.line.atMs - b.line.atMs);
    },
    close() {
      for (const { file } of logs.values()) closeSync(file);
      logs.clear();
    },
  };
}

interface OpenLog {
  readonly file: number;
  /** Up to the end of the last whole line. */
  readBytes: number;
}

function readLines(log: OpenLog): readonly string[] {
  const { size } = fstatSync(log.file);
  if (size === log.readBytes) return [];
  const fresh = Buffer.alloc(size - log.readBytes);
  const count = readSync(log.file, fresh, 0, fresh.length, log.readBytes);
  const whole = fresh.subarray(0, count).lastIndexOf('\n') + 1;
  if (whole === 0) return [];
  log.readBytes += whole;
  return fresh.toString('utf8', 0, whole - 1).split('\n');
}
