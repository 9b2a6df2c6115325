// A seed becomes a plan: some worlds are calm, some small, some full of liars, most have a bit of everything.

import {
  type Character,
  type ContributorPlan,
  type FaultKind,
  type FaultPlan,
  isHonest,
  type JobPlan,
  type Plan,
  type RequesterPlan,
} from './plan.ts';
import { createRandom, type Random } from './random.ts';

export interface PlanOptions {
  /** Virtual minutes in which things go wrong. */
  readonly minutes?: number;
}

export function makePlan(seed: number, { minutes }: PlanOptions = {}): Plan {
  const random = createRandom(seed);
  const shape = random.fork('shape');
  const faultsEndMs = Math.round((minutes ?? shape.pick([0.2, 0.3, 0.5, 0.5, 1])) * 60_000);
  const jobs = makeJobs(random.fork('jobs'), faultsEndMs);
  const contributors = makeContributors(random.fork('crowd'), faultsEndMs, jobs);
  const faults = makeFaults(random.fork('faults'), faultsEndMs, contributors);
  const requesters = makeRequesters(random.fork('requesters'), jobs);
  const coordinators = shape.isTrue(0.25) ? 2 : 1;
  return { seed, faultsEndMs, coordinators, contributors, requesters, jobs, faults };
}

function makeJobs(random: Random, endMs: number): readonly JobPlan[] {
  return Array.from({ length: 1 + random.below(4) }, (_, id): JobPlan => {
    const quorum = random.pick([1, 2, 2, 2, 3]);
    // above four thousand bytes they do not come along with the result and must be asked for
    const isLarge = random.isTrue(0.3);
    const opensAtMs = random.isTrue(0.4) ? 0 : random.below(endMs * 0.7);
    return {
      id,
      requester: random.below(2),
      opensAtMs,
      cancelsAtMs: random.isTrue(0.2) ? opensAtMs + random.below(endMs) : null,
      shards: random.pick([1, 2, 3, 5, 8, 13, 20, 20, 35, random.isTrue(0.2) ? 200 : 50]),
      blockShards: random.pick([3, 16, 1_024]),
      workgroupsPerShard: isLarge ? 4 : random.pick([1, 2, 4]),
      bytesPerWorkgroup: isLarge ? 1_028 : random.pick([4, 8]),
      quorum,
      maxCopies: Math.min(7, quorum + random.pick([0, 1, 2, 3])),
      isTolerant: random.isTrue(0.25),
      isGpuOnly: random.isTrue(0.15),
      deadlineAfterMs: random.isTrue(0.2) ? random.pick([3_000, 20_000, 60_000, 120_000]) : null,
      pricePerCopy: random.pick([1, 7, 1_000, 40_000]),
    };
  });
}

function makeRequesters(random: Random, jobs: readonly JobPlan[]): readonly RequesterPlan[] {
  return [0, 1].map((id) => {
    const wished = jobs.filter(({ requester }) => requester === id).map((job) => job.shards * job.quorum * job.pricePerCopy);
    const total = wished.reduce((sum, price) => sum + price, 0);
    // some can pay for all, some to the last micro-credit, some for a part of it
    return { id, credit: random.pick([total * 2, total, total, Math.max(0, total - 1), Math.round(total * random.next())]) };
  });
}

function makeContributors(random: Random, endMs: number, jobs: readonly JobPlan[]): readonly ContributorPlan[] {
  const quorum = Math.max(...jobs.map((job) => job.quorum));
  const honest = quorum + 1 + random.below(4);
  const liars = random.isTrue(0.35) ? 0 : 1 + random.below(4);
  const likes = random.fork('likes');
  const lies: readonly Character[] = ['random-liar', 'colluder', 'colluder', 'withholder', 'failing', 'breaking'];
  return Array.from({ length: honest + liars }, (_, id): ContributorPlan => {
    const character = id < honest ? random.pick<Character>(['honest', 'honest', 'honest', 'deviating', 'doubling']) : random.pick(lies);
    return {
      id,
      // a second device of an account is no second voice
      account: id > 0 && id >= quorum && random.isTrue(0.1) ? random.below(id) : id,
      kind: random.isTrue(0.7) ? 'guest' : 'headless',
      // the first are independent of each other, so that a quorum can be found
      range: random.isTrue(0.2) ? null : id <= quorum ? id : random.below(honest + liars),
      engine: id <= quorum || random.isTrue(0.3) ? 'gpu' : 'cpu',
      threads: random.pick([1, 1, 2, 4]),
      character,
      joinsAtMs: random.isTrue(0.5) ? random.below(2_000) : random.below(endMs),
      shardMs: random.pick([30, 100, 300, 1_000, 4_000]),
      latencyMs: random.pick([1, 5, 20, 80, 300]),
      skewMs: random.isTrue(0.7) ? 0 : Math.round(random.between(-86_400_000, 86_400_000)),
      tabs: random.isTrue(0.1) ? 2 : 1,
      blocksRequester: id > quorum && likes.fork(id).isTrue(0.3) ? likes.fork(id).below(2) : null,
    };
  });
}

