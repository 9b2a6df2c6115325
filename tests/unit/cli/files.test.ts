// What the command line keeps in files: a key that only its owner can read, results that survive a kill.

import { webcrypto } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileStore } from '../../../src/cli/file-store.ts';
import { loadKeyFile } from '../../../src/cli/key-file.ts';
import { fromBase64url } from '../../../src/protocol/base64url.ts';
import { Fault } from '../../../src/protocol/fault.ts';
import { makeKeptResult } from '../../support/make-kept-result.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostraka-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the key file', () => {
  test('is made once, for its owner only, and signs what its public key verifies', async () => {
    const path = join(folder, 'deep', 'key.pem');
    const [first, second] = await Promise.all([loadKeyFile(path), loadKeyFile(path)]);
    expect(second.publicKey).toBe(first.publicKey);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const bytes = new TextEncoder().encode('a challenge');
    const key = await webcrypto.subtle.importKey('raw', fromBase64url(first.publicKey)!, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'verify',
    ]);
    const signature = fromBase64url(await second.sign(bytes))!;
    expect(signature).toHaveLength(64);
    expect(await webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes)).toBe(true);
  });

  test.each(['', 'no key at all', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])(
    'refuses %j in one sentence',
    async (text) => {
      const path = join(folder, 'broken.pem');
      await writeFile(path, text);
      await expect(loadKeyFile(path)).rejects.toThrow(
        `The key file ${path} holds no P-256 key in PKCS #8; name another file or delete this one.`,
      );
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  test('a folder in its place cannot be read', async () => {
    const fault = await loadKeyFile(folder).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect((fault as Fault).code).toBe('config');
  });
});

describe('the results folder', () => {
  test('leaves no half a result behind and reads past a damaged one', async () => {
    const path = join(folder, 'results');
    const store = await createFileStore(path);
    await store.keepResult(makeKeptResult(1));
    await writeFile(join(path, 'damaged.result'), new Uint8Array([1, 2]));
    await writeFile(join(path, 'half.result.new'), new Uint8Array([1]));
    const again = await createFileStore(path);
    expect(await again.readResults()).toEqual([makeKeptResult(1)]);
    await again.forgetResults([makeKeptResult(1).key]);
    expect((await readdir(path)).sort()).toEqual(['damaged.result', 'half.result.new']);
  });
});
