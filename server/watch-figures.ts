// Metrics, read from what the parts count anyway at the moment somebody looks.

import type { CoordinatorRunner } from './coordinator/runner.ts';
import { type CountedJournal, changeFigures } from './count-changes.ts';
import { type CountedDeliverer, deliveryFigures } from './count-deliveries.ts';
import type { Gateway } from './gateway/gateway.ts';
import { createMetrics, type Figure, type Metrics } from './observe/metrics.ts';
import type { Storage } from './open-storage.ts';
import type { Upkeep } from './start-upkeep.ts';

/** A commit is some milliseconds on a good disk; above a second something is wrong. */
const COMMIT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const COMMIT_SIZES = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384];

export interface FigureParts {
  readonly runner: CoordinatorRunner;
  readonly gateway: Gateway;
  readonly storage: Pick<Storage, 'health'>;
  readonly upkeep: Upkeep;
  readonly changes: CountedJournal['counts'];
  readonly deliveries: CountedDeliverer['counts'];
  readonly build: string;
}

export interface Figures {
  readonly observeRequest: Metrics['observeRequest'];
  readonly readMetrics: Metrics['read'];
  addWatchers(count: () => number): void;
  readonly add: Metrics['add'];
}

export function watchFigures({ runner, gateway, storage, upkeep, changes, deliveries, build }: FigureParts): Figures {
  const metrics = createMetrics();
  watchCommits(runner, metrics);
  metrics.add([
    {
      name: 'build_info',
      kind: 'level',
      help: '1, with the version as label.',
      label: 'version',
      read: () => ({ [build]: 1 }),
    },
    ...coordinatorFigures(runner),
    ...changeFigures(changes),
    ...deliveryFigures(deliveries),
    ...gatewayFigures(gateway),
    ...poolFigures(storage.health),
    ...diskFigures(upkeep),
  ]);
  return {
    observeRequest: metrics.observeRequest,
    readMetrics: metrics.read,
    addWatchers: (count) => metrics.add([{ name: 'job_watchers', kind: 'level', help: 'Event streams of jobs open now.', read: count }]),
    add: metrics.add,
  };
}

function watchCommits(runner: Pick<CoordinatorRunner, 'onCommit'>, metrics: Metrics): void {
  const seconds = metrics.addHistogram('commit_seconds', 'Time that group commits took.', COMMIT_SECONDS);
  const units = metrics.addHistogram('commit_units', 'Decisions in a group commit.', COMMIT_SIZES);
  const changes = metrics.addHistogram('commit_changes', 'Changes in a group commit.', COMMIT_SIZES);
  let failed = 0;
  metrics.add([{ name: 'commits_failed_total', kind: 'count', help: 'Group commits of which nothing was written.', read: () => failed }]);
  runner.onCommit((commit) => {
    if (commit.hasFailed) failed++;
    else {
      seconds(commit.tookMs / 1_000);
      units(commit.units);
      changes(commit.changes);
    }
  });
}

function coordinatorFigures(runner: CoordinatorRunner): readonly Figure[] {
  const level = (name: string, help: string, read: () => number): Figure => ({ name, kind: 'level', help, read });
  return [
    level('epoch', 'Of this process; it grows with each start.', () => runner.epoch),
    level('backlog_changes', 'Changes decided and not yet durable.', () => runner.backlog().changes),
    level('backlog_oldest_seconds', 'Age of the oldest of them.', () => runner.backlog().oldestMs / 1_000),
    level('jobs_running', 'Jobs in play.', () => runner.counts().jobsRunning),
    level('contributors', 'Accounts with a device connected.', () => runner.counts().contributors),
    {
      name: 'devices',
      kind: 'level',
      help: 'Devices connected, by engine.',
      label: 'engine',
      read: () => Object.fromEntries(runner.counts().devices.map(({ kind, count }) => [kind, count])),
    },
    level('workgroups_per_second', 'Speed of all devices as they measured it.', () => runner.counts().workgroupsPerSecond),
    level('copies_out', 'Copies of shards that devices hold now.', () => runner.counts().copiesOut),
    level('shards_open', 'Shards handed out and not decided.', () => runner.counts().shardsOpen),
    level('other_coordinators', 'Other coordinators that live on this database.', () => runner.counts().otherCoordinators),
  ];
}

function poolFigures(health: Storage['health']): readonly Figure[] {
  return [
    {
      name: 'database_connections',
      kind: 'level',
      help: 'Connections to the database, by what they do.',
      label: 'state',
      read: () => {
        const { connections, idle } = health.readPool();
        return { idle, busy: connections - idle };
      },
    },
    {
      name: 'database_waiting',
      kind: 'level',
      help: 'Queries that wait for a connection.',
      read: () => health.readPool().waiting,
    },
  ];
}

function diskFigures(upkeep: Upkeep): readonly Figure[] {
  return [
    { name: 'disk_free_bytes', kind: 'level', help: 'Free bytes under the blobs.', read: () => upkeep.freeBytes() },
    {
      name: 'stored_bytes',
      kind: 'level',
      help: 'Bytes of the database, and of the blobs in files; read every five minutes.',
      label: 'what',
      read: () => upkeep.storedBytes(),
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
