// When this browser's contributor was last known to run, kept where a page can write it in the moment it is put to sleep.
import type { AliveMark } from './absence.ts';

const KEY = 'ostraka-alive';

/** The part of Storage that is used; a page may be forbidden to have one. */
export type MarkStorage = Pick<Storage, 'getItem' | 'setItem'>;

export function writeAliveMark(storage: MarkStorage, { atMs, balanceMicro }: AliveMark): void {
  try {
    storage.setItem(KEY, JSON.stringify({ atMs, balanceMicro: balanceMicro?.toString() ?? null }));
  } catch {
    // Full or forbidden: the next visit knows less.
  }
}

/** Null when there is none, and when it is not one of ours. */
export function readAliveMark(storage: MarkStorage): AliveMark | null {
  try {
    const { atMs, balanceMicro } = JSON.parse(storage.getItem(KEY) ?? 'null') as { readonly atMs: unknown; readonly balanceMicro: unknown };
    if (typeof atMs !== 'number') return null;
    return { atMs, balanceMicro: typeof balanceMicro === 'string' ? BigInt(balanceMicro) : null };
  } catch {
    return null;
  }
}
