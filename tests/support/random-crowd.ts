// A seeded crowd around the real core: devices that join, leave, lie, fail and come back, and a journal that may lose its last commit.
import type { Change, LoadedState, LoadedVote } from '../../server/coordinator/change.ts';
import type { CoordinatorEvent } from '../../server/coordinator/event.ts';
import { type CoordinatorState, createState } from '../../server/coordinator/state.ts';
import { step } from '../../server/coordinator/step.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import type { Assignment, AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { AccountId, DeviceId, JobId, ShardId } from '../../src/protocol/ids.ts';
import { type Likes, NO_LIKES } from '../../src/protocol/likes.ts';
import { outputRoot } from '../../src/protocol/merkle.ts';
import type { FailureCode, Result } from '../../src/protocol/result.ts';
import { ratePerSecond, workOfShard } from '../../src/protocol/work.ts';
import { SECRET } from './core-driver.ts';
import { BYTES_PER_WORKGROUP } from './make-job-record.ts';
import { whereIsShard } from './where-is-shard.ts';

export const TRUTH = 9;

/** mulberry32: small, and the same everywhere. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface CrowdDevice {
  readonly device: number;
  readonly account: number;
  readonly range: string | null;
  readonly kind: 'gpu' | 'cpu';
  readonly isHonest: boolean;
  sessions: number[];
  held: Assignment[];
  /** Results without a final word: sent again when it is back. */
  kept: Assignment[];
  asked: AssignmentClaim[];
}

export class RandomCrowd {
  state: CoordinatorState;
  readonly changes: Change[] = [];
  readonly records = new Map<number, JobRecord>();
  readonly devices: CrowdDevice[] = [];
  readonly random: () => number;
  /** What each session said last. */
  private readonly likes = new Map<number, Likes>();
  nowMs = 1_000;
  /** Changes before this are committed. */
  private committed = 0;
  private epoch = 1;
  private lastSession = 0;

