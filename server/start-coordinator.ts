// The composition root: opens storage, starts the core, puts the gateway and the resources around it, lends the house's hands.
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '../src/protocol/fault.ts';
import type { JobId } from '../src/protocol/ids.ts';
import { createSignInRules } from './accounts/create-sign-in-rules.ts';
import { BUILD } from './build.ts';
import type { Config } from './config.ts';
import { runCoordinator } from './coordinator/run-coordinator.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { type CountedJournal, countChanges } from './count-changes.ts';
import { type CountedDeliverer, countDeliveries } from './count-deliveries.ts';
import { createProgramExaminer } from './effects/program-examiner.ts';
import { clientAddress, makeAddressRange } from './gateway/address-range.ts';
import { countRefusal } from './gateway/counts.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { createSignalling, makePeerView } from './gateway/signalling.ts';
import { createTicketStore } from './gateway/tickets.ts';
import { createUpgradeRouter, PEER_PATH } from './gateway/upgrade.ts';
import { startHouseContributor } from './house-contributor.ts';
import { createApp } from './http/app.ts';
import type { HttpDependencies } from './http/dependencies.ts';
import { loadApp } from './http/load-app.ts';
import { isOwnOrigin } from './http/site.ts';
import { verifyP256 } from './http/verify-p256.ts';
import { createLateGrants } from './late-grants.ts';
import { createServer, listen } from './listen.ts';
import { type CoordinatorSecrets, loadSecrets } from './load-secrets.ts';
import { createLog, type Log } from './observe/log.ts';
import type { LogRing } from './observe/log-ring.ts';
import { createOwnLogRing, openDesks } from './open-desks.ts';
import { openHouseJobs } from './open-house-jobs.ts';
import type { Hold } from './open-operator-desk.ts';
import { openStorage, type Storage } from './open-storage.ts';
import { createJobPreparer } from './prepare-job.ts';
import { rollUpStanding } from './roll-up-standing.ts';
import { shareDatabase } from './share-database.ts';
import { startUpkeep } from './start-upkeep.ts';
import { createBanReader } from './watch-bans.ts';
import { watchFigures } from './watch-figures.ts';
import { watchHealth } from './watch-health.ts';
import { type LatencyWatch, watchLatency } from './watch-latency.ts';
import { watchLoad } from './watch-load.ts';
import { watchSites } from './watch-sites.ts';

const PROJECT = join(import.meta.dirname, '..');
/** Contributors hear that the coordinator is going, and send what they have, before the sockets close. */
const LINGER_MS = 500;
/** After the time for results: so long the last commit may take, and so long everything may take to close. */
const COMMIT_MS = 5_000;
export const CLOSE_MS = 10_000;

export interface Coordinator {
  readonly url: string;
  /**
   * Stops handing out, takes results for a while, commits what came in, tells the devices, closes everything; in bounded time, also without
   * a database. False when something could not be written or closed.
   */
  stop(): Promise<boolean>;
}

/** Throws Fault `config` in one sentence when it cannot start. */
export async function startCoordinator(config: Config): Promise<Coordinator> {
  const ring = createOwnLogRing();
  const log = createLog({ level: config.logLevel, name: config.name, onLine: ring.add });
  const secrets = await loadSecrets(config.dataDir, config.sessionSecret);
  const storage = await openStorage(config, secrets.instance, log);
  const macSecret = createHmac('sha256', secrets.sessionSecret).update('assignments').digest();
  const changes = countChanges(storage.journal);
  const runner = await runCoordinator({
    journal: changes.journal,
    macSecret,
    nowMs: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onFailedCommit: (cause) => {
      // nothing this process decides can be written any more
      if (cause instanceof Fault && cause.facts.isFenced === true) {
        log.fatal({ epoch: cause.facts.epoch }, cause.message);
        process.exit(1);
      }
      log.error({ err: cause }, 'A commit failed: nothing of it was accepted, the state is read again.');
    },
  });
  const latency = watchLatency(() => performance.now());
  const gateway = createGateway({
    runner: latency.post(runner),
    build: BUILD,
    epoch: runner.epoch,
    readDevice: (device, form) => storage.accounts.deviceRecord(device, form),
    readBan: createBanReader(storage.operators.readBan, config.contact),
    log,
  });
  const deliveries = countDeliveries(latency.deliverer(gateway));
  runner.connect(deliveries.deliverer);
  return serve({ config, log, secrets, storage, runner, gateway, written: changes, deliveries: deliveries.counts, ring, latency });
}

/** The runner may have no block of the job: then it must be told whose money it is. */
async function cancelJob(job: JobId, storage: Storage, runner: CoordinatorRunner): Promise<void> {
  const parties = await storage.pages.readParties(job);
  if (!parties) throw new Fault('not-found', 'There is no such job.');
  await runner.cancelJob(parties);
}

interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly secrets: CoordinatorSecrets;
  readonly storage: Storage;
  readonly runner: CoordinatorRunner;
  readonly gateway: Gateway;
  readonly written: CountedJournal;
  readonly deliveries: CountedDeliverer['counts'];
  readonly ring: LogRing;
  readonly latency: LatencyWatch;
}

