// The bundle: one CommonJS file without dependencies, which a program that knows nothing of us can load.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildProvider } from '../../conformance/build-provider.ts';

const folder = mkdtempSync(join(tmpdir(), 'provider-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('is one file that stands alone and exports create()', async () => {
  await buildProvider({ outDir: folder });
  const file = join(folder, 'provider.cjs');
  const required = [...readFileSync(file, 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
  expect(required).toEqual([]);
  const { create } = createRequire(import.meta.url)(file) as {
    create(options: string[]): { requestAdapter(): Promise<{ isFallbackAdapter: boolean }> };
  };
  expect((await create([]).requestAdapter()).isFallbackAdapter).toBe(true);
});
