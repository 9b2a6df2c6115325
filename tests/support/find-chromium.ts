// Finds a Chromium that really starts: CHROMIUM_PATH, the system's, Playwright's own; and installs one when there is none.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
] as const;

/** Ubuntu's chromium-browser may be a script that only asks for a snap; so a file counts only when it tells its version. */
function isWorking(path: string): boolean {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && /Chrom/.test(stdout);
}

function listSystemPaths(): readonly string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...APPLICATIONS];
}

/** The path of a Chromium that starts, or null. A CHROMIUM_PATH that does not start is an error: the user asked for that one. */
export function findChromium(): string | null {
  const asked = process.env.CHROMIUM_PATH;
  if (asked) {
    if (isWorking(asked)) return asked;
    throw new Error(`CHROMIUM_PATH is set to ${asked}, which is not a Chromium that starts here; correct it or unset it.`);
  }
  return [...listSystemPaths(), chromium.executablePath()].find(isWorking) ?? null;
}

function isDebian(): boolean {
  const release = '/etc/os-release';
  return existsSync(release) && /^ID=debian$/m.test(readFileSync(release, 'utf8'));
}

function runVisibly(command: string, args: readonly string[]): boolean {
  console.log(`$ ${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
}

function installChromium(): void {
  if (process.getuid?.() === 0 && isDebian()) {
    console.log("No Chromium was found: installing Debian's package.");
    if (runVisibly('apt-get', ['update']) && runVisibly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'])) return;
  }
  console.log("No Chromium was found: fetching Playwright's own.");
  const cli = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js');
  runVisibly(process.execPath, [cli, 'install', 'chromium']);
}

/** The path of a Chromium that starts, installing one first if need be; throws one sentence when that is impossible. */
export function findOrInstallChromium(): string {
  const found = findChromium();
  if (found) return found;
  installChromium();
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('The tests need a Chromium and none could be found or installed: install one and set CHROMIUM_PATH to it.');
}
