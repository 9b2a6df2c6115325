// `npm run kill` in small: every kind of kill once on a loaded network of real processes, and nothing that anyone was told is lost.
import { rmSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { KILL_KINDS } from '../kill/make-plan.ts';
import type { KillNetwork } from '../kill/network.ts';
import { makeReport } from '../kill/report.ts';
import { runKills } from '../kill/run-kills.ts';
import { makeTestFolder } from '../support/start-database.ts';

const folder = makeTestFolder();
let network: KillNetwork | null = null;
afterEach(async () => {
  await network?.abandon();
  rmSync(folder, { recursive: true, force: true });
});

it('loses and doubles nothing by a kill of each kind', async () => {
  const outcome = await runKills({
    folder,
    seed: 3,
    rounds: KILL_KINDS.length,
    only: null,
    maxMs: Number.POSITIVE_INFINITY,
    size: { processes: 3, contributorsEach: 2 },
    jobsInPlay: 2,
    jobSize: 0.5,
    say: () => undefined,
    onNetwork: (opened) => {
      network = opened;
    },
  });
  expect(outcome.violations, makeReport(outcome).join('\n')).toEqual([]);
  expect(new Set(outcome.rounds.map(({ kind }) => kind))).toEqual(new Set(KILL_KINDS));
  // the run was one: work was told, held, and handed out again
  expect(outcome.told.credited).toBeGreaterThan(100);
  expect(outcome.leases.held).toBeGreaterThan(0);
  expect(outcome.leases.lateMs.length + outcome.leases.returned + outcome.leases.notNeeded).toBe(outcome.leases.held);
  expect(outcome.jobs.ended).toBeGreaterThan(0);
  expect(outcome.shardsCompared).toBeGreaterThan(0);
});
