// Drives the coordinator core by hand: sessions, wishes, results with chosen bytes, and what came of them.

import type { Change, LoadedState } from '../../server/coordinator/change.ts';
import type { CoordinatorEvent, Outcome } from '../../server/coordinator/event.ts';
import { type CoordinatorState, createState } from '../../server/coordinator/state.ts';
import { step } from '../../server/coordinator/step.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import type { Assignment } from '../../src/protocol/assignment.ts';
import { resultDigest } from '../../src/protocol/canonical.ts';
import type { AccountId, DeviceId, ShardId } from '../../src/protocol/ids.ts';
import { outputRoot } from '../../src/protocol/merkle.ts';
import type { ServerMessage } from '../../src/protocol/messages.ts';
import type { FailureCode, Result } from '../../src/protocol/result.ts';
import { whereIsShard } from './where-is-shard.ts';

export const SECRET = new Uint8Array(32).fill(7);
const EMPTY: LoadedState = { jobs: [], shards: [], votes: [], devices: [] };

export interface DriverOptions {
  readonly jobs?: readonly JobRecord[];
  readonly loaded?: Partial<LoadedState>;
  readonly epoch?: number;
}

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

export class CoreDriver {
  readonly state: CoordinatorState;
  readonly changes: Change[] = [];
  readonly inbox = new Map<number, ServerMessage[]>();
  nowMs = 1_000;
  /** What is decided is written at once, and its receipts leave, as after a commit. */
  isDurable = true;
  /** Every job there ever was: results may come when theirs has ended. */
  private readonly records = new Map<number, JobRecord>();

  constructor(options: DriverOptions = {}) {
    this.state = createState({ epoch: options.epoch ?? 1, macSecret: SECRET, loaded: { ...EMPTY, ...options.loaded } });
    for (const job of options.loaded?.jobs ?? []) this.records.set(job.id, job);
    for (const job of options.jobs ?? []) this.post({ type: 'job-opened', job });
  }

  post(event: CoordinatorEvent): Outcome {
    if (event.type === 'job-opened') this.records.set(event.job.id, event.job);
    if (event.type === 'blocks-claimed') {
      for (const job of event.loaded.jobs) {
        const blocks = [...(this.records.get(job.id)?.blocks ?? []), ...job.blocks];
        this.records.set(job.id, { ...job, blocks });
      }
    }
    const outcome = step(this.state, event, this.nowMs);
    this.changes.push(...outcome.changes);
    const receipts = new Map<number, number>();
    for (const { session, message } of outcome.messages) {
      const box = this.inbox.get(session);
      if (box) box.push(message);
      else this.inbox.set(session, [message]);
      if (message.type === 'receipts') receipts.set(session, message.receipts.length);
    }
    if (receipts.size > 0 && this.isDurable) this.post({ type: 'acknowledged', receipts });
    return outcome;
  }

  /** A device with the session's own number as account and device, unless told otherwise. */
  join(
    session: number,
    options: {
      readonly account?: number;
      readonly device?: number;
      readonly range?: string | null;
      readonly kind?: 'gpu' | 'cpu';
      readonly maxBufferBytes?: number;
      readonly threads?: number;
    } = {},
  ): void {
    const engine = {
      kind: options.kind ?? 'cpu',
      label: 'test',
      isFallback: false,
      maxBufferBytes: options.maxBufferBytes ?? 1e9,
    } as const;
    this.post({
      type: 'session-opened',
      session,
      account: (options.account ?? session) as AccountId,
      accountKind: 'guest',
      device: (options.device ?? session) as DeviceId,
      addressRange: options.range ?? null,
      capabilities: { engines: [engine], threads: options.threads ?? 1 },
      record: null,
    });
  }

  want(session: number, count = 1, workgroupsPerSecond = 0): readonly Assignment[] {
    const before = this.take(session, 'assignments').length;
    this.post({ type: 'shards-wanted', session, count, workgroupsPerSecond });
    return this.take(session, 'assignments')
      .slice(before)
      .flatMap((message) => message.assignments);
  }

