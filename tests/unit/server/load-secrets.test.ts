// The coordinator's secrets: made once, kept from others, the same after a restart and for two that start together.
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from '../../../server/load-secrets.ts';
import { faultOf } from './http/start-app.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostraka-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('are made once and found again, readable by their owner alone', async () => {
  const data = join(folder, 'new/data');
  const [first, second] = await Promise.all([loadSecrets(data, null), loadSecrets(data, null)]);
  const again = await loadSecrets(data, null);
  expect(new Set([first, second, again].map((secrets) => secrets.receipts.publicKey)).size).toBe(1);
  expect(again.sessionSecret).toEqual(first.sessionSecret);
  expect(first.receipts.publicKey).toMatch(/^[\w-]{43}$/);
  const names = (await readdir(data)).sort();
  expect(names).toEqual(['coordinator-key.pem', 'instance', 'session-secret']);
  for (const name of names) expect((await stat(join(data, name))).mode & 0o777).toBe(0o600);
});

test('take the operator’s secret over the file', async () => {
  const secrets = await loadSecrets(folder, 'a'.repeat(32));
  expect(new TextDecoder().decode(secrets.sessionSecret)).toBe('a'.repeat(32));
  expect(await readdir(folder)).toEqual(['coordinator-key.pem', 'instance']);
});

test('refuse a folder or a key that cannot be used, in one sentence', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(await faultOf(loadSecrets(join(folder, 'file'), null))).toMatchObject({
    code: 'config',
    message: expect.stringContaining('DATA_DIR'),
  });
  await mkdir(join(folder, 'bad'));
  await writeFile(join(folder, 'bad/coordinator-key.pem'), 'no key');
  expect(await faultOf(loadSecrets(join(folder, 'bad'), null))).toMatchObject({ code: 'config' });
});
