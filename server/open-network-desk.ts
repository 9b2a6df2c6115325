// What the network's page shows: read from the core, the samples and the database, once a turn for all who look.
import { createHmac } from 'node:crypto';
import type { HealthView } from '../src/protocol/api.ts';
import { NETWORK_LIMITS, type NetworkLive, type NetworkNow, type PublicDevice, type RecentShard } from '../src/protocol/api-network.ts';
import { Fault } from '../src/protocol/fault.ts';
import { type DeviceId, type Digest, isDigest, type JobId } from '../src/protocol/ids.ts';
import type { ConnectedDevice, CoordinatorRunner } from './coordinator/runner.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { NetworkDesk } from './http/network-desk.ts';
import { classifyDevice, describeEngine, startOfDay } from './operator/describe-device.ts';
import { firstStepMs, pickStepMs, spreadSamples } from './operator/spread-samples.ts';
import type { DeviceQueries } from './storage/device-queries.ts';
import type { NetworkQueries, ShardPlaceInJob } from './storage/network-queries.ts';
import type { PageQueries } from './storage/page-queries.ts';
import type { SampleStore } from './storage/sample-store.ts';
import type { Sampler } from './take-samples.ts';

const DAY_MS = 86_400_000;

export interface NetworkDeskParts {
  readonly name: string;
  readonly build: string;
  readonly receiptKey: string;
  /** Aliases of devices are derived from it and the day. */
  readonly secret: Uint8Array;
  readonly runner: Pick<CoordinatorRunner, 'counts' | 'votes' | 'devices' | 'epoch' | 'onNotices'>;
  readonly gateway: Pick<Gateway, 'wires'>;
  readonly sampler: Pick<Sampler, 'shardsPerMinute' | 'unsampledVotes'>;
  readonly storage: {
    readonly network: NetworkQueries;
    readonly samples: SampleStore;
    readonly devices: DeviceQueries;
    readonly pages: Pick<PageQueries, 'totals'>;
  };
  readonly readHealth: () => Promise<HealthView>;
  readonly nowMs: () => number;
}

export function openNetworkDesk(parts: NetworkDeskParts): NetworkDesk {
  const { storage, nowMs } = parts;
  const recent = createRecent(parts);
  const live = readOnce(nowMs, NETWORK_LIMITS.liveMs / 2, async (): Promise<NetworkLive> => {
    const [now, shards] = await Promise.all([readNow(parts), recent.read()]);
    return { now, recent: shards };
  });
  const devices = readOnce(nowMs, NETWORK_LIMITS.liveMs, () => listPublic(parts));
  let isSearching = false;

  async function findDigest(digest: Digest) {
    if (isSearching) {
      throw new Fault('too-many-requests', 'Another digest is being looked for; try again in a moment.', {
        facts: { retryAfterMs: 2_000 },
      });
    }
    isSearching = true;
    try {
      return await storage.network.findDigest(digest, NETWORK_LIMITS.lookUpFinds);
    } finally {
      isSearching = false;
    }
  }

  return {
    live,
    devices,
    async samples(hours) {
      const atMs = nowMs();
      const rows = await storage.samples.read({ fromMs: firstStepMs(hours, atMs), stepMs: pickStepMs(hours) });
      return spreadSamples(rows, hours, atMs);
    },
    async lookUp(wanted) {
      if (isDigest(wanted)) return { finds: await findDigest(wanted) };
      const job = await storage.network.findJob(Number(wanted) as JobId);
      return { finds: job === null ? [] : [job] };
    },
  };
}

/** The same answer for all who ask within so many milliseconds, and one reading under way at a time. */
function readOnce<Value>(nowMs: () => number, forMs: number, read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | null = null;
  let endedAtMs = Number.POSITIVE_INFINITY;
  return () => {
    if (reading === null || nowMs() - endedAtMs >= forMs) {
      endedAtMs = Number.POSITIVE_INFINITY;
      reading = read();
      const done = (): void => {
        endedAtMs = nowMs();
      };
      reading.then(done, () => {
        reading = null;
      });
    }
    return reading;
  };
}

