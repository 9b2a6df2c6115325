// The one list of what every contributor's store must do, run over memory and files in Node and over IndexedDB in a browser.
import { expect, test } from 'vitest';
import type { ContributorStore } from '../../src/contributor/contributor-store.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import { makeKeptResult } from '../support/make-kept-result.ts';

const DIGEST = 'a'.repeat(64) as Digest;

/** `make` gives an empty store each time. */
export function describeContributorStore(make: () => Promise<ContributorStore>): void {
  test('gives back what it was given, oldest first, with every field', async () => {
    const store = await make();
    await store.keepResult(makeKeptResult(2));
    await store.keepResult(makeKeptResult(1));
    expect(await store.readResults()).toEqual([makeKeptResult(1), makeKeptResult(2)]);
    expect(await store.readResult(makeKeptResult(2).key)).toEqual(makeKeptResult(2));
    expect(await store.readResult('nothing')).toBeNull();
  });

  test('a result kept again takes the place of the one before', async () => {
    const store = await make();
    await store.keepResult(makeKeptResult(1));
    await store.keepResult(makeKeptResult(1, { phase: 'waiting' }));
    expect((await store.readResults()).map(({ phase }) => phase)).toEqual(['waiting']);
  });

  test('forgets what it is told to, also what it does not have', async () => {
    const store = await make();
    await store.keepResult(makeKeptResult(1));
    await store.keepResult(makeKeptResult(2));
    await store.forgetResults([makeKeptResult(1).key, 'nothing']);
    expect((await store.readResults()).map(({ shard }) => shard.index)).toEqual([2]);
  });

  test('keeps blobs', async () => {
    const store = await make();
    expect(await store.readBlob(DIGEST)).toBeNull();
    await store.keepBlob(DIGEST, new Uint8Array([1, 2]));
    expect(await store.readBlob(DIGEST)).toEqual(new Uint8Array([1, 2]));
  });
}
