// The files of an export: written with their hash and size, and held to both when they are read again.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Fault } from '../src/protocol/fault.ts';

export interface Part {
  readonly bytes: number;
  readonly sha256: string;
}

export interface WrittenPart extends Part {
  readonly lines: number;
}

/** Durable when it is answered. */
export async function writePart(file: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<WrittenPart> {
  const handle = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let [bytes, lines] = [0, 0];
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.length;
      lines += countLines(piece);
      await handle.appendFile(piece);
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return { bytes, lines, sha256: hash.digest('hex') };
}

/** COPY writes a line for a row, whatever is in it. */
function countLines(piece: Uint8Array): number {
  let lines = 0;
  for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Throws `config`, in one sentence, where the file is not what the manifest says. */
export async function checkPart(file: string, name: string, { bytes, sha256 }: Part): Promise<void> {
  const hash = createHash('sha256');
  let found = 0;
  try {
    for await (const piece of createReadStream(file)) {
      hash.update(piece);
      found += (piece as Buffer).length;
    }
  } catch (cause) {
    throw new Fault('config', `${name} is missing from the export or cannot be read; nothing was imported.`, { cause });
  }
  if (found !== bytes) {
    throw new Fault('config', `${name} has ${found} bytes and the export's manifest says ${bytes}; nothing was imported.`);
  }
  if (hash.digest('hex') !== sha256)
    throw new Fault('config', `${name} is damaged: its SHA-256 is not the manifest's; nothing was imported.`);
}

/** Runs the work over all items, a few at a time; after a fault no more begins, and it is thrown when all that had begun has ended. */
export async function forEachOf<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let turn: Promise<unknown> = Promise.resolve();
  const next = (): Promise<IteratorResult<Item>> => {
    const result = turn.then(() => iterator.next());
    turn = result;
    return result;
  };
  const faults: unknown[] = [];
  const drain = async (): Promise<void> => {
    try {
      for (let item = await next(); !item.done && faults.length === 0; item = await next()) await work(item.value);
    } catch (fault) {
      faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, drain));
  if (faults.length > 0) throw faults[0];
}
