// The browser is asked to keep the storage after credit was verified: once, and not where it was granted before.
import { describe, expect, test, vi } from 'vitest';
import { createStorageKeeper, type Keeper } from '../../../src/pwa/keep-storage.ts';

function makeKeeper(isKept: boolean) {
  return { persisted: vi.fn(async () => isKept), persist: vi.fn(async () => true) } satisfies Keeper;
}

describe('storage', () => {
  test('is asked for once a visit', async () => {
    const keeper = makeKeeper(false);
    const keep = createStorageKeeper(keeper);
    expect(keeper.persist).not.toHaveBeenCalled();
    await keep();
    await keep();
    expect(keeper.persist).toHaveBeenCalledTimes(1);
  });

  test('is not asked for where it is kept already, nor where nothing may be asked', async () => {
    const keeper = makeKeeper(true);
    await createStorageKeeper(keeper)();
    expect(keeper.persist).not.toHaveBeenCalled();
    await createStorageKeeper(undefined)();
    const broken: Keeper = { persisted: () => Promise.reject(new Error('denied')), persist: vi.fn(async () => true) };
    await createStorageKeeper(broken)();
    expect(broken.persist).not.toHaveBeenCalled();
  });
});
