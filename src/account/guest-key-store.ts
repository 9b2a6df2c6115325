// Where this browser keeps its guest key: the pair that signs, and beside it a sealed copy from which a backup can be made.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { fromBase64url } from '../protocol/base64url.ts';
import { KEY_ALGORITHM } from './signing-key.ts';

/** PKCS #8 under a key that this browser holds and nobody can read: it says nothing to whoever copies the database. */
interface SealedCopy {
  readonly lock: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

export interface NewGuestKey {
  readonly pair: CryptoKeyPair;
  readonly copy: SealedCopy;
}

interface AccountSchema extends DBSchema {
  keys: { key: string; value: CryptoKeyPair | SealedCopy };
}

const DATABASE = 'ostraka-account';
const GUEST = 'guest';
const COPY = 'guest-copy';
const LOCK = { name: 'AES-GCM', length: 256 } as const;
const IV_BYTES = 12;

async function withDatabase<Value>(run: (database: IDBPDatabase<AccountSchema>) => Promise<Value>): Promise<Value> {
  const database = await openDB<AccountSchema>(DATABASE, 1, { upgrade: (fresh) => void fresh.createObjectStore('keys') });
  try {
    return await run(database);
  } finally {
    database.close();
  }
}

/** Null when this browser has none. */
export function readGuestPair(): Promise<CryptoKeyPair | null> {
  return withDatabase(async (database) => ((await database.get('keys', GUEST)) as CryptoKeyPair | undefined) ?? null);
}

/** PKCS #8 of the guest key; null for a key that was made before there were copies, and where there is no key. */
export function readGuestSecret(): Promise<ArrayBuffer | null> {
  return withDatabase(async (database) => {
    const copy = (await database.get('keys', COPY)) as SealedCopy | undefined;
    return copy ? crypto.subtle.decrypt({ name: LOCK.name, iv: copy.iv }, copy.lock, copy.sealed) : null;
  });
}

export function hasGuestCopy(): Promise<boolean> {
  return withDatabase(async (database) => (await database.count('keys', COPY)) > 0);
}

/** From a PKCS #8 secret and its public point: a pair that signs and cannot be read, and the sealed copy. Throws what `importKey` throws. */
export async function makeGuestKey(secret: ArrayBuffer | Uint8Array<ArrayBuffer>, publicKey: string): Promise<NewGuestKey> {
  const point = fromBase64url(publicKey) ?? new Uint8Array();
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const [privateKey, publicHalf, lock] = await Promise.all([
    crypto.subtle.importKey('pkcs8', secret, KEY_ALGORITHM, false, ['sign']),
    crypto.subtle.importKey('raw', point as Uint8Array<ArrayBuffer>, KEY_ALGORITHM, true, ['verify']),
    crypto.subtle.generateKey(LOCK, false, ['encrypt', 'decrypt']),
  ]);
  const sealed = await crypto.subtle.encrypt({ name: LOCK.name, iv }, lock, secret);
  return { pair: { privateKey, publicKey: publicHalf }, copy: { lock, iv, sealed } };
}

/** Two tabs may both have found nothing: the first to write wins, and the other is given its pair. */
export function keepFirstGuestKey({ pair, copy }: NewGuestKey): Promise<CryptoKeyPair> {
  return withDatabase(async (database) => {
    const transaction = database.transaction('keys', 'readwrite');
    const earlier = (await transaction.store.get(GUEST)) as CryptoKeyPair | undefined;
    if (earlier === undefined) await Promise.all([transaction.store.put(pair, GUEST), transaction.store.put(copy, COPY)]);
    await transaction.done;
    return earlier ?? pair;
  });
}

/** In the place of the key that was here. */
export function replaceGuestKey({ pair, copy }: NewGuestKey): Promise<void> {
  return withDatabase(async (database) => {
    const transaction = database.transaction('keys', 'readwrite');
    await Promise.all([transaction.store.put(pair, GUEST), transaction.store.put(copy, COPY), transaction.done]);
  });
}

export function forgetGuestKey(): Promise<void> {
  return withDatabase(async (database) => {
    const transaction = database.transaction('keys', 'readwrite');
    await Promise.all([transaction.store.delete(GUEST), transaction.store.delete(COPY), transaction.done]);
  });
}
