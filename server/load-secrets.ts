// The coordinator's own secrets, made once in its data folder: the key that signs receipts and the secret assignments' keys derive from.
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../src/protocol/fault.ts';

export interface CoordinatorSecrets {
  readonly sessionSecret: Uint8Array;
  /** Names this installation to others on the same database: a coordinator that is started again on its folder takes its own place. */
  readonly instance: string;
  readonly receipts: {
    /** Ed25519, base64url of the raw 32 bytes. */
    readonly publicKey: string;
    /** base64url */
    sign(bytes: Uint8Array): string;
  };
}

const KEY_FILE = 'coordinator-key.pem';
const SECRET_FILE = 'session-secret';
const INSTANCE_FILE = 'instance';
const SECRET_BYTES = 32;

/** `sessionSecret` given by the operator wins over the file. Throws Fault `config` when the folder or a file cannot be used. */
export async function loadSecrets(dataDir: string, sessionSecret: string | null): Promise<CoordinatorSecrets> {
  try {
    await mkdir(dataDir, { recursive: true });
    const pem = await loadOrMake(join(dataDir, KEY_FILE), () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
    const secret = sessionSecret ?? (await loadOrMake(join(dataDir, SECRET_FILE), () => randomBytes(SECRET_BYTES).toString('base64url')));
    const instance = await loadOrMake(join(dataDir, INSTANCE_FILE), () => randomUUID());
    return { instance, sessionSecret: new TextEncoder().encode(secret), receipts: makeReceiptSigner(createPrivateKey(pem)) };
  } catch (cause) {
    throw new Fault(
      'config',
      `The coordinator's keys in ${dataDir} cannot be read or made; check that the folder is writable and DATA_DIR is right.`,
      { cause },
    );
  }
}

export function makeReceiptSigner(key: KeyObject): CoordinatorSecrets['receipts'] {
  const { x } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519' || x === undefined)
    throw new Fault('config', `${KEY_FILE} holds no Ed25519 key; move it away to have a new one made.`);
  return { publicKey: x, sign: (bytes) => sign(null, bytes, key).toString('base64url') };
}

/** Written aside and linked into place: a kill leaves no half a key, and of two processes that start together one key stays. */
async function loadOrMake(file: string, make: () => string): Promise<string> {
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null) return found;
  const aside = `${file}.${randomBytes(6).toString('hex')}.new`;
  await writeFile(aside, make(), { mode: 0o600 });
  await link(aside, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(aside);
  return readFile(file, 'utf8');
}
