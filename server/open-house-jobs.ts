// Opens house jobs whenever contributors starve, and keeps the treasury's daily cap.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Template } from '../shaders/template.ts';
import { TEMPLATES } from '../shaders/templates.ts';
import { Fault } from '../src/protocol/fault.ts';
import type { MicroCredits } from '../src/protocol/ids.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { createHouseJobs } from './house-jobs.ts';
import { HOUSE } from './ledger/transfer.ts';
import type { Log } from './observe/log.ts';
import type { Storage } from './open-storage.ts';
import type { JobPreparer } from './prepare-job.ts';

const DAY_MS = 86_400_000;

export interface HouseJobsParts {
  readonly runner: CoordinatorRunner;
  readonly preparer: JobPreparer;
  readonly storage: Storage;
  /** Of the treasury's credit for house jobs, a day. */
  readonly dailyCap: MicroCredits;
  readonly log: Log;
}

export function openHouseJobs({ runner, preparer, storage, dailyCap, log }: HouseJobsParts): void {
  let day = 0;
  let givenToday = 0n;

  async function fund(amount: MicroCredits): Promise<boolean> {
    const nowMs = Date.now();
    const today = Math.floor(nowMs / DAY_MS);
    if (today !== day) [day, givenToday] = [today, 0n];
    const house = await storage.accounts.accountView(HOUSE);
    const missing = amount - BigInt(house?.earned ?? 0) - BigInt(house?.granted ?? 0);
    if (missing <= 0n) return true;
    if (givenToday + missing > dailyCap) return false;
    givenToday += missing;
    await storage.journal.commit([
      { changes: [{ kind: 'transfer', transfer: { kind: 'grant', account: HOUSE, amount: missing }, atMs: nowMs }] },
    ]);
    return true;
  }

  const loaded = Promise.all([loadTemplate('fractal'), loadTemplate('collatz')]);
  let open: (() => Promise<unknown>) | null = null;
  runner.onStarved(() => {
    loaded
      .then(([fractal, collatz]) => {
        open ??= createHouseJobs({
          house: HOUSE,
          preparer,
          fractal,
          collatz,
          fund,
          log,
          countHouseJobs: () => storage.pages.countJobs(HOUSE),
        });
        return open();
      })
      .catch((cause) => log.warn({ err: cause }, 'No house job could be opened.'));
  });
}

async function loadTemplate(id: string): Promise<{ readonly template: Template; readonly wgsl: string }> {
  const template = TEMPLATES.find((candidate) => candidate.id === id);
  if (!template) throw new Fault('internal', `There is no template ${id}.`);
  const wgsl = await readFile(join(import.meta.dirname, '../shaders', id, template.stages[0].wgslFile), 'utf8');
  return { template, wgsl };
}
