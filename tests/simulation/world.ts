// One simulated world: the whole network in one process from one plan, watched after every event and every commit.
import { hashBytes } from '../../server/blobs/blob-store.ts';
import type { CoordinatorState } from '../../server/coordinator/state.ts';
import { HOUSE, TREASURY } from '../../server/ledger/transfer.ts';
import type { AccountId, DeviceId, Digest } from '../../src/protocol/ids.ts';
import type { StageManifest } from '../../src/protocol/job.ts';
import { applyFault, type FaultWorld } from './apply-fault.ts';
import { type CoordinatorSlot, openSlot } from './coordinator-slot.ts';
import { checkLikes, checkRest, checkState } from './core-invariants.ts';
import { describeMessage } from './describe-message.ts';
import { checkLeft, watchJournal } from './journal-invariants.ts';
import { addAccount, addDevice, commitUnits, createTables, type JournalTables } from './journal-tables.ts';
import { createTrouble } from './journal-under-faults.ts';
import { createLink, type Link } from './network.ts';
import { type ContributorPlan, FIRST_REQUESTER, isHonest, type Plan } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { canEnd, checkNothingKept, countKept } from './rest-invariants.ts';
import type { Seams } from './seams.ts';
import { createSimulatedContributor, listBlocked, type SimulatedContributor } from './simulated-contributor.ts';
import type { SimulatedCoordinator } from './simulated-coordinator.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { type SimulatedRequest, startRequest } from './simulated-requester.ts';
import { createToldRecord, type ToldRecord } from './told-record.ts';
import { must, Violation } from './violation.ts';
import { createVirtualClock, type VirtualClock, WORLD_START_MS } from './virtual-clock.ts';
import { createWorldLog, type WorldLog } from './world-log.ts';

/** After the last fault every job must have ended within this: the longest lease is ten minutes, the rest is votes that are void. */
export const QUIET_MS = 20 * 60_000;
/** What is on its way when the last job ends has arrived by then. */
const SETTLE_MS = 15_000;
const GUEST_CAP = 2_000_000n;

export interface WorldOptions {
  readonly isTraced?: boolean;
  readonly seams?: Seams;
}

export interface WorldReport {
  readonly seed: number;
  readonly violation: Violation | null;
  /** Of virtual time, from the start to the end or to the violation. */
  readonly ranMs: number;
  readonly events: number;
  readonly commits: number;
  readonly finals: number;
  readonly told: ToldRecord['counts'];
  readonly jobs: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
}

export async function runWorld(plan: Plan, options: WorldOptions = {}): Promise<WorldReport> {
  const world = new World(plan, options);
  return world.run();
}

class World {
  private readonly clock: VirtualClock = createVirtualClock();
  private readonly log: WorldLog;
  private readonly random: Random;
  private readonly tables: JournalTables = createTables(GUEST_CAP);
  private readonly told: ToldRecord;
  private readonly seams: Seams;
  private readonly plan: Plan;
  private readonly blobs = new Map<Digest, Uint8Array>();
  private readonly manifests = new Map<Digest, StageManifest>();
  private readonly contributors: SimulatedContributor[] = [];
  private readonly requests: SimulatedRequest[] = [];
  private readonly journal: ReturnType<typeof watchJournal>;
  private readonly slots: CoordinatorSlot[] = [];
  private readonly links = new Map<number, number>();
  /** Requesters for whom a device computes nothing, of the few that have any. */
  private readonly blocked: ReadonlyMap<DeviceId, readonly AccountId[]>;
  private blobsHiddenUntilMs = 0;
  private violation: Violation | null = null;

  constructor(plan: Plan, options: WorldOptions) {
    this.plan = plan;
    this.seams = options.seams ?? {};
    const picky = plan.contributors.filter(({ blocksRequester }) => blocksRequester !== null);
    this.blocked = new Map(picky.map((contributor) => [deviceId(contributor.id), listBlocked(contributor)]));
    this.random = createRandom(plan.seed).fork('world');
    this.log = createWorldLog(options.isTraced ?? false, () => this.clock.nowMs() - WORLD_START_MS);
    this.told = createToldRecord({
      tables: this.tables,
      attempt: (check) => this.attempt(check),
      onHeard: ({ device }, message) => {
        if (message.type !== 'heartbeat') this.log.note('told', () => `device ${device - FIRST_ID}: ${describeMessage(message)}`);
      },
    });
    const liars = new Set(plan.contributors.filter(({ character }) => !isHonest(character)).map(({ account }) => accountId(account)));
    const random = this.random.fork('checks');
    this.journal = watchJournal({ tables: this.tables, random, isShared: plan.coordinators > 1, isLiar: (account) => liars.has(account) });
  }

