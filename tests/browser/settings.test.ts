// Settings against a real coordinator: a key that moves to another browser with its account, rules that are named, and what is removed.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionView } from '../../src/protocol/api.ts';
import { launchProfile, type TestGpu } from '../support/launch-browser.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';

const PASSPHRASE = 'seven red kraters in the rain';

let coordinator: RunningCoordinator;
let folder: string;
let file: string;
const opened: BrowserContext[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ostraka-backup-'));
  coordinator = await startCoordinator();
  await submitTemplate(await signInHeadless(coordinator.url), 'collatz', { grid: [4096, 1, 1] });
});
afterAll(async () => {
  await Promise.allSettled(opened.map((context) => context.close()));
  await coordinator?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function openBrowser(path: string, gpu: TestGpu = 'none'): Promise<Page> {
  const context = await launchProfile({ gpu }, { serviceWorkers: 'block', acceptDownloads: true });
  opened.push(context);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(coordinator.url + path);
  return page;
}

const readSession = (page: Page) =>
  page.evaluate(async () => {
    const response = await fetch('/api/session');
    return response.status === 200 ? ((await response.json()) as SessionView) : null;
  });

async function makeGuest(path = '/settings'): Promise<Page> {
  const page = await openBrowser('/account');
  await page.getByRole('button', { name: 'Make a guest key' }).click();
  await page.getByRole('heading', { name: 'Guest key' }).waitFor();
  await page.goto(coordinator.url + path);
  return page;
}

const saveForm = (page: Page) => page.getByRole('form', { name: 'Save a backup' });
const restoreForm = (page: Page) => page.getByRole('form', { name: 'Restore a backup' });

async function restore(page: Page, passphrase: string): Promise<void> {
  await restoreForm(page).getByLabel('Backup file').setInputFiles(file);
  await restoreForm(page).getByLabel('Passphrase').fill(passphrase);
  await restoreForm(page).getByRole('button', { name: 'Restore' }).click();
}

describe('the key of a guest', () => {
  let first: Page;

  it('is saved under a passphrase that is long enough and was typed twice', async () => {
    first = await makeGuest();
    const save = saveForm(first).getByRole('button', { name: 'Save backup file' });
    await saveForm(first).getByLabel('Passphrase').fill('too short');
    await saveForm(first).getByText('At least ten characters.').waitFor();
    await saveForm(first).getByLabel('Once more').fill('too short');
    expect(await save.isDisabled()).toBe(true);
    await saveForm(first).getByLabel('Passphrase').fill(PASSPHRASE);
    await saveForm(first).getByText('Strong.').waitFor();
    await saveForm(first).getByText('The two do not match.').waitFor();
    await saveForm(first).getByLabel('Once more').fill(PASSPHRASE);
    const [download] = await Promise.all([first.waitForEvent('download'), save.click()]);
    file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    await first.getByText('Saved. Keep the file and its passphrase apart.').waitFor();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      format: 'ostraka-guest-key',
      version: 1,
      kdf: { iterations: 600_000 },
    });
  });

  it('is not opened by another passphrase', async () => {
    const second = await openBrowser('/settings');
    await restore(second, 'seven black kraters in the rain');
    await second.getByText('This passphrase does not open the backup').waitFor();
    expect(await readSession(second)).toBeNull();
  });

  it('gives another browser the same account and balance, and the first one keeps both', async () => {
    const before = (await readSession(first))!;
    const second = await openBrowser('/settings');
    await restore(second, PASSPHRASE);
    await second.getByText(/^Restored\. The account of this key holds 100 credits\./).waitFor();
    const after = (await readSession(second))!;
    expect(after.account).toEqual(before.account);
    expect(after.device).toBe(before.device);
    expect((await readSession(first))?.account.id).toBe(before.account.id);
    await saveForm(second).waitFor();
    await restore(second, PASSPHRASE);
    await second.getByText('This browser holds that key already.').waitFor();
  });

  it('computes in both browsers at once, and neither is thrown out', async () => {
    const second = await openBrowser('/settings');
    await restore(second, PASSPHRASE);
    await second.getByText(/^Restored/).waitFor();
    for (const page of [first, second]) {
      await page.goto(coordinator.url);
      await page.getByRole('button', { name: /^Contribute/ }).click();
    }
    for (const page of [first, second]) {
      await page.locator('.feed [data-kind="computed"]').first().waitFor();
      expect(await page.locator('.pill').first().textContent()).not.toContain('Stopped');
    }
    for (const page of [first, second]) {
      await page.getByRole('button', { name: /^Stop/ }).click();
      await page.getByText('Nothing runs on this device.').waitFor();
    }
  });

  it('that holds credit is not replaced without a question', async () => {
    const third = await makeGuest();
    const own = (await readSession(third))!.account.id;
    await restore(third, PASSPHRASE);
    const dialog = third.getByRole('dialog', { name: 'Replace the key of this browser?' });
    await dialog.getByText('Its key holds 100 credits.').waitFor();
    await dialog.getByRole('button', { name: 'Keep the key that is here' }).click();
    expect((await readSession(third))?.account.id).toBe(own);
    await restore(third, PASSPHRASE);
    await dialog.getByRole('button', { name: 'Replace it' }).click();
    await third.getByText(/^Restored/).waitFor();
    expect((await readSession(third))?.account.id).toBe((await readSession(first))?.account.id);
  });

  it('that was made before keys could be backed up says so, and offers a wallet', async () => {
    const old = await openBrowser('/settings');
    await old.evaluate(async () => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
      await new Promise((resolve, reject) => {
        const opening = indexedDB.open('ostraka-account', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('keys', 'readwrite');
          transaction.objectStore('keys').put(pair, 'guest');
          transaction.oncomplete = resolve;
          transaction.onerror = reject;
        };
      });
    });
    await old.reload();
    await old.getByText('it cannot be read out of this browser').waitFor();
    expect(await old.getByRole('link', { name: 'Attach a wallet' }).getAttribute('href')).toBe('/account');
    expect(await saveForm(old).count()).toBe(0);
  });
});