const COMMON: readonly FaultKind[] = ['cut', 'cut', 'lag', 'silence', 'crash', 'crash', 'vanish', 'pause', 'stop', 'sleep', 'clock-set'];
const DEEP: readonly FaultKind[] = [
  'store-full',
  'blobs-missing',
  'commit-fails',
  'answer-lost',
  'slow-commits',
  'load-fails',
  'disk-full',
  'coordinator-crash',
  'coordinator-crash',
  'coordinator-frozen',
  'coordinator-drains',
  'overloaded',
  'commit-late',
  'claim-lost',
];

function makeFaults(random: Random, endMs: number, contributors: readonly ContributorPlan[]): readonly FaultPlan[] {
  const level = random.pick([0, 0.3, 1, 1, 2, 4]);
  const kinds = [...COMMON, ...DEEP].filter(() => random.isTrue(0.6));
  if (kinds.length === 0) return [];
  const count = Math.round((level * endMs) / 6_000);
  const faults = Array.from({ length: count }, (_, id) => makeFault(random, id, random.pick(kinds), endMs, contributors));
  return faults.sort((a, b) => a.atMs - b.atMs);
}

function makeFault(random: Random, id: number, kind: FaultKind, endMs: number, contributors: readonly ContributorPlan[]): FaultPlan {
  const at = { id, atMs: random.below(endMs), coordinator: random.below(2) };
  const who = random.below(contributors.length);
  const forMs = Math.round(random.pick([500, 3_000, 12_000, 40_000]) * random.between(0.5, 1.5));
  const seen = (): number | null => (random.isTrue(0.25) ? null : random.pick([0, 50, 2_000, 9_000]));
  switch (kind) {
    case 'cut':
      return { ...at, kind, who, clientMs: seen(), serverMs: seen() };
    case 'lag':
      return { ...at, kind, who, extraMs: random.pick([200, 2_000, 6_000]), forMs };
    case 'silence':
      return { ...at, kind, who };
    case 'crash':
      return { ...at, kind, who, when: random.pick(['now', 'before-store', 'after-store']), downMs: forMs };
    case 'vanish': {
      // who is honest comes back; the others need not
      const liars = contributors.filter(({ character }) => !isHonest(character));
      return { ...at, kind, who: liars.length > 0 ? random.pick(liars).id : who };
    }
    case 'pause':
    case 'stop':
    case 'sleep':
    case 'store-full':
      return { ...at, kind, who, forMs };
    case 'clock-set':
      return { ...at, kind, who: random.isTrue(0.3) ? null : who, byMs: random.pick([-90_000, -5_000, 5_000, 40_000, 90_000]) };
    case 'blobs-missing':
    case 'overloaded':
      return { ...at, kind, forMs };
    case 'commit-late':
      return { ...at, kind, lateMs: random.pick([2, 20, 500, 5_000]) };
    case 'coordinator-drains':
      return { ...at, kind, downMs: random.pick([100, 2_000]) };
    case 'commit-fails':
    case 'answer-lost':
    case 'load-fails':
    case 'claim-lost':
      return { ...at, kind, times: 1 + random.below(3) };
    case 'slow-commits':
      return { ...at, kind, commitMs: random.pick([200, 1_500, 8_000]), forMs };
    case 'disk-full':
      return { ...at, kind, forMs, isNoticed: random.isTrue(0.7) };
    case 'coordinator-crash':
      return { ...at, kind, when: random.pick(['now', 'before-write', 'after-write']), downMs: random.pick([100, 1_000, 5_000, 15_000]) };
    case 'coordinator-frozen':
      return { ...at, kind, takenOverAfterMs: random.pick([100, 2_000, 12_000]), wakesAfterMs: random.pick([1_000, 5_000, 20_000]) };
  }
}