  async run(): Promise<WorldReport> {
    this.openAccounts();
    for (let index = 0; index < this.plan.coordinators; index++) this.slots.push(this.openSlot(index));
    for (const contributor of this.plan.contributors) this.addContributor(contributor);
    for (const job of this.plan.jobs) this.requests.push(this.addRequest(job));
    const faultWorld = this.makeFaultWorld();
    for (const fault of this.plan.faults) this.clock.after(fault.atMs, () => applyFault(faultWorld, fault));
    await this.runFor(this.plan.faultsEndMs);
    this.calmDown();
    await this.runFor(QUIET_MS, () => this.isAllEnded());
    this.attempt(() => this.checkEnds());
    await this.runFor(SETTLE_MS);
    // a shard that was begun before may come back now
    await this.runFor(SETTLE_MS, () => !this.isAnythingKept());
    this.attempt(() => this.checkAtRest());
    return this.report();
  }

  private runFor(ms: number, isEnough: () => boolean = () => false): Promise<void> {
    if (this.violation) return Promise.resolve();
    return this.clock.runUntil(this.clock.nowMs() + ms, () => (this.violation || isEnough() ? 'stop' : 'go-on'));
  }

  /** Keeps the first violation; what the product throws by itself is one too. */
  private attempt(check: () => void): void {
    if (this.violation) return;
    try {
      check();
    } catch (cause) {
      this.violation =
        cause instanceof Violation
          ? cause
          : new Violation('nothing-thrown', cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
      this.log.note('violation', () => `${this.violation?.invariant}: ${this.violation?.message}`);
    }
  }

  private readonly onThrown = (who: string, cause: unknown): void => {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.attempt(() => must(false, 'nothing-thrown', () => `${who}: ${text}`));
  };

  private openAccounts(): void {
    addAccount(this.tables, TREASURY, 'treasury');
    addAccount(this.tables, HOUSE, 'house');
    addAccount(this.tables, SITE, 'site');
    for (const { account, kind, id } of this.plan.contributors) {
      if (!this.tables.accounts.has(accountId(account))) addAccount(this.tables, accountId(account), kind);
      if (account % VISITOR_EVERY === 0) this.tables.visitors.set(accountId(account), { account: SITE, percent: SITE_PERCENT });
      addDevice(this.tables, deviceId(id));
    }
    for (const { id, credit } of this.plan.requesters) {
      const account = requesterId(id);
      addAccount(this.tables, account, 'wallet');
      const transfer = { kind: 'grant', account, amount: BigInt(credit) } as const;
      commitUnits(this.tables, [{ changes: [{ kind: 'transfer', transfer, atMs: this.clock.nowMs() }] }], null);
    }
    this.told.noteBalances();
  }

  private openSlot(index: number): CoordinatorSlot {
    return openSlot({
      index,
      tables: this.tables,
      clock: this.clock,
      log: this.log,
      random: this.random.fork(`slot ${index}`),
      seams: this.seams,
      onWrite: (epoch) => {
        const isLiving = epoch !== null && this.tables.processes.has(epoch);
        this.attempt(() => must(isLiving, 'fence-holds', () => `Epoch ${epoch} wrote although another took its place.`));
      },
      onWritten: (units, { refused }) => {
        this.told.noteBalances();
        const changes = units.flatMap((unit, at) => (refused.has(at) ? [] : unit.changes));
        this.attempt(() => this.journal.afterCommit(changes));
      },
      onDead: (process) => {
        this.attempt(() => this.told.check());
        this.cutAll(process);
      },
      onThrown: this.onThrown,
      onStep: (state) =>
        this.attempt(() => {
          checkState(state);
          checkLikes(state, this.blocked);
        }),
    });
  }

  /** The system closes what a dead process had open. */
  private cutAll(process: SimulatedProcess): void {
    for (const { link } of this.contributors) {
      if (link?.server === process) link.cut({ clientMs: this.random.between(1, 500), serverMs: null });
    }
  }

  private addContributor(plan: ContributorPlan): void {
    for (let tab = 0; tab < plan.tabs; tab++) {
      const world = {
        clock: this.clock,
        log: this.log,
        connect: (who: ContributorPlan, process: SimulatedProcess, meddle: Parameters<typeof createLink>[0]['meddle']) =>
          this.connect(who, process, meddle),
        manifestOf: (digest: Digest) => this.manifests.get(digest)!,
        fetchBlob: (digest: Digest) => this.fetchBlob(digest),
        onThrown: this.onThrown,
      };
      const contributor = createSimulatedContributor(world, plan, tab, this.random.fork(`device ${plan.id} ${tab}`));
      this.contributors.push(contributor);
      this.clock.after(plan.joinsAtMs + tab * 1_500, () => contributor.start());
    }
  }

  private connect(plan: ContributorPlan, client: SimulatedProcess, meddle: Parameters<typeof createLink>[0]['meddle']): Link {
    const coordinator = this.pickCoordinator(`${plan.id} ${this.links.get(plan.id) ?? 0}`);
    if (!coordinator) throw new Error('The simulation has no coordinator now.');
    const account = accountId(plan.account);
    const device = deviceId(plan.id);
    const link = createLink({
      clock: this.clock,
      random: this.random.fork(`link ${plan.id} ${this.countLink(plan.id)}`),
      client,
      server: coordinator.process,
      latencyMs: plan.latencyMs,
      meddle,
      onSaid: this.told.listen({ account, device }),
    });
    const addressRange = plan.range === null ? null : `203.0.${plan.range}.0/24`;
    coordinator.process.enter(() => coordinator.accept(link, { account, accountKind: plan.kind, device, addressRange }));
    return link;
  }

  /** As a proxy in front of several picks one; null when none answers. */
  private pickCoordinator(who: string): SimulatedCoordinator | null {
    const open = this.slots.filter(({ isOpen }) => isOpen);
    return open.length === 0 ? null : this.random.fork(`proxy ${who}`).pick(open).coordinator;
  }

  private countLink(id: number): number {
    const count = (this.links.get(id) ?? 0) + 1;
    this.links.set(id, count);
    return count;
  }

  private fetchBlob(digest: Digest): Uint8Array | null {
    const isReachable = this.slots.some(({ isOpen }) => isOpen) && this.clock.nowMs() >= this.blobsHiddenUntilMs;
    return isReachable ? (this.blobs.get(digest) ?? null) : null;
  }

  private addRequest(job: Plan['jobs'][number]): SimulatedRequest {
    return startRequest(
      {
        clock: this.clock,
        log: this.log,
        told: this.told,
        coordinator: () => this.pickCoordinator(`request ${job.id} ${this.clock.nowMs()}`),
        putBlob: (bytes) => {
          const digest = hashBytes(bytes);
          this.blobs.set(digest, bytes);
          return digest;
        },
        accountOf: requesterId,
        onManifest: (digest, manifest) => void this.manifests.set(digest, manifest),
      },
      job,
    );
  }

  private makeFaultWorld(): FaultWorld {
    return {
      clock: this.clock,
      log: this.log,
      devices: (who) => this.contributors.filter(({ plan }) => plan.id === who),
      slot: (coordinator) => this.slots[coordinator % this.slots.length]!,
      hideBlobs: (forMs) => {
        this.blobsHiddenUntilMs = this.clock.nowMs() + forMs;
      },
    };
  }

  /** What was wrong is over, and who is honest is there: from now on every job must come to its end. */
  private calmDown(): void {
    this.log.note('world', () => 'nothing goes wrong any more');
    this.blobsHiddenUntilMs = 0;
    for (const { trouble, coordinator } of this.slots) {
      Object.assign(trouble, createTrouble());
      coordinator.post({ type: 'storage-low', isLow: false });
    }
    for (const contributor of this.contributors) {
      contributor.calm();
      if (isHonest(contributor.plan.character)) contributor.start();
    }
  }

  private isAllEnded(): boolean {
    if (!this.requests.every(({ isSettled }) => isSettled)) return false;
    const running = [...this.tables.jobs.values()].filter(({ state }) => state === 'running');
    if (running.length === 0) return true;
    // asked rarely: a job that nobody is left to compute need not end
    if (this.clock.rung % 2_048 > 0) return false;
    return running.every((job) => !canEnd(job, this.tables, this.contributors));
  }

  private checkEnds(): void {
    for (const job of this.tables.jobs.values()) {
      const isStuck = job.state === 'running' && canEnd(job, this.tables, this.contributors);
      must(!isStuck, 'job-ends', () => `Job ${job.record.id} still runs ${QUIET_MS / 60_000} minutes after the last fault.`);
    }
    for (const request of this.requests) {
      must(request.isSettled, 'job-ends', () => `A request for a job has had no answer.`);
    }
  }

  private isAnythingKept(): boolean {
    return this.listStates().some((state) => this.contributors.some((contributor) => countKept(contributor, state) > 0));
  }

  private listStates(): readonly CoordinatorState[] {
    return this.slots.flatMap(({ coordinator: { state } }) => (state ? [state] : []));
  }

  private checkAtRest(): void {
    this.told.check();
    const isOver = [...this.tables.jobs.values()].every(({ state }) => state !== 'running');
    for (const { coordinator } of this.slots) {
      const { runner, state } = coordinator;
      if (!runner || !state) return must(false, 'job-ends', () => 'A coordinator is not back although nothing is wrong any more.');
      if (isOver) checkRest(state);
      for (const contributor of this.contributors) checkNothingKept(contributor, state);
    }
    if (isOver) checkLeft(this.tables);
  }

  private report(): WorldReport {
    const jobs: Record<string, number> = {};
    for (const { state } of this.tables.jobs.values()) jobs[state] = (jobs[state] ?? 0) + 1;
    return {
      seed: this.plan.seed,
      violation: this.violation,
      ranMs: this.clock.nowMs() - WORLD_START_MS,
      events: this.clock.rung,
      commits: this.tables.commits,
      finals: [...this.tables.shards.values()].filter(({ verdict }) => verdict === 'final').length,
      told: this.told.counts,
      jobs,
      lines: this.log.lines,
    };
  }
}

/** Numbers in a plan begin at 0; below this are the treasury and the house. */
const FIRST_ID = 10;
/** One site in every world, and some who came through it. */
const SITE = 3 as AccountId;
const SITE_PERCENT = 70;
const VISITOR_EVERY = 3;
const accountId = (account: number): AccountId => (FIRST_ID + account) as AccountId;
const requesterId = (requester: number): AccountId => (FIRST_REQUESTER + requester) as AccountId;
const deviceId = (id: number): DeviceId => (FIRST_ID + id) as DeviceId;
