// A headless contributor's store: results as files in a folder, so that a killed process sends them when it starts again.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import type { ContributorStore, KeptResult } from '../contributor/contributor-store.ts';
import { createMemoryStore } from '../contributor/memory-store.ts';

const CODEC = { useBigInt64: true } as const;
const SUFFIX = '.result';

/** Blobs are fetched again after a restart; only results are worth a disk. */
export async function createFileStore(folder: string): Promise<ContributorStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (key: string): string => join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}${SUFFIX}`);
  const { readBlob, keepBlob } = createMemoryStore();
  return {
    readBlob,
    keepBlob,
    keepResult: (result) => writeDurably(pathOf(result.key), encode(result, CODEC)),
    async readResults() {
      const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      const results = await Promise.all(names.map((name) => readResult(join(folder, name))));
      return results.filter((result) => result !== null).sort((a, b) => a.keptAtMs - b.keptAtMs);
    },
    readResult: (key) => readResult(pathOf(key)),
    async forgetResults(keys) {
      await Promise.all(keys.map((key) => rm(pathOf(key), { force: true })));
    },
  };
}

/** Whole or not at all, also when the power fails. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/** Null for what is not there or was cut short. */
async function readResult(path: string): Promise<KeptResult | null> {
  try {
    // Node's Buffers would come out of a decoder that was given one.
    const kept = decode(new Uint8Array(await readFile(path)), CODEC) as KeptResult;
    return { ...kept, priceMicroCredits: BigInt(kept.priceMicroCredits) };
  } catch {
    return null;
  }
}
