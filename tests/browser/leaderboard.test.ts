// The leaderboard in a real browser before fixtures: choices in the address, my own place, names, teams, invitations, and what is shown when things fail.
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedApp, openApp, settle } from '../support/open-app.ts';

let app: OpenedApp;
let context: BrowserContext;

beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app?.close());
afterEach(async () => {
  await context?.close();
  app.coordinator.scenario = 'full';
  expect(app.complaints.splice(0)).toEqual([]);
});

async function open(
  path: string,
  options: { readonly scenario?: 'full' | 'empty' | 'failing'; readonly locale?: string } = {},
): Promise<Page> {
  app.coordinator.scenario = options.scenario ?? 'full';
  context = await app.newContext({ locale: options.locale ?? 'en' });
  const page = await app.newPage(context, 'off');
  await page.goto(app.coordinator.url + path);
  await settle(page);
  return page;
}

const rowsOf = (page: Page) => page.getByRole('table').getByRole('row');
const searchOf = (page: Page) => new URL(page.url()).search;

describe('a board', () => {
  it('shows the first rows and mine with three above and below, and more when asked', async () => {
    const page = await open('/leaderboard');
    // the head, fifteen rows, the gap, seven around mine
    expect(await rowsOf(page).count()).toBe(1 + 15 + 1 + 7);
    const mine = page.locator('tr[aria-current="true"]');
    expect(await mine.textContent()).toMatch(/118[\s\S]*Euphronios[\s\S]*you/i);
    expect(await page.getByText('Rank 118 of 236 on this board').isVisible()).toBe(true);
    const more = page.getByRole('button', { name: 'Show the first 50' });
    await more.press('Enter');
    expect(await rowsOf(page).count()).toBe(1 + 50 + 1 + 7);
    await page.getByRole('button', { name: 'Show fewer' }).click();
    expect(await rowsOf(page).count()).toBe(1 + 15 + 1 + 7);
  });

  it('is chosen by keyboard and kept in the address, so that a link shows the same one', async () => {
    const page = await open('/leaderboard');
    await page.getByRole('button', { name: 'Teams' }).press('Space');
    await page.getByText('your team', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'All time' }).press('Enter');
    await page.getByRole('button', { name: 'GPU', exact: true }).click();
    expect(searchOf(page)).toBe('?by=teams&period=all&league=gpu');
    await page.reload();
    await settle(page);
    for (const name of ['Teams', 'All time', 'GPU'])
      expect(await page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'People' }).click();
    await page.getByRole('button', { name: 'This week' }).click();
    await page.getByRole('button', { name: 'All devices' }).click();
    expect(searchOf(page)).toBe('');
    // what is no choice is the first one
    await page.goto(`${app.coordinator.url}/leaderboard?by=gods&league=lead`);
    await settle(page);
    expect(await page.getByRole('button', { name: 'People' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('says when nobody is on it, what to do, and that nobody is signed in', async () => {
    const page = await open('/leaderboard?by=teams', { scenario: 'empty' });
    await page.getByRole('heading', { name: 'No team is here yet' }).waitFor();
    expect(await page.getByRole('link', { name: 'Contribute' }).count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Show all time' }).click();
    expect(searchOf(page)).toContain('period=all');
  });

  it('says why it failed, and comes back by a button', async () => {
    const page = await open('/leaderboard', { scenario: 'failing' });
    const alert = page.getByRole('alert').first();
    expect(await alert.textContent()).toContain('storage-failed');
    app.coordinator.scenario = 'full';
    await page.locator('.board-column').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('table').waitFor();
  });

  it('speaks German', async () => {
    const page = await open('/leaderboard?by=requesters', { locale: 'de-DE' });
    await page.getByRole('heading', { level: 1, name: 'Bestenliste' }).waitFor();
    expect(await page.getByRole('table').textContent()).toContain('Gerechnete Kopien');
    await page.getByRole('button', { name: 'Leute' }).click();
    await page.getByText('Rang 118 von 236 auf dieser Liste').waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/verified|Change how|Rank/);
  });
});

describe('how I am shown', () => {
  it('is judged while I type, changed, and told', async () => {
    const page = await open('/leaderboard');
    await page.getByRole('button', { name: 'Change how I am shown' }).click();
    const dialog = page.getByRole('dialog', { name: 'How you are shown' });
    const name = dialog.getByLabel('Pseudonym');
    expect(await name.inputValue()).toBe('Euphronios');
    await name.fill('x');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('The pseudonym needs at least 2 letters.').waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    await name.fill('Exekias');
    await dialog.getByText('at least 2').waitFor({ state: 'detached' });
    await dialog.getByLabel('Show me on leaderboards and by name').uncheck();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not listed: on no leaderboard, and named nowhere').waitFor();
    expect(await dialog.isVisible()).toBe(false);
  });

  it('stays as it was when the dialog is closed', async () => {
    const page = await open('/leaderboard');
    const shown = await page.locator('.you-column .my-name').textContent();
    await page.getByRole('button', { name: 'Change how I am shown' }).click();
    await page.getByLabel('Pseudonym').fill('Somebody Else');
    await page.keyboard.press('Escape');
    expect(await page.locator('.you-column .my-name').textContent()).toBe(shown);
  });
});

describe('a team', () => {
  it('is offered once by its link, says which team I would leave, and can be declined', async () => {
    const page = await open('/leaderboard?by=teams&team=4');
    const dialog = page.getByRole('dialog', { name: 'Join Night Owls?' });
    await dialog.getByText('You leave Kerameikos for it.').waitFor();
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(searchOf(page)).toBe('?by=teams');
  });

  it('of mine shows its members, and a link that is not a team is said and forgotten', async () => {
    const page = await open('/leaderboard?team=99');
    await page.getByText('There is no such team.').waitFor();
    expect(searchOf(page)).toBe('');
    const members = page.locator('section:has(#team) ul.members');
    expect(await members.textContent()).toContain('you');
  });

  it('is left, searched for and joined', async () => {
    const page = await open('/leaderboard');
    await page.getByRole('button', { name: 'Leave the team' }).click();
    const search = page.getByLabel('Find a team');
    await search.fill('loris');
    const join = page.getByRole('button', { name: 'Join Slow Loris Society' });
    await join.waitFor();
    await page.getByRole('button', { name: 'Join Night Owls' }).waitFor({ state: 'detached' });
    await join.click();
    await page.locator('section:has(#team) .my-name', { hasText: 'Slow Loris Society' }).waitFor();
  });
});
