// What this site keeps in this browser: how much, clearing what can be fetched again, and removing all of it.
import { deleteDB } from 'idb';
import { deleteGuestKey } from '../../../account/guest-key.ts';
import { openContributorDatabase } from '../../../contributor/open-contributor-database.ts';

export interface StoredHere {
  /** Null where the browser does not tell. */
  readonly usedBytes: number | null;
  readonly roomBytes: number | null;
  readonly isPersisted: boolean;
  readonly cachedBlobs: number;
  readonly cachedBytes: number;
  readonly keptResults: number;
}

/** Both are the names that their rooms open. */
const DATABASES = ['ostraka-contributor', 'ostraka-account'] as const;
const PREFIX = 'ostraka:';

export async function readStoredHere(): Promise<StoredHere> {
  const [estimate, isPersisted, kept] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted(), readKept()]);
  return { usedBytes: estimate.usage ?? null, roomBytes: estimate.quota ?? null, isPersisted, ...kept };
}

async function readKept(): Promise<Pick<StoredHere, 'cachedBlobs' | 'cachedBytes' | 'keptResults'>> {
  const database = await openContributorDatabase();
  try {
    const [uses, keptResults] = await Promise.all([database.getAll('uses'), database.count('results')]);
    return { cachedBlobs: uses.length, cachedBytes: uses.reduce((sum, { bytes }) => sum + bytes, 0), keptResults };
  } finally {
    database.close();
  }
}

/** Inputs and programs; results stay until their votes are over. */
export async function clearCache(): Promise<void> {
  const database = await openContributorDatabase();
  try {
    const transaction = database.transaction(['blobs', 'uses'], 'readwrite');
    await Promise.all([transaction.objectStore('blobs').clear(), transaction.objectStore('uses').clear(), transaction.done]);
  } finally {
    database.close();
  }
}

/** False when another tab holds on to a database; then what is left is deleted when it is closed. */
export async function deleteEverything(): Promise<boolean> {
  await deleteGuestKey();
  const isFree = await Promise.all(DATABASES.map(removeDatabase));
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  sessionStorage.clear();
  for (const name of await caches.keys()) await caches.delete(name);
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
  return isFree.every(Boolean);
}

function removeDatabase(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    deleteDB(name, { blocked: () => resolve(false) }).then(() => resolve(true), reject);
  });
}
