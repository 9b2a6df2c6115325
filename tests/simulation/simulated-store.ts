// A contributor's store that outlives its process: a write takes time, in order, and one that was not finished is as if it never was.
import type { ContributorStore, KeptResult } from '../../src/contributor/contributor-store.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What is on the disk of one device. */
export interface Disk {
  readonly results: Map<string, KeptResult>;
  readonly blobs: Map<Digest, Uint8Array>;
}

export function createDisk(): Disk {
  return { results: new Map(), blobs: new Map() };
}

export interface StoreOptions {
  readonly disk: Disk;
  readonly clock: VirtualClock;
  readonly process: SimulatedProcess;
  readonly random: Random;
  readonly isFull: () => boolean;
  /** A result is about to reach the disk, or has just done so. */
  readonly onWrite: (moment: 'before' | 'after') => void;
}

export function createSimulatedStore({ disk, clock, process, random, isFull, onWrite }: StoreOptions): ContributorStore {
  let lastAtMs = 0;
  const act = <Answer>(run: () => Answer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const nowMs = clock.nowMs();
      lastAtMs = Math.max(lastAtMs, nowMs + random.between(0.2, 8));
      clock.after(lastAtMs - nowMs, () =>
        process.enter(() => {
          try {
            resolve(run());
          } catch (cause) {
            reject(cause);
          }
        }),
      );
    });
  return {
    keepResult: (result) =>
      act(() => {
        if (isFull()) throw new Error('The simulation filled this store.');
        onWrite('before');
        if (!process.isAlive) return;
        disk.results.set(result.key, result);
        onWrite('after');
      }),
    readResults: () => act(() => [...disk.results.values()].sort((a, b) => a.keptAtMs - b.keptAtMs)),
    readResult: (key) => act(() => disk.results.get(key) ?? null),
    forgetResults: (keys) => act(() => keys.forEach((key) => disk.results.delete(key))),
    readBlob: (digest) => act(() => disk.blobs.get(digest) ?? null),
    keepBlob: (digest, bytes) => act(() => void disk.blobs.set(digest, bytes)),
  };
}
