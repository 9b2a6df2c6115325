// The guest's key: it lives in this browser alone, signs here, and leaves only as a backup that a passphrase seals.
import { toBase64url } from '../protocol/base64url.ts';
import { Fault } from '../protocol/fault.ts';
import { forgetGuestKey, hasGuestCopy, keepFirstGuestKey, makeGuestKey, readGuestPair } from './guest-key-store.ts';
import { KEY_ALGORITHM, makeSigningKey, type SigningKey } from './signing-key.ts';

export interface GuestKeyView {
  readonly publicKey: string;
  /** False for a key that was made before keys could be backed up. */
  readonly canBackUp: boolean;
}

/** The key of this browser, made at the first call. */
export async function loadGuestKey(): Promise<SigningKey> {
  wantSecurePage();
  return makeSigningKey((await readGuestPair()) ?? (await createPair()));
}

/** The key of this browser as it is; null when there is none, and none is made. */
export async function viewGuestKey(): Promise<GuestKeyView | null> {
  wantSecurePage();
  const pair = await readGuestPair();
  return pair && { publicKey: (await makeSigningKey(pair)).publicKey, canBackUp: await hasGuestCopy() };
}

/** Forgets the key: what its account holds cannot be reached from here again, but with a backup. */
export function deleteGuestKey(): Promise<void> {
  return forgetGuestKey();
}

function wantSecurePage(): void {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Fault('config', 'This page is not secure, so it can hold no key: open it over https or on this machine.');
  }
}

/** Readable for this moment only, so that a sealed copy can be kept; the pair that stays cannot be read. */
async function createPair(): Promise<CryptoKeyPair> {
  const fresh = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const [secret, point] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', fresh.privateKey),
    crypto.subtle.exportKey('raw', fresh.publicKey),
  ]);
  return keepFirstGuestKey(await makeGuestKey(secret, toBase64url(new Uint8Array(point))));
}