  constructor(seed: number) {
    this.random = createRandom(seed);
    this.state = createState({ epoch: this.epoch, macSecret: SECRET, loaded: this.load() });
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  pick<Value>(values: readonly Value[]): Value | undefined {
    return values[this.below(values.length)];
  }

  add(device: Omit<CrowdDevice, 'sessions' | 'held' | 'kept' | 'asked'>): CrowdDevice {
    const added: CrowdDevice = { ...device, sessions: [], held: [], kept: [], asked: [] };
    this.devices.push(added);
    return added;
  }

  post(event: CoordinatorEvent): void {
    const { changes, messages } = step(this.state, event, this.nowMs);
    this.changes.push(...changes);
    const receipts = new Map<number, number>();
    for (const { session, message } of messages) {
      if (message.type === 'receipts') receipts.set(session, message.receipts.length);
      const to = this.devices.find(({ sessions }) => sessions.includes(session));
      if (!to) continue;
      if (message.type === 'assignments') {
        for (const { shard } of message.assignments) this.checkLiked(session, shard.job);
        to.held.push(...message.assignments);
      }
      if (message.type === 'cancel') to.held = to.held.filter(({ claim }) => !message.shards.includes(claim.shard));
      if (message.type === 'bytes-wanted') to.asked.push(message.claim);
      if (message.type === 'receipts') {
        const done = message.receipts.filter(({ vote, refusal }) => vote !== 'waiting' || refusal);
        to.kept = to.kept.filter(({ claim }) => !done.some((one) => one.shard === claim.shard && one.copy === claim.copy));
      }
    }
    if (receipts.size > 0) this.post({ type: 'acknowledged', receipts });
  }

  openJob(job: JobRecord): void {
    this.records.set(job.id, job);
    this.changes.push({ kind: 'job-created', job, owned: job.blocks.length });
    this.commit();
    this.post({ type: 'job-opened', job });
  }

  join(device: CrowdDevice): void {
    const session = ++this.lastSession;
    device.sessions.push(session);
    const engine = { kind: device.kind, label: 'test', isFallback: false, maxBufferBytes: 1e9 } as const;
    this.post({
      type: 'session-opened',
      session,
      account: device.account as AccountId,
      accountKind: 'guest',
      device: device.device as DeviceId,
      addressRange: device.range,
      capabilities: { engines: [engine], threads: 2 },
      record: null,
    });
    for (const assignment of [...device.kept]) this.send(device, assignment, this.random() < 0.5);
  }

  close(device: CrowdDevice): void {
    const session = this.pick(device.sessions);
    if (session === undefined) return;
    device.sessions = device.sessions.filter((one) => one !== session);
    this.post({ type: 'session-closed', session });
  }

  prefer(device: CrowdDevice, likes: Likes): void {
    const session = device.sessions.at(-1);
    if (session === undefined) return;
    this.likes.set(session, likes);
    this.post({ type: 'likes-changed', session, likes });
  }

  private checkLiked(session: number, job: JobId): void {
    const likes = this.likes.get(session) ?? NO_LIKES;
    const { requester, pricePerCopy, manifest } = this.records.get(job)!;
    const isBlocked = likes.blockedJobs.includes(job) || likes.blockedRequesters.includes(requester);
    if (isBlocked || ratePerSecond(pricePerCopy, workOfShard(manifest)) < likes.minRate)
      throw new Error(`Session ${session} was given job ${job}, which it does not like.`);
  }

  want(device: CrowdDevice, count: number): void {
    const session = device.sessions.at(-1);
    if (session !== undefined) this.post({ type: 'shards-wanted', session, count, workgroupsPerSecond: this.below(3) });
  }

  /** Computes and sends one of its shards: rightly, or as its account lies. */
  answer(device: CrowdDevice, assignment: Assignment, withBytes: boolean): void {
    device.held = device.held.filter((other) => other !== assignment);
    if (!device.kept.includes(assignment)) device.kept.push(assignment);
    this.send(device, assignment, withBytes);
  }

  fail(device: CrowdDevice, assignment: Assignment, code: FailureCode): void {
    device.held = device.held.filter((other) => other !== assignment);
    this.report(device, assignment, { kind: 'failed', code, message: 'it broke' }, null);
  }

  release(device: CrowdDevice): void {
    for (const assignment of device.held.splice(0)) this.report(device, assignment, { kind: 'released' }, null);
  }

  giveBytes(device: CrowdDevice, isRight: boolean): void {
    const claim = device.asked.pop();
    const session = device.sessions.at(-1);
    if (!claim || session === undefined) return;
    const outputs = [this.outputOf(claim, isRight ? this.fillOf(device, claim.shard) : 200)];
    this.post({ type: 'bytes-arrived', session, claim, mac: new Uint8Array(16), outputs });
  }

  clock(ms: number): void {
    this.nowMs += ms;
    this.post({ type: 'clock' });
  }

  /** All that was decided is durable. */
  commit(): void {
    this.committed = this.changes.length;
  }

  /** The last commit was lost; `isKill`: with the whole process, so that every device must come back to a new epoch. */
  restart(isKill: boolean): void {
    this.changes.length = this.committed;
    if (isKill) this.epoch++;
    const lasting = isKill ? {} : { previous: this.state };
    this.state = createState({ epoch: this.epoch, macSecret: SECRET, loaded: this.load(), ...lasting });
    for (const device of this.devices) {
      device.sessions = [];
      device.asked = [];
    }
    this.post({ type: 'clock' });
  }

  private fillOf(device: CrowdDevice, shard: ShardId): number {
    return device.isHonest ? TRUTH : 20 + ((device.account * 7 + shard) % 150);
  }

  private send(device: CrowdDevice, assignment: Assignment, withBytes: boolean): void {
    const output = this.outputOf(assignment.claim, this.fillOf(device, assignment.claim.shard));
    const isTolerant = this.records.get(assignment.shard.job)!.manifest.outputs[0]!.comparison.kind === 'tolerance';
    // a GPU may have been lost on the way: then the CPU computed it
    const engine = device.kind === 'gpu' && this.random() < 0.9 ? 'gpu' : 'cpu';
    const outputs = [{ root: output.root, bytes: output.bytes.length, payloadOffset: null }];
    this.report(device, assignment, { kind: 'done', outputs, elapsedMs: 1, engine }, withBytes || isTolerant ? output : null);
  }

  private report(
    device: CrowdDevice,
    { claim, mac }: Assignment,
    outcome: Result['outcome'],
    output: ReturnType<RandomCrowd['outputOf']> | null,
  ): void {
    const session = device.sessions.at(-1);
    if (session === undefined) return;
    const outputs = [output && [output]];
    const [wanted, workgroupsPerSecond] = [this.below(3), this.below(3)];
    this.post({ type: 'results-arrived', session, results: [{ claim, mac, outcome }], outputs, wanted, workgroupsPerSecond });
  }

  private outputOf(claim: AssignmentClaim, fill: number) {
    const { record, count } = whereIsShard(this.records.values(), claim.shard);
    const output = record.manifest.outputs[0]!;
    const bytes = new Uint8Array(count * BYTES_PER_WORKGROUP).fill(fill);
    return { name: output.name, root: outputRoot(output, bytes), bytes };
  }

  /** What a journal that wrote `changes` would read back. */
  private load(): LoadedState {
    const jobs = new Map<number, JobRecord>();
    const shards = new Map<number, LoadedState['shards'][number]>();
    const votes = new Map<string, LoadedVote>();
    for (const change of this.changes) {
      if (change.kind === 'job-created') jobs.set(change.job.id, change.job);
      if (change.kind === 'job-ended') jobs.delete(change.job);
      if (change.kind === 'shard-judged') shards.set(change.shard, change);
      if (change.kind === 'vote-cast') {
        const key = `${change.shard}:${change.account}`;
        const known = votes.get(key);
        if (!known || known.state === 'withheld') votes.set(key, change);
      }
      if (change.kind === 'vote-settled') settle(votes, change);
    }
    const isOpen = ({ shard }: LoadedVote) => !['final', 'failed'].includes(shards.get(shard)?.verdict ?? '');
    return { jobs: [...jobs.values()], shards: [...shards.values()], votes: [...votes.values()].filter(isOpen), devices: [] };
  }
}

/** Exactly one vote has the number: two would both be settled by it. */
function settle(votes: Map<string, LoadedVote>, { shard, copy, state }: Extract<Change, { kind: 'vote-settled' }>): void {
  const found = [...votes].filter(([, vote]) => vote.shard === shard && vote.copy === copy);
  if (found.length !== 1) throw new Error(`${found.length} votes of shard ${shard} have the number ${copy}.`);
  const [key, vote] = found[0]!;
  votes.set(key, { ...vote, state, outputs: null });
}
