// Two coordinators on one PostgreSQL: both hand out shards of one job, one is killed and the other ends it, and it comes back to its place.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readJob } from '../../src/requester/read-job.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { type RunningContributor, runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { startDatabase, type TestDatabase } from '../support/start-database.ts';
import { submitTemplate } from '../support/submit-template.ts';

let database: TestDatabase | null = null;
let coordinators: RunningCoordinator[] = [];
let contributors: RunningContributor[] = [];
let blobs: string | null = null;
afterEach(async () => {
  await Promise.all(contributors.map((contributor) => contributor.stop()));
  await Promise.all(coordinators.map((coordinator) => coordinator.destroy()));
  await database?.stop();
  if (blobs) rmSync(blobs, { recursive: true, force: true });
});

async function count(sql: string, values: readonly unknown[] = []): Promise<readonly Record<string, number>[]> {
  const { rows } = await database!.database.pool.query(sql, [...values]);
  return rows;
}

it('share a job, survive a kill -9 of one, and pay every shard once', async () => {
  database = await startDatabase();
  blobs = mkdtempSync(join(tmpdir(), 'ostraka-blobs-'));
  const { host, port } = database.embedded.connection;
  const env = {
    DATABASE_URL: `postgresql:///postgres?host=${encodeURIComponent(String(host))}&port=${port}&user=${database.embedded.connection.user}`,
    BLOBS_DIR: blobs,
    SESSION_SECRET: 'the same in every process of this test',
    START_GRANT: '1000',
  };
  const [first, second] = await Promise.all([startCoordinator({ env }), startCoordinator({ env })]);
  coordinators = [first!, second!];
  const both = [first!, second!] as const;
  contributors = await Promise.all(both.flatMap(({ url }) => [runContributor({ url }), runContributor({ url })]));
  const requester = await signInHeadless(second!.url);
  const grid = [4096, 1, 1] as const;
  const { id } = await submitTemplate(requester, 'collatz', { grid, parameters: { numbersPerInvocation: 64 } });

  // both have verified shards of the one job
  await Promise.all(contributors.map((contributor) => contributor.until((snapshot) => snapshot.counts.verified >= 2)));
  const owners = await count('select count(distinct owner) as n from blocks where job = $1', [id]);
  expect(owners[0]!.n).toBe(2);

  const told = await Promise.all(contributors.map((contributor) => contributor.runtime.snapshot().creditedMicro));
  await first!.kill();
  const found = await readJob(requester, id);
  expect(BigInt(found.paid)).toBeGreaterThanOrEqual(told.reduce((sum, credited) => sum + credited, 0n));
  // started again on its folder it is the same coordinator: it need not wait until it is thought dead
  const back = await startCoordinator({ dataDir: first!.dataDir, env: { ...env, PORT: new URL(first!.url).port } });
  coordinators = [back, second!];

  const ended = await watchJob(requester, id, { onEvent: () => {} });
  expect(ended.state).toBe('done');
  expect(ended.finalShards).toBe(ended.shards);
  expect(BigInt(ended.paid)).toBe(BigInt(ended.pricePerCopy) * 2n * BigInt(ended.shards));
  const doubled = await count(
    'select count(*) as n from (select shard from settled_votes where paid > 0 group by shard having count(*) <> 2) odd',
  );
  expect(doubled[0]!.n).toBe(0);
  const books = await count(
    'select (select sum(amount) from entries)::float8 as entries, (select sum(earned + granted) from accounts)::float8 as accounts',
  );
  expect(books[0]).toEqual({ entries: 0, accounts: 0 });
});
