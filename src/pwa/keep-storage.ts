// Asks the browser to keep this site's storage, once there is something in it that a person would miss: after the first verified credit.

/** The part of StorageManager that is used; insecure pages have none. */
export type Keeper = Pick<StorageManager, 'persist' | 'persisted'>;

/** Call it whenever credit was verified; it asks at most once a visit, and not where it was granted before. */
export function createStorageKeeper(keeper: Keeper | undefined): () => Promise<void> {
  let isAsked = false;
  return async () => {
    if (isAsked || !keeper) return;
    isAsked = true;
    if (!(await keeper.persisted().catch(() => true))) await keeper.persist().catch(() => false);
  };
}
