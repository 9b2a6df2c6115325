// What an operator relies on, with real processes: health follows the database, a drain takes what comes and ends in bounded time, a process
// whose place was taken stops.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startEmbedded } from '../../server/storage/embedded/start-embedded.ts';
import type { EnginePool } from '../../src/contributor/engine-pool.ts';
import type { HealthView } from '../../src/protocol/api.ts';
import { readJob } from '../../src/requester/read-job.ts';
import { type RunningContributor, runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { makeTestFolder, SILENT } from '../support/start-database.ts';
import { submitTemplate } from '../support/submit-template.ts';

const folders: string[] = [];
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startCoordinator>[0]): Promise<RunningCoordinator> {
  const coordinator = await startCoordinator(options);
  endings.push(async () => {
    await coordinator.kill();
    rmSync(coordinator.dataDir, { recursive: true, force: true });
  });
  return coordinator;
}

async function contribute(url: string, wrapPool?: (pool: EnginePool) => EnginePool): Promise<RunningContributor> {
  const contributor = await runContributor({ url, ...(wrapPool ? { wrapPool } : {}) });
  endings.push(() => contributor.stop());
  return contributor;
}

async function startPostgres() {
  const dataDir = makeTestFolder();
  folders.push(dataDir);
  let embedded = await startEmbedded({ dataDir, log: SILENT });
  endings.push(() => embedded.stop());
  const { host, port, user } = embedded.connection;
  return {
    url: `postgresql://${user}@${encodeURIComponent(String(host))}:${port}/postgres`,
    stop: () => embedded.stop(),
    async start() {
      embedded = await startEmbedded({ dataDir, log: SILENT });
    },
  };
}

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ostraka-operations-'));
  folders.push(folder);
  return folder;
};

/** Asks until health says so; answers how long that took. */
async function untilHealth(url: string, isIt: (health: HealthView, httpStatus: number) => boolean): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const response = await fetch(`${url}/api/health`);
    if (isIt((await response.json()) as HealthView, response.status)) return performance.now() - startedMs;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ended = (coordinator: RunningCoordinator): Promise<number | null> =>
  new Promise((resolve) => coordinator.process.once('exit', (code) => resolve(code)));