  /** The newest assignment pushed or answered to the session. */
  assignments(session: number): readonly Assignment[] {
    return this.take(session, 'assignments').flatMap((message) => message.assignments);
  }

  take<Type extends ServerMessage['type']>(session: number, type: Type): readonly Of<Type>[] {
    return (this.inbox.get(session) ?? []).filter((message): message is Of<Type> => message.type === type);
  }

  last<Type extends ServerMessage['type']>(session: number, type: Type): Of<Type> | undefined {
    return this.take(session, type).at(-1);
  }

  changesOf<Kind extends Change['kind']>(kind: Kind): readonly Extract<Change, { kind: Kind }>[] {
    return this.changes.filter((change): change is Extract<Change, { kind: Kind }> => change.kind === kind);
  }

  result(assignment: Assignment, bytes: Uint8Array, engine: 'gpu' | 'cpu' = 'cpu'): Result {
    const output = this.outputOf(assignment.claim.shard);
    const outputs = [{ root: outputRoot(output, bytes), bytes: bytes.length, payloadOffset: null }];
    return { claim: assignment.claim, mac: assignment.mac, outcome: { kind: 'done', outputs, elapsedMs: 1, engine } };
  }

  /** `withBytes`: the bytes travel with the result, as small or tolerant ones do. */
  answer(session: number, assignment: Assignment, fill: number, withBytes = true, engine: 'gpu' | 'cpu' = 'cpu'): void {
    const bytes = new Uint8Array(assignment.shard.count * 8).fill(fill);
    this.send(session, this.result(assignment, bytes, engine), withBytes ? bytes : null);
  }

  release(session: number, { claim, mac }: Assignment): void {
    this.send(session, { claim, mac, outcome: { kind: 'released' } }, null);
  }

  close(session: number): void {
    this.post({ type: 'session-closed', session });
  }

  /** Every payment so far, as who got how much. */
  pays(): readonly (readonly [number, bigint])[] {
    return this.changesOf('transfer').flatMap(({ transfer }) =>
      transfer.kind === 'pay' ? [[transfer.contributor, transfer.amount] as const] : [],
    );
  }

  lastReceipt(session: number) {
    return this.last(session, 'receipts')?.receipts[0];
  }

  /** `wanted`: more shards are asked for in the same message. */
  send(session: number, result: Result, bytes: Uint8Array | null, wanted = 0): void {
    const outputs = bytes && result.outcome.kind === 'done' ? [{ name: 'out', root: result.outcome.outputs[0]!.root, bytes }] : null;
    this.post({ type: 'results-arrived', session, results: [result], outputs: [outputs], wanted, workgroupsPerSecond: 0 });
  }

  fail(session: number, assignment: Assignment, code: FailureCode = 'program-trap'): void {
    this.send(session, { claim: assignment.claim, mac: assignment.mac, outcome: { kind: 'failed', code, message: 'it broke' } }, null);
  }

  sendBytes(session: number, fill: number): void {
    const wanted = this.last(session, 'bytes-wanted')!;
    const bytes = new Uint8Array(this.whereIs(wanted.claim.shard).count * 8).fill(fill);
    const root = outputRoot(this.outputOf(wanted.claim.shard), bytes);
    this.post({ type: 'bytes-arrived', session, claim: wanted.claim, mac: new Uint8Array(16), outputs: [{ name: 'out', root, bytes }] });
  }

  tick(ms: number): void {
    this.nowMs += ms;
    this.post({ type: 'clock' });
  }

  digestOf(assignment: Assignment, fill: number) {
    const bytes = new Uint8Array(assignment.shard.count * 8).fill(fill);
    return resultDigest([outputRoot(this.outputOf(assignment.shard.id), bytes)]);
  }

  private whereIs(shard: ShardId) {
    return whereIsShard(this.records.values(), shard);
  }

  private outputOf(shard: ShardId) {
    return this.whereIs(shard).record.manifest.outputs[0]!;
  }
}