async function readNow(parts: NetworkDeskParts): Promise<NetworkNow> {
  const { name, build, receiptKey, runner, gateway, sampler, storage, nowMs } = parts;
  const { contributors, devices, copiesOut, otherCoordinators } = runner.counts();
  const { waiting, disputed } = runner.votes();
  const countOf = (kind: 'gpu' | 'cpu'): number => devices.find((each) => each.kind === kind)?.count ?? 0;
  const wires = [...gateway.wires().values()];
  const rtc = wires.filter((wire) => wire === 'rtc').length;
  const [health, totals, jobsRunning, sampled] = await Promise.all([
    parts.readHealth(),
    storage.pages.totals(),
    storage.network.countRunning(),
    storage.samples.sumVotes(nowMs() - DAY_MS),
  ]);
  const fresh = sampler.unsampledVotes();
  return {
    atMs: nowMs(),
    contributors,
    devices: { gpu: countOf('gpu'), cpu: countOf('cpu') },
    transports: { rtc, websocket: wires.length - rtc },
    shardsPerMinute: sampler.shardsPerMinute(),
    shardsFinal: totals.shardsFinal,
    jobsRunning,
    copiesOut,
    resultsWaiting: waiting,
    votes: { agreed: sampled.agreed + fresh.agreed, outvoted: sampled.outvoted + fresh.outvoted },
    disputedShards: disputed,
    coordinator: { name, build, epoch: runner.epoch, status: health.status, upMs: health.upMs, others: otherCoordinators, receiptKey },
  };
}

/** Of thousands a second only the newest few of a turn are looked up. */
function createRecent({ runner, storage }: Pick<NetworkDeskParts, 'runner' | 'storage'>): { read(): Promise<readonly RecentShard[]> } {
  const { recentShards, freshShards } = NETWORK_LIMITS;
  let told: readonly RecentShard[] = [];
  let fresh: ShardPlaceInJob[] = [];
  let isFilled = false;
  runner.onNotices((notices) => {
    for (const notice of notices) {
      if (notice.type !== 'shard' || (notice.verdict !== 'final' && notice.verdict !== 'failed')) continue;
      fresh.push({ job: notice.job, index: notice.index });
    }
    if (fresh.length > freshShards) fresh = fresh.slice(-freshShards);
  });
  return {
    async read() {
      const places = isFilled ? fresh : [...fresh, ...(await storage.network.findRecent(recentShards))];
      fresh = [];
      isFilled = true;
      const found = await storage.network.describeShards(places);
      const newest = new Map([...told, ...found].map((shard) => [`${shard.job} ${shard.index}`, shard]));
      told = [...newest.values()].sort((a, b) => b.atMs - a.atMs).slice(0, recentShards);
      return told;
    },
  };
}

async function listPublic({ runner, storage, secret, nowMs }: NetworkDeskParts) {
  const connected = runner.devices();
  const shown = new Map(connected.slice(0, NETWORK_LIMITS.devices).map((each) => [each.device, each]));
  const today = startOfDay(nowMs());
  const rows = await storage.devices.readDevices([...shown.keys()]);
  const devices = rows.map((row): PublicDevice => {
    const { accountKind, capabilities } = shown.get(row.device) as ConnectedDevice;
    return {
      alias: makeAlias(secret, today, row.device),
      class: classifyDevice(accountKind, capabilities),
      ...describeEngine(capabilities),
      verified: row.verified,
      outvoted: row.outvotedExact + row.outvotedTolerance,
      sinceMs: startOfDay(row.sinceMs),
    };
  });
  // in no order that says who came when
  return { devices: devices.sort((a, b) => b.verified - a.verified || a.alias.localeCompare(b.alias)), connected: connected.length };
}

function makeAlias(secret: Uint8Array, dayMs: number, device: DeviceId): string {
  return createHmac('sha256', secret).update(`device alias ${dayMs} ${device}`).digest('hex').slice(0, 6);
}
