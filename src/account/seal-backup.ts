// A guest key as a file: sealed under a passphrase, opened again, and checked before anybody relies on it.
import { fromBase64url, toBase64url } from '../protocol/base64url.ts';
import { canonicalBytes } from '../protocol/canonical.ts';
import { Fault } from '../protocol/fault.ts';
import { MIN_PASSPHRASE } from './rate-passphrase.ts';
import { KEY_ALGORITHM, makeSigningKey } from './signing-key.ts';

/** What the file says in the open; all of it is sealed in as well, so that none of it can be exchanged. */
interface BackupHead {
  readonly format: typeof FORMAT;
  readonly version: 1;
  /** The raw point of the key, base64url. */
  readonly publicKey: string;
  readonly kdf: { readonly name: typeof KDF; readonly iterations: number; readonly salt: string };
  readonly cipher: { readonly name: typeof CIPHER; readonly iv: string };
}

export interface BackupFile extends BackupHead {
  /** PKCS #8 of the key, base64url. */
  readonly ciphertext: string;
}

export interface OpenedBackup {
  readonly publicKey: string;
  readonly secret: ArrayBuffer;
}

const FORMAT = 'ostraka-guest-key';
const KDF = 'PBKDF2-SHA-256';
const CIPHER = 'AES-256-GCM';
/** OWASP's figure for PBKDF2 with SHA-256; about a quarter of a second on a laptop. */
export const KDF_ITERATIONS = 600_000;
/** A file that asks for more would hold the page up for a minute. */
export const MAX_KDF_ITERATIONS = 20_000_000;
/** A real one has about 600 letters. */
export const MAX_BACKUP_LETTERS = 8_192;
const SALT_BYTES = 16;
const IV_BYTES = 12;

/** Throws `bad-request` for a passphrase of fewer than `MIN_PASSPHRASE` characters. */
export async function sealBackup(
  secret: ArrayBuffer,
  publicKey: string,
  passphrase: string,
  iterations = KDF_ITERATIONS,
): Promise<BackupFile> {
  if (Array.from(passphrase).length < MIN_PASSPHRASE) {
    throw new Fault(
      'bad-request',
      `A passphrase needs at least ${MIN_PASSPHRASE} characters: anybody who finds the file may try all short ones.`,
    );
  }
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const head: BackupHead = {
    format: FORMAT,
    version: 1,
    publicKey,
    kdf: { name: KDF, iterations, salt: toBase64url(salt) },
    cipher: { name: CIPHER, iv: toBase64url(iv) },
  };
  const key = await deriveKey(passphrase, salt, iterations, 'encrypt');
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aadOf(head) }, key, secret);
  return { ...head, ciphertext: toBase64url(new Uint8Array(sealed)) };
}

/** The gate for a file that somebody chose; throws `bad-request` with one sentence. */
export function parseBackup(text: string): BackupFile {
  if (text.length > MAX_BACKUP_LETTERS)
    throw new Fault('bad-request', 'This file is too large to be a key backup of Ostraka; choose another.');
  const read = readJson(text);
  if (read?.format !== FORMAT) throw new Fault('bad-request', 'This file is no key backup of Ostraka; choose the one that was saved here.');
  if (read.version !== 1) throw new Fault('bad-request', 'This backup was made by a newer version; reload this page and try again.');
  const kdf = readObject(read.kdf);
  const cipher = readObject(read.cipher);
  const { iterations } = kdf;
  const isWhole =
    kdf.name === KDF &&
    cipher.name === CIPHER &&
    isBytes(read.publicKey, 65) &&
    isBytes(kdf.salt, SALT_BYTES) &&
    isBytes(cipher.iv, IV_BYTES) &&
    isBytes(read.ciphertext, null) &&
    typeof iterations === 'number' &&
    Number.isSafeInteger(iterations);
  if (!isWhole) throw new Fault('bad-request', 'This backup is damaged: a part of it is missing. Use another copy of the file.');
  if (iterations < KDF_ITERATIONS || iterations > MAX_KDF_ITERATIONS) {
    throw new Fault(
      'bad-request',
      'This backup was not made by Ostraka: its passphrase is guarded differently. Use another copy of the file.',
    );
  }
  return read as unknown as BackupFile;
}

/** Throws `forbidden` when the passphrase does not open it, `bad-request` when it holds another key than it says. */
export async function openBackup(file: BackupFile, passphrase: string): Promise<OpenedBackup> {
  const { ciphertext, ...head } = file;
  const iv = readBytes(head.cipher.iv);
  const key = await deriveKey(passphrase, readBytes(head.kdf.salt), head.kdf.iterations, 'decrypt');
  const secret = await crypto.subtle
    .decrypt({ name: 'AES-GCM', iv, additionalData: aadOf(head) }, key, readBytes(ciphertext))
    .catch((cause: unknown) => {
      throw new Fault('forbidden', 'This passphrase does not open the backup; check it for a slip, capitals count. Nothing was changed.', {
        cause,
      });
    });
  if ((await publicKeyOf(secret)) !== head.publicKey) {
    throw new Fault('bad-request', 'The key inside of this backup is not the one that the file names; nothing was changed.');
  }
  return { publicKey: head.publicKey, secret };
}

async function publicKeyOf(secret: ArrayBuffer): Promise<string> {
  const privateKey = await crypto.subtle.importKey('pkcs8', secret, KEY_ALGORITHM, true, ['sign']);
  const { key_ops: _, d: __, ...open } = await crypto.subtle.exportKey('jwk', privateKey);
  const publicKey = await crypto.subtle.importKey('jwk', { ...open, key_ops: ['verify'] }, KEY_ALGORITHM, true, ['verify']);
  return (await makeSigningKey({ privateKey, publicKey })).publicKey;
}

async function deriveKey(passphrase: string, salt: BufferSource, iterations: number, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  // The same letters typed on another system may be composed differently.
  const letters = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const base = await crypto.subtle.importKey('raw', letters, 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, { name: 'AES-GCM', length: 256 }, false, [
    use,
  ]);
}

function aadOf({ format, version, publicKey, kdf, cipher }: BackupHead): Uint8Array<ArrayBuffer> {
  return new Uint8Array(canonicalBytes({ format, version, publicKey, kdf, cipher }));
}

function readBytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(fromBase64url(text) ?? []);
}

function isBytes(value: unknown, length: number | null): value is string {
  if (typeof value !== 'string') return false;
  const bytes = fromBase64url(value);
  return bytes !== null && bytes.length > 0 && (length === null || bytes.length === length);
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return readObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
