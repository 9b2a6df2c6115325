// A Chromium counts only when it starts; a CHROMIUM_PATH that does not start is said, not silently replaced.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findChromium } from '../../support/find-chromium.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostraka-path-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function makeProgram(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test.each(['/nowhere/chromium', process.execPath])('refuses CHROMIUM_PATH=%s', (path) => {
  vi.stubEnv('CHROMIUM_PATH', path);
  expect(() => findChromium()).toThrow(/^CHROMIUM_PATH is set to .* correct it or unset it\.$/);
});

test.runIf(process.platform !== 'win32')('passes over a program on PATH that only asks for an installation', () => {
  makeProgram('chromium', 'echo "requires the chromium snap" >&2; exit 1');
  const working = makeProgram('google-chrome', 'echo "Google Chrome 150.0"');
  vi.stubEnv('CHROMIUM_PATH', '');
  vi.stubEnv('PATH', ['/nowhere', folder].join(delimiter));
  expect(findChromium()).toBe(working);
});
