// The composition root: opens storage, starts the core, puts the gateway and the resources around it, lends the house's hands.
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../src/protocol/fault.ts';
import { createSignInRules } from './accounts/create-sign-in-rules.ts';
import type { Config } from './config.ts';
import { runCoordinator } from './coordinator/run-coordinator.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { createProgramExaminer } from './effects/program-examiner.ts';
import { clientAddress, makeAddressRange } from './gateway/address-range.ts';
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
import { openHouseJobs } from './open-house-jobs.ts';
import { openStorage, type Storage } from './open-storage.ts';
import { createJobPreparer } from './prepare-job.ts';
import { startUpkeep } from './start-upkeep.ts';
import { watchFigures } from './watch-figures.ts';

const PROJECT = join(import.meta.dirname, '..');
export const BUILD = (JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }).version;
/** Contributors hear that the coordinator is going, and send what they have, before the sockets close. */
const LINGER_MS = 500;

export interface Coordinator {
  readonly url: string;
  /** Stops handing out, commits what came in, tells the devices, closes everything. */
  stop(): Promise<void>;
}

/** Throws Fault `config` in one sentence when it cannot start. */
export async function startCoordinator(config: Config): Promise<Coordinator> {
  const log = createLog({ level: config.logLevel, name: config.name });
  const secrets = await loadSecrets(config.dataDir, config.sessionSecret);
  const storage = await openStorage(config, log);
  const macSecret = createHmac('sha256', secrets.sessionSecret).update('assignments').digest();
  const runner = await runCoordinator({
    journal: storage.journal,
    macSecret,
    nowMs: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onFailedCommit: (cause) => {
      log.error({ err: cause }, 'A commit failed: nothing of it was accepted, the state is read again.');
      // nothing this process decides can be written any more
      if (cause instanceof Fault && cause.facts.isFenced === true) process.exit(1);
    },
  });
  const gateway = createGateway({
    runner,
    build: BUILD,
    epoch: runner.epoch,
    readDevice: (device) => storage.accounts.deviceRecord(device),
    log,
  });
  runner.connect(gateway);
  return serve({ config, log, secrets, storage, runner, gateway });
}

interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly secrets: CoordinatorSecrets;
  readonly storage: Storage;
  readonly runner: CoordinatorRunner;
  readonly gateway: Gateway;
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
  const upkeep = startUpkeep({ config, storage, runner, log });
  const figures = watchFigures({ runner, gateway, storage, upkeep, build: BUILD });
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
    coordinator: runner,
    receipts: parts.secrets.receipts,
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
    readHealth: figures.readHealth,
    readMetrics: figures.readMetrics,
    observeRequest: figures.observeRequest,
    isStorageLow: upkeep.isStorageLow,
    nowMs: Date.now,
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
  });
  server.http.on('upgrade', upgrade);
  const { url, localUrl } = await listen(server, config);
  if (config.hasHouseJobs) openHouseJobs({ runner, preparer, storage, dailyCap: config.dailyGrantCapMicroCredits, log });
  runner.onPaid(createLateGrants(dependencies, log));
  house?.start(localUrl);

  return {
    url,
    async stop() {
      figures.setDraining();
      house?.stop();
      await runner.drain();
      gateway.closeAll({ code: 'draining', sentence: 'The coordinator is stopping; it will take your results when it is back.' });
      closeStreams();
      await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
      signalling?.closeAll();
      await server.close();
      upkeep.stop();
      examiner.stop();
      await storage.close();
    },
  };
}