async function serve(parts: Parts): Promise<Coordinator> {
  const { config, log, storage, runner, gateway } = parts;
  const house = config.hasHouseContributor ? await startHouseContributor({ dataDir: config.dataDir, log }) : null;
  const examiner = createProgramExaminer();
  const preparer = createJobPreparer({ examiner, blobs: storage.blobs, journal: storage.journal, runner, nowMs: Date.now });
  const server = await createServer(config.tls);
  const signalling = await createSignalling({
    server: server.http,
    path: PEER_PATH,
    gateway,
    bindAddress: config.isLoopbackOnly ? '127.0.0.1' : null,
    udpPort: config.udpPort,
    publicAddress: config.publicAddress,
    log,
  });
  const tickets = createTicketStore();
  const share = shareDatabase(runner, log);
  const upkeep = startUpkeep({ config, storage, runner, log });
  const rollUp = rollUpStanding({ standing: storage.standing, log });
  const figures = watchFigures({ ...parts, changes: parts.written.counts, upkeep, build: BUILD });
  const load = watchLoad({ runner, log });
  const sites = watchSites(config, storage, log);
  const hold: { current: Hold | null } = { current: null };
  const readHold = () => hold.current?.reason ?? null;
  const health = watchHealth({ database: storage.health, runner, upkeep, load, readHold, log, build: BUILD });
  const desks = openDesks({ ...parts, upkeep, load, health, hold });
  figures.add([...load.figures, ...health.figures]);
  const settings = {
    name: config.name,
    build: BUILD,
    isLoopbackOnly: config.isLoopbackOnly,
    trustProxy: config.trustProxy,
    allowedOrigins: config.allowedOrigins,
    blobQuotaBytes: config.blobQuotaBytes,
    peer: makePeerView(signalling, PEER_PATH),
    houseKey: house?.publicKey ?? null,
  };
  const dependencies: HttpDependencies = {
    settings,
    accounts: storage.accounts,
    blobs: storage.blobs,
    pages: storage.pages,
    jobs: preparer,
    coordinator: { ...runner, cancelJob: (job) => cancelJob(job, storage, runner) },
    receipts: parts.secrets.receipts,
    network: desks.network,
    operators: desks.operators,
    standing: storage.standing,
    log,
    rules: createSignInRules({
      chainId: config.chainId,
      isLoopbackOnly: config.isLoopbackOnly,
      random: randomBytes,
      verifySignature: verifyP256,
    }),
    clientAddress: (facts) => clientAddress({ ...facts, trustProxy: config.trustProxy }),
    issueTicket: ({ account, accountKind, device, address }) => {
      const addressRange = makeAddressRange({ address, listensOnLoopback: config.isLoopbackOnly, isHouse: accountKind === 'house' });
      return tickets.issue({ account, accountKind, device, addressRange }, Date.now(), randomBytes);
    },
    readHealth: health.read,
    readMetrics: figures.readMetrics,
    observeRequest: figures.observeRequest,
    isStorageLow: upkeep.isStorageLow,
    isOverloaded: load.isOverloaded,
    nowMs: Date.now,
    sites: sites.dependencies,
    app: await loadApp(join(PROJECT, 'dist')),
  };
  const { app, closeStreams, countWatchers } = createApp(dependencies);
  figures.addWatchers(countWatchers);
  server.route(app.fetch, signalling?.app ?? null);
  const upgrade = createUpgradeRouter({
    gateway,
    tickets,
    signalling,
    isOriginAllowed: (origin) => isOwnOrigin(origin, config),
    trustProxy: config.trustProxy,
    nowMs: Date.now,
    others: 'refuse',
    isOverloaded: load.isOverloaded,
    onRefused: (code) => countRefusal(gateway.counts, code),
  });
  server.http.on('upgrade', upgrade);
  const { url, localUrl } = await listen(server, config);
  desks.begin({ localUrl, countWatchers });
  if (config.hasHouseJobs) openHouseJobs({ runner, preparer, storage, dailyCap: config.dailyGrantCapMicroCredits, log });
  runner.onPaid(createLateGrants(dependencies, log));
  runner.onNotices((notices) => {
    for (const { job, type } of notices) if (type === 'ended') log.info({ job }, 'A job has ended.');
  });
  house?.start(localUrl);

  return {
    url,
    async stop() {
      health.setDraining();
      house?.stop();
      desks.stop();
      log.info({ drainMs: config.drainMs }, 'Draining: nothing is handed out, results are still taken.');
      const isWritten = await runner.drain(config.drainMs, config.drainMs + COMMIT_MS);
      if (!isWritten) log.error({ ...runner.backlog() }, 'Not everything could be written; devices keep what was not acknowledged.');
      const close = async (): Promise<true> => {
        gateway.closeAll({ code: 'draining', sentence: 'The coordinator is stopping; it will take your results when it is back.' });
        closeStreams();
        await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
        signalling?.closeAll();
        await server.close();
        for (const part of [upkeep, rollUp, load, health, share, examiner]) part.stop();
        await sites.stop();
        await storage.close();
        return true;
      };
      const isLate = new Promise<false>((resolve) => setTimeout(resolve, CLOSE_MS, false).unref());
      const isClosed = await Promise.race([close(), isLate]);
      if (!isClosed) log.error('Not everything could be closed in time; the process ends all the same.');
      return isWritten && isClosed;
    },
  };
}
