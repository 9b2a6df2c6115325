// A headless contributor's key: P-256 as PKCS #8 in a file that only its owner can read, made when there is none.
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KEY_ALGORITHM, makeSigningKey, type SigningKey } from '../account/signing-key.ts';
import { Fault } from '../protocol/fault.ts';

/** Rejects with `config` when the file cannot be read or holds something else. */
export async function loadKeyFile(path: string): Promise<SigningKey> {
  return await importKey(path, (await readKey(path)) ?? (await makeKey(path)));
}

async function readKey(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Fault('config', `The key file ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

async function makeKey(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: KEY_ALGORITHM.namedCurve });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Exclusive: two processes that start at once must not each have a key of their own.
    await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
    return pem;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return (await readKey(path)) ?? pem;
    throw new Fault('config', `The key file ${path} cannot be written: ${(cause as Error).message}.`, { cause });
  }
}

async function importKey(path: string, pem: string): Promise<SigningKey> {
  try {
    const privateKey = createPrivateKey(pem);
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    const { subtle } = webcrypto;
    return await makeSigningKey({
      privateKey: await subtle.importKey('pkcs8', pkcs8, KEY_ALGORITHM, false, ['sign']),
      publicKey: await subtle.importKey('spki', spki, KEY_ALGORITHM, true, ['verify']),
    } as CryptoKeyPair);
  } catch (cause) {
    throw new Fault('config', `The key file ${path} holds no P-256 key in PKCS #8; name another file or delete this one.`, { cause });
  }
}
