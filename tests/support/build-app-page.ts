// Builds the app with a scripted contributor into a folder outside of the project, as the real one is built.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import solid from 'vite-plugin-solid';

export const APP_PAGE = 'tests/support/app-page/index.html';

/** The folder with the page; the caller removes it. */
export async function buildAppPage(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'ostraka-app-'));
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [solid()],
    define: { 'import.meta.env.VITE_BUILD': '"0.1.0"' },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', rollupOptions: { input: APP_PAGE } },
  });
  return outDir;
}
