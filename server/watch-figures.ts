// Health and metrics, read from what the parts count anyway.
import type { HealthView } from '../src/protocol/api.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import type { Gateway } from './gateway/gateway.ts';
import { readHealth } from './observe/health.ts';
import { createMetrics, type Figure, type Metrics } from './observe/metrics.ts';
import type { Storage } from './open-storage.ts';
import type { Upkeep } from './start-upkeep.ts';

const TRIAL_MS = 60_000;

export interface FigureParts {
  readonly runner: CoordinatorRunner;
  readonly gateway: Gateway;
  readonly storage: Storage;
  readonly upkeep: Upkeep;
  readonly build: string;
}

export interface Figures {
  readonly observeRequest: Metrics['observeRequest'];
  readonly readMetrics: Metrics['read'];
  readHealth(): Promise<HealthView>;
  addWatchers(count: () => number): void;
  setDraining(): void;
}

export function watchFigures({ runner, gateway, storage, upkeep, build }: FigureParts): Figures {
  const metrics = createMetrics();
  const startedAtMs = Date.now();
  let isDraining = false;
  let shardsFinal = 0;
  runner.onNotices((notices) => {
    for (const notice of notices) if (notice.type === 'shard' && notice.verdict === 'final') shardsFinal++;
  });
  metrics.add([
    ...coordinatorFigures(runner, () => shardsFinal),
    ...gatewayFigures(gateway),
    {
      name: 'disk_free_bytes',
      kind: 'level',
      help: 'Free bytes under the blobs.',
      read: () => upkeep.freeBytes(),
    },
  ]);
  let trialAtMs = Number.NEGATIVE_INFINITY;
  let trial: ReturnType<Storage['pages']['trialBalance']> | null = null;
  // it reads every line of the ledger, so probes share one reading a minute
  const readTrial = () => {
    if (trial === null || Date.now() - trialAtMs > TRIAL_MS) [trial, trialAtMs] = [storage.pages.trialBalance(), Date.now()];
    return trial;
  };
  const checks = [
    { name: 'database', run: async () => `It answers; ${(await storage.pages.totals()).shardsFinal} shards are final.` },
    {
      name: 'ledger',
      run: async () => {
        const trial = await readTrial();
        if (trial.sumEntries !== 0n || trial.sumBalances !== 0n || trial.negative.length > 0 || trial.drifted.length > 0) {
          throw new Error(
            `The ledger is out of balance: entries ${trial.sumEntries}, balances ${trial.sumBalances}, accounts ${[...trial.negative, ...trial.drifted].join(', ')}.`,
          );
        }
        return 'It balances.';
      },
    },
    {
      name: 'disk',
      run: () => {
        if (upkeep.isStorageLow()) throw new Error(`Only ${upkeep.freeBytes()} bytes are free; nothing is handed out.`);
        return `${upkeep.freeBytes()} bytes are free.`;
      },
    },
  ];
  return {
    observeRequest: metrics.observeRequest,
    readMetrics: metrics.read,
    readHealth: () => readHealth({ checks, build, startedAtMs, nowMs: Date.now, isDraining: () => isDraining }),
    addWatchers: (count) => metrics.add([{ name: 'job_watchers', kind: 'level', help: 'Event streams of jobs open now.', read: count }]),
    setDraining() {
      isDraining = true;
    },
  };
}

function coordinatorFigures(runner: CoordinatorRunner, shardsFinal: () => number): readonly Figure[] {
  return [
    { name: 'shards_final_total', kind: 'count', help: 'Shards made final since the start.', read: shardsFinal },
    { name: 'jobs_running', kind: 'level', help: 'Jobs in play.', read: () => runner.counts().jobsRunning },
    { name: 'contributors', kind: 'level', help: 'Accounts with a device connected.', read: () => runner.counts().contributors },
    {
      name: 'devices',
      kind: 'level',
      help: 'Devices connected, by engine.',
      label: 'engine',
      read: () => Object.fromEntries(runner.counts().devices.map(({ kind, count }) => [kind, count])),
    },
    {
      name: 'workgroups_per_second',
      kind: 'level',
      help: 'Speed of all devices as they measured it.',
      read: () => runner.counts().workgroupsPerSecond,
    },
  ];
}

function gatewayFigures({ counts }: Gateway): readonly Figure[] {
  return [
    { name: 'sessions_live', kind: 'level', help: 'Sessions past their hello.', read: () => counts.sessionsLive },
    { name: 'sessions_rtc', kind: 'level', help: 'Sessions over WebRTC.', read: () => counts.overRtc },
    { name: 'sessions_opened_total', kind: 'count', help: 'Connections accepted.', read: () => counts.opened },
    { name: 'sessions_ended_total', kind: 'count', help: 'Connections ended, by reason.', label: 'reason', read: () => counts.ended },
    { name: 'messages_in_total', kind: 'count', help: 'Messages from devices.', read: () => counts.messagesIn },
    { name: 'messages_out_total', kind: 'count', help: 'Messages to devices.', read: () => counts.messagesOut },
    { name: 'message_bytes_in_total', kind: 'count', help: 'Bytes from devices.', read: () => counts.bytesIn },
    { name: 'message_bytes_out_total', kind: 'count', help: 'Bytes to devices.', read: () => counts.bytesOut },
    {
      name: 'refusals_total',
      kind: 'count',
      help: 'Messages and connections refused, by code.',
      label: 'code',
      read: () => counts.refused as Record<string, number>,
    },
  ];
}
