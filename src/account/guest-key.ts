// The guest's key: it lives in this browser alone, cannot be copied out of it, and goes when site data is cleared.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { Fault } from '../protocol/fault.ts';
import { KEY_ALGORITHM, makeSigningKey, type SigningKey } from './signing-key.ts';

interface AccountSchema extends DBSchema {
  keys: { key: string; value: CryptoKeyPair };
}

const DATABASE = 'ostraka-account';
const GUEST = 'guest';

/** The key of this browser, made at the first call. */
export async function loadGuestKey(): Promise<SigningKey> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Fault('config', 'This page is not secure, so it can hold no key: open it over https or on this machine.');
  }
  const database = await open();
  try {
    return await makeSigningKey((await database.get('keys', GUEST)) ?? (await createPair(database)));
  } finally {
    database.close();
  }
}

/** Forgets the key: what its account holds cannot be reached from here again. */
export async function deleteGuestKey(): Promise<void> {
  const database = await open();
  try {
    await database.delete('keys', GUEST);
  } finally {
    database.close();
  }
}

function open(): Promise<IDBPDatabase<AccountSchema>> {
  return openDB<AccountSchema>(DATABASE, 1, { upgrade: (database) => void database.createObjectStore('keys') });
}

async function createPair(database: IDBPDatabase<AccountSchema>): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(KEY_ALGORITHM, false, ['sign', 'verify']);
  const transaction = database.transaction('keys', 'readwrite');
  // Two tabs may both have found nothing; the first to write wins and the other takes its key.
  const earlier = await transaction.store.get(GUEST);
  if (earlier === undefined) await transaction.store.put(pair, GUEST);
  await transaction.done;
  return earlier ?? pair;
}
