// A network moves house: exported by command while it works, imported elsewhere, and the job that was half done there ends here.
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { signInWithKey } from '../../src/account/sign-in.ts';
import type { HealthView } from '../../src/protocol/api.ts';
import { createClient } from '../../src/requester/create-client.ts';
import { readJob } from '../../src/requester/read-job.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { verifyReceipt } from '../../src/requester/verify-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { makeFreshKey, type RunningContributor, runContributor } from '../support/run-contributor.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';

const PROJECT = dirname(dirname(import.meta.dirname));
let coordinators: RunningCoordinator[] = [];
let contributors: readonly RunningContributor[] = [];
let folder: string;
afterEach(async () => {
  await Promise.all(contributors.map((contributor) => contributor.stop()));
  await Promise.all(coordinators.map((coordinator) => coordinator.destroy()));
  coordinators = [];
  await rm(folder, { recursive: true, force: true });
});

const run = (script: string, argv: readonly string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', `server/${script}.ts`, ...argv], { cwd: PROJECT });

it('exports while the job runs, imports, and the job ends in the new place with every credit paid once', async () => {
  folder = mkdtempSync(join(tmpdir(), 'ostraka-move-'));
  await chmod(folder, 0o755);
  const old = await startCoordinator();
  coordinators.push(old);
  const keys = await Promise.all([makeFreshKey(), makeFreshKey()]);
  const runAll = (url: string) => Promise.all(keys.map((key) => runContributor({ url, key })));
  contributors = await runAll(old.url);
  const requesterKey = await makeFreshKey();
  const signIn = async (url: string) => {
    const client = createClient({ baseUrl: url });
    return client.withToken((await signInWithKey(client, requesterKey, 'headless')).token);
  };
  const there = await signIn(old.url);
  const first = await submitTemplate(there, 'collatz', { grid: [64, 1, 1], parameters: { numbersPerInvocation: 4 } });
  await watchJob(there, first.id, { onEvent: () => {} });
  const firstReceipt = await readReceipt(there, first.id);
  const { id } = await submitTemplate(there, 'collatz', { grid: [1024, 1, 1], parameters: { numbersPerInvocation: 96 } });
  await Promise.all(contributors.map((contributor) => contributor.until((snapshot) => snapshot.counts.verified >= 6)));

  const to = join(folder, 'export');
  const told = await readJob(there, id);
  expect((await run('export', ['--to', to, '--data-dir', old.dataDir])).stdout).toContain('is complete');
  // whatever the old one goes on to do is its own affair
  await Promise.all(contributors.map((contributor) => contributor.stop()));
  await old.stop();

  const dataDir = join(folder, 'data');
  expect((await run('import', ['--from', to, '--data-dir', dataDir])).stdout).toContain('the ledger balances');
  const next = await startCoordinator({ dataDir });
  coordinators.push(next);
  const here = await signIn(next.url);
  const found = await readJob(here, id);
  expect(found.finalShards).toBeGreaterThanOrEqual(told.finalShards);
  expect(BigInt(found.paid)).toBeGreaterThanOrEqual(BigInt(told.paid));
  // the same key signs the same words
  expect(await verifyReceipt(firstReceipt)).toMatchObject({ kind: 'genuine' });
  expect(await readReceipt(here, first.id)).toEqual(firstReceipt);

  contributors = await runAll(next.url);
  const ended = await watchJob(here, id, { onEvent: () => {} });
  expect(ended.state).toBe('done');
  expect(BigInt(ended.paid)).toBe(BigInt(ended.pricePerCopy) * 2n * BigInt(ended.shards));
  const health = await here.readJson<HealthView>('/api/health');
  expect(health.checks.find((check) => check.name === 'ledger')).toMatchObject({ ok: true });
});
