// One suite for every store that runs in Node; IndexedDB's runs the same list in a browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createFileStore } from '../../src/cli/file-store.ts';
import { BLOB_CACHE_BYTES, type ContributorStore, pickEvictions } from '../../src/contributor/contributor-store.ts';
import { createMemoryStore } from '../../src/contributor/memory-store.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import { describeContributorStore } from './describe-contributor-store.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const STORES: readonly { readonly name: string; readonly make: () => Promise<ContributorStore> }[] = [
  { name: 'memory', make: async () => createMemoryStore() },
  {
    name: 'files',
    async make() {
      const folder = await mkdtemp(join(tmpdir(), 'ostraka-store-'));
      folders.push(folder);
      return await createFileStore(folder);
    },
  },
];

const digestOf = (letter: string): Digest => letter.repeat(64) as Digest;

describe.each(STORES)('$name', ({ make }) => describeContributorStore(make));

describe('the blob cache', () => {
  test('drops the least recently used when it is over its cap, and not before', async () => {
    const store = createMemoryStore(4);
    await store.keepBlob(digestOf('a'), new Uint8Array(2));
    await store.keepBlob(digestOf('b'), new Uint8Array(2));
    await store.readBlob(digestOf('a'));
    expect(await store.readBlob(digestOf('b'))).not.toBeNull();
    await store.readBlob(digestOf('a'));
    await store.keepBlob(digestOf('c'), new Uint8Array(1));
    expect(await store.readBlob(digestOf('b'))).toBeNull();
    expect(await store.readBlob(digestOf('a'))).not.toBeNull();
    expect(await store.readBlob(digestOf('c'))).not.toBeNull();
  });

  test('takes a blob of its whole size and none larger', async () => {
    const store = createMemoryStore(4);
    await store.keepBlob(digestOf('a'), new Uint8Array(5));
    expect(await store.readBlob(digestOf('a'))).toBeNull();
    await store.keepBlob(digestOf('b'), new Uint8Array(4));
    expect(await store.readBlob(digestOf('b'))).not.toBeNull();
  });

  test('evicts no more than it must', () => {
    const uses = ['a', 'b', 'c'].map((letter, i) => ({ digest: digestOf(letter), bytes: BLOB_CACHE_BYTES / 2, usedAtMs: 3 - i }));
    expect(pickEvictions(uses, BLOB_CACHE_BYTES)).toEqual([digestOf('c')]);
    expect(pickEvictions(uses.slice(0, 2), BLOB_CACHE_BYTES)).toEqual([]);
  });
});
