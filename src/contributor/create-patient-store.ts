// A store that is waited for only so long: a frozen tab of the same browser may hold the database, and work must not stand still for it.
import { Fault } from '../protocol/fault.ts';
import type { Clock } from './clock.ts';
import type { ContributorStore } from './contributor-store.ts';

/** A write that reaches the disk takes milliseconds, on a busy machine a second. */
export const STORE_BUDGET_MS = 5_000;

/** What takes longer rejects with `storage-failed`; it may still happen afterwards. `readResults` is waited for: nothing else knows them. */
export function createPatientStore(store: ContributorStore, clock: Clock): ContributorStore {
  const within = <T>(call: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const stopAlarm = clock.after(STORE_BUDGET_MS, () =>
        reject(new Fault('storage-failed', `This browser’s storage did not answer within ${STORE_BUDGET_MS / 1_000} s.`)),
      );
      call.then(resolve, reject).finally(stopAlarm);
    });
  return {
    keepResult: (result) => within(store.keepResult(result)),
    readResults: () => store.readResults(),
    readResult: (key) => within(store.readResult(key)),
    forgetResults: (keys) => within(store.forgetResults(keys)),
    onLeft: (listener) => store.onLeft?.(listener),
    readBlob: (digest) => within(store.readBlob(digest)),
    keepBlob: (digest, bytes) => within(store.keepBlob(digest, bytes)),
  };
}
