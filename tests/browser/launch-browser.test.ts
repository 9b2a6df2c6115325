// The two kinds of browser the other tests stand on: one with a software GPU, one whose adapter is null.
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchProfile } from '../support/launch-browser.ts';
import { type FolderServer, serveFolder } from '../support/serve-folder.ts';

let server: FolderServer;
beforeAll(async () => {
  server = await serveFolder(join(dirname(dirname(import.meta.dirname)), 'public'));
});
afterAll(() => server.close());

test.each([
  { gpu: 'software', has: true },
  { gpu: 'none', has: false },
] as const)('a profile with gpu=$gpu', async ({ gpu, has }) => {
  const profile = await launchProfile({ gpu });
  try {
    const page = await profile.newPage();
    await page.goto(`${server.url}/robots.txt`);
    const seen = await page.evaluate(async () => ({ isSecureContext, hasAdapter: Boolean(await navigator.gpu?.requestAdapter()) }));
    expect(seen).toEqual({ isSecureContext: true, hasAdapter: has });
  } finally {
    await profile.close();
  }
});