/** Results wait behind the gate until it opens. */
function makeGate() {
  let open = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const wrapPool = (pool: EnginePool): EnginePool =>
    new Proxy(pool, {
      get(target, name) {
        if (name === 'run') {
          return (request: Parameters<EnginePool['run']>[0]) => {
            const run = target.run(request);
            return { report: isOpen.then(() => run.report), stop: () => run.stop() };
          };
        }
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return { open, wrapPool };
}

/** A coordinator with a job, of which a contributor holds copies behind a gate. */
async function startWithHeldWork(env: Record<string, string>) {
  const coordinator = await start({ env });
  const gate = makeGate();
  const contributor = await contribute(coordinator.url, gate.wrapPool);
  const requester = await signInHeadless(coordinator.url);
  const { id } = await submitTemplate(requester, 'collatz', { grid: [64, 1, 1], parameters: { numbersPerInvocation: 4 } });
  await contributor.until((snapshot) => snapshot.state.kind === 'working');
  return { coordinator, gate, contributor, requester, id };
}

it('health follows the database within seconds, both ways, and the process lives on', async () => {
  const postgres = await startPostgres();
  const { url } = await start({ env: { DATABASE_URL: postgres.url } });
  expect(await untilHealth(url, (health, status) => health.status === 'ok' && status === 200)).toBeLessThan(5_000);
  await postgres.stop();
  const downMs = await untilHealth(url, (health, status) => health.status === 'not-ready' && status === 503);
  expect(downMs).toBeLessThan(5_000);
  expect((await fetch(`${url}/api/health/live`)).status).toBe(200);
  await postgres.start();
  const upMs = await untilHealth(url, (health, status) => health.status === 'ok' && status === 200);
  expect(upMs).toBeLessThan(10_000);
});

it('a disk below its floor takes the coordinator out, and only that', async () => {
  const { url } = await start({ env: { DISK_FLOOR_BYTES: String(Number.MAX_SAFE_INTEGER) } });
  await untilHealth(url, (health, status) => health.status === 'not-ready' && status === 503);
  const { checks } = (await (await fetch(`${url}/api/health`)).json()) as HealthView;
  expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['disk']);
  expect((await fetch(`${url}/metrics`).then((answer) => answer.text())).match(/^ostraka_ready (.)$/m)?.[1]).toBe('0');
});

it('a drain says so at once, hands nothing out, takes the results that devices hold, and ends with 0', async () => {
  const { coordinator, gate, contributor, id } = await startWithHeldWork({ DRAIN_SECONDS: '60' });
  const exit = ended(coordinator);
  coordinator.process.kill('SIGTERM');
  expect(await untilHealth(coordinator.url, (health, status) => health.status === 'draining' && status === 503)).toBeLessThan(3_000);
  gate.open();
  expect(await exit).toBe(0);
  await contributor.stop();

  const back = await start({ dataDir: coordinator.dataDir });
  const votes = await (await signInHeadless(back.url)).readJson<{ shards: readonly { votes: readonly unknown[] }[] }>(
    `/api/jobs/${id}/shards`,
  );
  expect(JSON.stringify(votes)).toContain('"waiting"');
});

it('a second signal ends the drain at once, with 1', async () => {
  const { coordinator } = await startWithHeldWork({ DRAIN_SECONDS: '3600' });
  const exit = ended(coordinator);
  coordinator.process.kill('SIGTERM');
  await untilHealth(coordinator.url, (health) => health.status === 'draining');
  const again = setInterval(() => coordinator.process.kill('SIGINT'), 200);
  expect(await exit).toBe(1);
  clearInterval(again);
});

it('a drain without a database ends in bounded time, with 1 when something could not be written', async () => {
  const postgres = await startPostgres();
  const logFile = join(makeFolder(), 'log');
  const coordinator = await start({ env: { DATABASE_URL: postgres.url, DRAIN_SECONDS: '1' }, logFile });
  const gate = makeGate();
  const contributor = await contribute(coordinator.url, gate.wrapPool);
  const requester = await signInHeadless(coordinator.url);
  const { id } = await submitTemplate(requester, 'collatz', { grid: [64, 1, 1], parameters: { numbersPerInvocation: 4 } });
  await contributor.until((snapshot) => snapshot.state.kind === 'working');
  expect((await readJob(requester, id)).finalShards).toBe(0);
  await postgres.stop();
  gate.open();
  await untilHealth(coordinator.url, (health) => health.status === 'not-ready');
  const startedMs = performance.now();
  const exit = ended(coordinator);
  coordinator.process.kill('SIGTERM');
  expect(await exit).toBe(1);
  // DRAIN_SECONDS, 5 s for the last commit, 10 s to close
  expect(performance.now() - startedMs).toBeLessThan(18_000);
  expect(readFileSync(logFile, 'utf8')).toMatch(/Not everything could be written|could be closed in time/);
  await postgres.start();
});

it('a process whose place was taken says so in one sentence and ends with 1', async () => {
  const postgres = await startPostgres();
  const logFile = join(makeFolder(), 'log');
  const first = await start({ env: { DATABASE_URL: postgres.url }, logFile });
  const exit = ended(first);
  const second = await start({ env: { DATABASE_URL: postgres.url }, dataDir: first.dataDir });
  expect(await exit).toBe(1);
  const fatal = readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"level":"fatal"'));
  expect(fatal).toHaveLength(1);
  expect(fatal[0]).toContain('Another coordinator has taken this one’s place in the database; this one stops.');
  await untilHealth(second.url, (health) => health.status === 'ok');
});