describe('the rules of the owner', () => {
  let page: Page;
  const why = (words: string) => page.locator('.why', { hasText: words }).waitFor();
  /** No rule holds it; whether there is work for it is another matter. */
  const isFree = () => page.locator('.why:not([data-rule])').waitFor();

  beforeAll(async () => {
    page = await openBrowser('/');
    await page.getByRole('button', { name: /^Contribute/ }).click();
    await why('Computing');
  });

  it('presets set both engines, and what is set by hand is none of them', async () => {
    await page.getByRole('button', { name: 'Balanced' }).click();
    await page.locator('.engine output', { hasText: '50 %' }).nth(1).waitFor();
    await page.getByLabel('CPU load').press('ArrowRight');
    await page.locator('.engine output', { hasText: '55 %' }).waitFor();
    for (const name of ['Quiet', 'Balanced', 'Full'])
      expect(await page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')).toBe('false');
    await page.getByRole('button', { name: 'Full', exact: true }).click();
    await page.getByText(/% of the whole CPU measured/).waitFor();
  });

  it('a pause for a while is named, kept over a reload, and ended by hand', async () => {
    await page.getByRole('button', { name: 'Pause: 15 min' }).click();
    await why('Paused for a while');
    await why('Until ');
    await page.reload();
    await why('Paused for a while');
    await page.locator('.why').getByRole('button', { name: 'Resume' }).click();
    await isFree();
    await page.getByRole('button', { name: 'Pause: Until I say' }).click();
    await page.locator('.why[data-rule="paused"]').waitFor();
    await page.reload();
    await page.locator('.why[data-rule="paused"]').waitFor();
    await page.locator('.why').getByRole('button', { name: 'Resume' }).click();
    await isFree();
  });

  it('hours that are not now are named with when they begin, and their end ends it', async () => {
    await page.getByText('Rules: when to rest').click();
    await page.getByRole('switch', { name: 'Only at certain hours' }).check();
    const hour = new Date().getHours();
    const clock = (at: number) => `${String((hour + at) % 24).padStart(2, '0')}:00`;
    await page.getByLabel('From').fill(clock(2));
    await page.getByLabel('To', { exact: true }).fill(clock(4));
    await page.getByLabel('To', { exact: true }).blur();
    await why('Resting: outside your hours');
    await why('Until ');
    await page.getByRole('switch', { name: 'Only at certain hours' }).uncheck();
    await isFree();
  });

  it('both engines off is named', async () => {
    await page.getByRole('switch', { name: 'GPU' }).uncheck();
    await page.getByRole('switch', { name: 'CPU' }).uncheck();
    await why('Switched off');
    await page.getByRole('switch', { name: 'CPU' }).check();
    await isFree();
    await page.getByRole('switch', { name: 'GPU' }).check();
  });

  it('finish and stop comes to an end by itself', async () => {
    await page.getByRole('button', { name: 'Finish and stop' }).click();
    await why('Nothing runs on this device.');
    await page.reload();
    await why('Nothing runs on this device.');
  });
});

describe('the rest of Settings', () => {
  it('tests the GPU against the CPU, and says that they agree', async () => {
    const page = await makeGuest();
    await page.getByRole('button', { name: 'Run self-test' }).click();
    await page.locator('[data-test="cpu-only"]').waitFor();
    const gpu = await openBrowser('/settings', 'software');
    await gpu.getByRole('button', { name: 'Run self-test' }).click();
    await gpu.locator('[data-test="same"]').waitFor();
    await gpu.getByText('The GPU and the CPU computed the same bytes.').waitFor();
  });

  it('gives a name to others and takes one from the leaderboards', async () => {
    const page = await makeGuest('/settings#privacy');
    await page.getByLabel('Your name to others').fill('Euphronios');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    await page.getByRole('switch', { name: 'Show me on leaderboards and in teams' }).uncheck();
    await page.reload();
    await page.locator('input[value="Euphronios"]').or(page.getByLabel('Your name to others')).first().waitFor();
    expect(await page.getByLabel('Your name to others').inputValue()).toBe('Euphronios');
    expect(await page.getByRole('switch', { name: 'Show me on leaderboards and in teams' }).isChecked()).toBe(false);
    await page.getByLabel('Your name to others').fill('x');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('#privacy ~ form .refusal, form .refusal').first().waitFor();
  });

  it('speaks German when it is told to, and goes on doing so', async () => {
    const page = await openBrowser('/settings');
    await page.locator('main').getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
    await page.goto(coordinator.url);
    await page.getByRole('heading', { name: 'Leih diesen Browser einer Frage' }).waitFor();
    await page.getByText('Auf diesem Gerät läuft nichts.').waitFor();
  });

  it('deletes everything here, after it was typed out', async () => {
    const page = await makeGuest();
    const before = (await readSession(page))!.account.id;
    await page.getByRole('button', { name: 'Delete everything here' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete everything here?' });
    await dialog.getByText('The key holds 100 credits.').waitFor();
    const confirm = dialog.getByRole('button', { name: 'Delete everything here' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('delete');
    await confirm.click();
    await page.waitForURL(`${coordinator.url}/`);
    await page.getByText('Nothing runs on this device.').waitFor();
    expect(await readSession(page)).toBeNull();
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await page.goto(`${coordinator.url}/account`);
    await page.getByRole('button', { name: 'Make a guest key' }).click();
    await page.getByRole('heading', { name: 'Guest key' }).waitFor();
    expect((await readSession(page))!.account.id).not.toBe(before);
  });
});
