// The backup of a guest key: it opens with its passphrase alone, says what is wrong with a file, and holds the key it names.
import { beforeAll, describe, expect, it } from 'vitest';
import { MIN_PASSPHRASE, ratePassphrase } from '../../../src/account/rate-passphrase.ts';
import {
  type BackupFile,
  KDF_ITERATIONS,
  MAX_BACKUP_LETTERS,
  MAX_KDF_ITERATIONS,
  openBackup,
  parseBackup,
  sealBackup,
} from '../../../src/account/seal-backup.ts';
import { KEY_ALGORITHM } from '../../../src/account/signing-key.ts';
import { toBase64url } from '../../../src/protocol/base64url.ts';

const PASSPHRASE = 'a potsherd in the agora';

async function makeKey() {
  const pair = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const [secret, point] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
    crypto.subtle.exportKey('raw', pair.publicKey),
  ]);
  return { secret, publicKey: toBase64url(new Uint8Array(point)) };
}

let key: Awaited<ReturnType<typeof makeKey>>;
let file: BackupFile;
beforeAll(async () => {
  key = await makeKey();
  file = await sealBackup(key.secret, key.publicKey, PASSPHRASE);
});

const textOf = (change: object) => JSON.stringify({ ...file, ...change });

describe('a backup', () => {
  it('is opened by its passphrase, and gives back the very key', async () => {
    const opened = await openBackup(parseBackup(JSON.stringify(file)), PASSPHRASE);
    expect(opened.publicKey).toBe(key.publicKey);
    expect(Buffer.from(opened.secret)).toEqual(Buffer.from(key.secret));
  });

  it('says in the open how it is sealed, and nothing of the key but its public half', () => {
    expect(file).toMatchObject({ format: 'ostraka-guest-key', version: 1, publicKey: key.publicKey });
    expect(file.kdf).toMatchObject({ name: 'PBKDF2-SHA-256', iterations: KDF_ITERATIONS });
    expect(JSON.stringify(file)).not.toContain(toBase64url(new Uint8Array(key.secret)).slice(60, 90));
  });

  it('is opened by the same letters, however the other system composes them', async () => {
    const umlaut = await sealBackup(key.secret, key.publicKey, 'Scherbengericht für alle'.normalize('NFC'));
    expect((await openBackup(umlaut, 'Scherbengericht für alle'.normalize('NFD'))).publicKey).toBe(key.publicKey);
  });

  it.each(['a potsherd in the Agora', `${PASSPHRASE} `, ''])('stays shut for %j', async (wrong) => {
    await expect(openBackup(file, wrong)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('stays shut when anything of it was exchanged', async () => {
    const other = await makeKey();
    await expect(openBackup({ ...file, publicKey: other.publicKey }, PASSPHRASE)).rejects.toMatchObject({ code: 'forbidden' });
    const more = { ...file.kdf, iterations: KDF_ITERATIONS + 1 };
    await expect(openBackup({ ...file, kdf: more }, PASSPHRASE)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('that names another key than it holds is refused', async () => {
    const other = await makeKey();
    const lying = await sealBackup(key.secret, other.publicKey, PASSPHRASE);
    await expect(openBackup(lying, PASSPHRASE)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('not the one'),
    });
  });

  it('is sealed with ten characters and not with nine', async () => {
    await expect(sealBackup(key.secret, key.publicKey, 'ninechars')).rejects.toMatchObject({ code: 'bad-request' });
    expect(MIN_PASSPHRASE).toBe(10);
    await expect(sealBackup(key.secret, key.publicKey, 'ten chars.')).resolves.toBeDefined();
    // nine people who are two units each
    await expect(sealBackup(key.secret, key.publicKey, '🏺'.repeat(9))).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('a file that is no backup', () => {
  it.each([
    ['holiday photographs', 'no key backup'],
    ['null', 'no key backup'],
    ['{"format":"something-else"}', 'no key backup'],
    [' '.repeat(MAX_BACKUP_LETTERS + 1), 'too large'],
  ])('%# is told apart', (text, words) => {
    expect(() => parseBackup(text)).toThrow(words);
  });

  it('of another version asks for a reload', () => {
    expect(() => parseBackup(textOf({ version: 2 }))).toThrow('newer version');
  });

  it.each([
    { publicKey: 'AAAA' },
    { kdf: null },
    { cipher: {} },
    { ciphertext: '' },
    { ciphertext: 'not base64!' },
    { kdf: { name: 'PBKDF2-SHA-256', iterations: '600000', salt: 'AAAAAAAAAAAAAAAAAAAAAA' } },
  ])('%j is damaged', (change) => {
    expect(() => parseBackup(textOf(change))).toThrow('damaged');
  });

  it('is opened with as many rounds as we use and up to the limit, and with none beyond', () => {
    const rounds = (iterations: number) => textOf({ kdf: { ...file.kdf, iterations } });
    for (const iterations of [KDF_ITERATIONS, MAX_KDF_ITERATIONS]) expect(parseBackup(rounds(iterations)).kdf.iterations).toBe(iterations);
    for (const iterations of [KDF_ITERATIONS - 1, MAX_KDF_ITERATIONS + 1]) expect(() => parseBackup(rounds(iterations))).toThrow('guarded');
  });

  it('may be as long as the limit', () => {
    expect(parseBackup(JSON.stringify(file).padEnd(MAX_BACKUP_LETTERS)).publicKey).toBe(key.publicKey);
  });
});

describe('a passphrase', () => {
  it.each([
    ['ninechars', 'too-short'],
    ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['1234567890123', 'weak'],
    ['abcabcabcabcabc', 'weak'],
    ['qwertyuiop', 'weak'],
    ['sieben rote kr', 'fair'],
    ['correct horse battery staple', 'strong'],
    ['Vd8!kq?0LmZ#2x', 'strong'],
    ['sieben rote Krüge im Regen', 'strong'],
  ])('%j is %s', (passphrase, rating) => {
    expect(ratePassphrase(passphrase)).toBe(rating);
  });
});
