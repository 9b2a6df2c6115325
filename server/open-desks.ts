// Puts together what the pages Network and Operator need: samples, bans, the operator's hold, the demo's liar, and the two desks over them.
import { OPERATOR_LIMITS } from '../src/protocol/api-operator.ts';
import { BUILD } from './build.ts';
import type { Config } from './config.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import type { CountedJournal } from './count-changes.ts';
import { createDemoLiar } from './demo-liar.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { NetworkDesk } from './http/network-desk.ts';
import type { OperatorDesk } from './http/operator-desk.ts';
import type { CoordinatorSecrets } from './load-secrets.ts';
import type { Log } from './observe/log.ts';
import { createLogRing, type LogRing } from './observe/log-ring.ts';
import { openNetworkDesk } from './open-network-desk.ts';
import { type Hold, openOperatorDesk } from './open-operator-desk.ts';
import type { Storage } from './open-storage.ts';
import type { Upkeep } from './start-upkeep.ts';
import { takeSamples } from './take-samples.ts';
import { watchBans } from './watch-bans.ts';
import type { HealthWatch } from './watch-health.ts';
import type { LatencyWatch } from './watch-latency.ts';
import type { LoadWatch } from './watch-load.ts';

export interface DeskParts {
  readonly config: Config;
  readonly log: Log;
  readonly ring: LogRing;
  readonly secrets: CoordinatorSecrets;
  readonly storage: Storage;
  readonly runner: CoordinatorRunner;
  readonly gateway: Gateway;
  readonly written: CountedJournal;
  readonly upkeep: Upkeep;
  readonly load: LoadWatch;
  readonly health: HealthWatch;
  readonly latency: LatencyWatch;
  readonly hold: { current: Hold | null };
}

export interface Desks {
  readonly network: NetworkDesk;
  readonly operators: OperatorDesk;
  /** What is known once the server listens. */
  begin(facts: { readonly localUrl: string; readonly countWatchers: () => number }): void;
  stop(): void;
}

/** Made first, so that the log's first lines are in it. */
export function createOwnLogRing(): LogRing {
  return createLogRing(OPERATOR_LIMITS.logLines);
}

export function openDesks(parts: DeskParts): Desks {
  const { config, log, secrets, storage, runner, gateway, written } = parts;
  const nowMs = Date.now;
  const receiptKey = secrets.receipts.publicKey;
  const sampler = takeSamples({ samples: storage.samples, network: storage.network, runner, changes: written.counts, log, nowMs });
  const bans = watchBans({ store: storage.operators, gateway, contact: config.contact, log, nowMs });
  const liar = config.isDemo ? createDemoLiar({ runner, accounts: storage.accounts, network: storage.network, log, nowMs }) : null;
  if (liar) written.onWritten(liar.hear);
  runner.onCommit((commit) => {
    if (!commit.hasFailed) parts.latency.commit(commit.tookMs);
  });
  let countWatchers = (): number => 0;
  const network = openNetworkDesk({
    name: config.name,
    build: BUILD,
    receiptKey,
    secret: secrets.sessionSecret,
    runner,
    gateway,
    sampler,
    storage,
    readHealth: parts.health.read,
    nowMs,
  });
  const operators = openOperatorDesk({ ...parts, build: BUILD, receiptKey, liar, countWatchers: () => countWatchers(), nowMs });
  return {
    network,
    operators,
    begin(facts) {
      countWatchers = facts.countWatchers;
      liar?.listensAt(facts.localUrl);
    },
    stop() {
      sampler.stop();
      bans.stop();
      liar?.end();
    },
  };
}
