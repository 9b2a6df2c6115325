// What operators see and do: their acts are written down first and then done, and everything is read when somebody looks.
import type { OperatorDevice, OperatorView } from '../src/protocol/api-operator.ts';
import { Fault } from '../src/protocol/fault.ts';
import type { DeviceId, JobId } from '../src/protocol/ids.ts';
import { type Capabilities, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../src/protocol/messages.ts';
import type { Config } from './config.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import type { DemoLiar } from './demo-liar.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { OperatorAct, OperatorDesk } from './http/operator-desk.ts';
import type { Log } from './observe/log.ts';
import type { LogRing } from './observe/log-ring.ts';
import type { Storage } from './open-storage.ts';
import { makeBanFault, makeCancelReason } from './operator/ban-fault.ts';
import { judgeOperator } from './operator/judge-operator.ts';
import { parseReason } from './operator/parse-reason.ts';
import type { Upkeep } from './start-upkeep.ts';
import type { DeviceRow } from './storage/device-queries.ts';
import type { Act } from './storage/operator-store.ts';
import type { HealthWatch } from './watch-health.ts';
import type { LatencyWatch } from './watch-latency.ts';
import type { LoadWatch } from './watch-load.ts';

/** Hand-outs that an operator has stopped, at this coordinator. */
export interface Hold {
  readonly sinceMs: number;
  readonly reason: string;
}

export interface OperatorDeskParts {
  readonly config: Pick<Config, 'name' | 'operators' | 'contact'>;
  readonly build: string;
  readonly receiptKey: string;
  readonly storage: Pick<Storage, 'operators' | 'devices' | 'health' | 'pages'>;
  readonly runner: CoordinatorRunner;
  readonly gateway: Pick<Gateway, 'counts' | 'wires' | 'refuseDevice'>;
  readonly upkeep: Pick<Upkeep, 'freeBytes' | 'storedBytes'>;
  readonly load: Pick<LoadWatch, 'reading'>;
  readonly health: Pick<HealthWatch, 'read'>;
  readonly latency: Pick<LatencyWatch, 'read'>;
  readonly ring: Pick<LogRing, 'find' | 'size'>;
  readonly hold: { current: Hold | null };
  readonly liar: DemoLiar | null;
  readonly countWatchers: () => number;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly nowMs: () => number;
}

export function openOperatorDesk(parts: OperatorDeskParts): OperatorDesk {
  const { config, storage, runner, gateway, hold, liar, log, nowMs } = parts;
  const { operators: store } = storage;
  const makeAct = ({ account, wallet, reason }: OperatorAct): Act => {
    return { account, wallet, reason: parseReason(reason), epoch: runner.epoch, atMs: nowMs() };
  };
  const tell = (act: Act, sentence: string, facts: object = {}): void =>
    log.warn({ ...facts, wallet: act.wallet, reason: act.reason }, sentence);
  const setHold = (next: Hold | null): void => {
    hold.current = next;
    runner.post({ type: 'held', isHeld: next !== null });
  };
  const wantLiar = (): DemoLiar => {
    if (liar === null) throw new Fault('forbidden', 'Contributors that lie are started in demo mode only: DEMO=on.');
    return liar;
  };

  return {
    isListed: (wallet) => wallet !== null && config.operators.includes(wallet.toLowerCase()),
    async judge(tokenHash) {
      const proof = tokenHash === null ? null : await store.readProof(tokenHash);
      return { me: judgeOperator(config.operators, proof, nowMs()), account: proof?.account ?? null };
    },
    overview: () => readOverview(parts),
    async devices({ show, before, limit }) {
      const rows = await listRows(parts, show, before, limit + 1);
      const next = rows.length > limit ? (rows[limit - 1]?.device ?? null) : null;
      return { devices: addLive(parts, rows.slice(0, limit)), next };
    },
    log: (query) => ({ lines: parts.ring.find(query), kept: parts.ring.size }),
    async audit({ before, limit }) {
      const lines = await store.auditPage({ before, limit: limit + 1 });
      return { lines: lines.slice(0, limit), next: lines.length > limit ? (lines[limit - 1]?.id ?? null) : null };
    },
    async ban(device, by) {
      const act = makeAct(by);
      await store.ban(device, act);
      gateway.refuseDevice(device, makeBanFault({ device, reason: act.reason, contact: config.contact }));
      tell(act, 'An operator has banned a device.', { device });
    },
    async unban(device, by) {
      const act = makeAct(by);
      await store.unban(device, act);
      tell(act, 'An operator has lifted a ban.', { device });
    },
    async cancelJob(job: JobId, by) {
      const act = makeAct(by);
      const parties = await storage.pages.readParties(job);
      if (!parties) throw new Fault('not-found', 'There is no such job.');
      await store.note({ ...act, act: 'cancel-job', job });
      await runner.cancelJob(parties, makeCancelReason(act.reason));
      tell(act, 'An operator has ended a job.', { job });
    },
    async drain(by) {
      const act = makeAct(by);
      if (hold.current !== null) throw new Fault('conflict', 'Hand-outs are stopped already.');
      await store.note({ ...act, act: 'drain' });
      setHold({ sinceMs: act.atMs, reason: act.reason });
      tell(act, 'An operator has stopped hand-outs.');
    },
    async undrain(by) {
      const act = makeAct(by);
      if (hold.current === null) throw new Fault('conflict', 'Hand-outs are not stopped.');
      await store.note({ ...act, act: 'undrain' });
      setHold(null);
      tell(act, 'An operator lets hand-outs go on.');
    },
    async injectLiar(by) {
      const demo = wantLiar();
      const act = makeAct(by);
      await demo.inject();
      await store.note({ ...act, act: 'inject-liar' });
    },
    async stopLiar(by) {
      const demo = wantLiar();
      const act = makeAct(by);
      demo.stop();
      await store.note({ ...act, act: 'stop-liar' });
    },
  };
}

async function readOverview(parts: OperatorDeskParts): Promise<OperatorView> {
  const { config, build, receiptKey, storage, runner, gateway, upkeep, load, health, latency, hold, liar, nowMs } = parts;
  const { jobsRunning, shardsOpen, copiesOut, otherCoordinators } = runner.counts();
  const { changes, oldestMs } = runner.backlog();
  const { rss, heapUsed } = process.memoryUsage();
  const { loopDelayMs, cpuShare } = load.reading();
  const { sessionsLive, sessionsWaiting, overRtc } = gateway.counts;
  const stored = upkeep.storedBytes();
  const [healthNow, versions, demo] = await Promise.all([health.read(), storage.health.readVersions(), liar === null ? null : liar.read()]);
  const bytesOf = (what: string): number | null => stored[what] ?? null;
  return {
    atMs: nowMs(),
    health: healthNow,
    drained: hold.current,
    queue: { jobsRunning, shardsOpen, copiesOut, backlogChanges: changes, backlogOldestMs: oldestMs },
    latency: latency.read(),
    process: { loopDelayMs, cpuShare, memoryBytes: rss, heapBytes: heapUsed, upMs: healthNow.upMs },
    sockets: { live: sessionsLive, waiting: sessionsWaiting, rtc: overRtc, watchers: parts.countWatchers() },
    storage: {
      databaseBytes: bytesOf('database'),
      blobBytes: bytesOf('blobs'),
      freeBytes: Number.isFinite(upkeep.freeBytes()) ? upkeep.freeBytes() : null,
    },
    versions: {
      name: config.name,
      build,
      protocol: PROTOCOL_VERSION,
      oldestProtocol: OLDEST_PROTOCOL_VERSION,
      node: process.versions.node,
      ...versions,
      epoch: runner.epoch,
      others: otherCoordinators,
    },
    receiptKey,
    operators: config.operators,
    demo,
  };
}

async function listRows(
  { storage, runner }: OperatorDeskParts,
  show: 'connected' | 'doubtful' | 'banned',
  before: DeviceId | null,
  limit: number,
): Promise<readonly DeviceRow[]> {
  switch (show) {
    case 'banned':
      return storage.devices.listBanned({ before, limit });
    case 'doubtful':
      return storage.devices.listDoubtful({ before, limit });
    case 'connected': {
      const ids = runner.devices().map(({ device }) => device);
      const page = ids.filter((id) => before === null || id < before).sort((a, b) => b - a);
      return storage.devices.readDevices(page.slice(0, limit));
    }
  }
}

function addLive({ runner, gateway }: OperatorDeskParts, rows: readonly DeviceRow[]): readonly OperatorDevice[] {
  const connected = new Map(runner.devices().map((each) => [each.device, each]));
  const wires = gateway.wires();
  return rows.map(({ accountKind: _kind, ...row }) => {
    const here = connected.get(row.device);
    if (!here) return { ...row, live: null };
    const transport = wires.get(row.device) === 'rtc' ? 'rtc' : 'websocket';
    return { ...row, live: { engine: nameEngines(here.capabilities), transport, inFlight: here.inFlight } };
  });
}

function nameEngines({ engines, threads }: Capabilities): string {
  const names = engines.map(({ kind, label, isFallback }) => {
    if (kind === 'cpu') return `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    return isFallback ? `${label} (software)` : label;
  });
  return names.join(' · ');
}
