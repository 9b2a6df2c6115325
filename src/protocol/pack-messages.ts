// The messages that carry many shards as they travel: their records packed, since a name and a type for each field cost ten times the field.
import { type Assignment, type AssignmentClaim, MAC_BYTES } from './assignment.ts';
import { Fault, type FaultBody } from './fault.ts';
import type { DeviceId, Digest, JobId, ShardId } from './ids.ts';
import {
  type ClientMessage,
  MAX_ASSIGNMENTS_A_MESSAGE,
  MAX_RESULTS_A_MESSAGE,
  type ResultReceipt,
  type ServerMessage,
} from './messages.ts';
import { RecordReader, RecordWriter } from './record-bytes.ts';
import { FAILURES, type OutputResult, type Result, type ResultOutcome } from './result.ts';
import { fromHex, toHex } from './sha256.ts';
import { VERDICTS, VOTE_STATES } from './verdict.ts';

export const MAX_OUTPUTS = 8;
/** In UTF-16 units, of up to three bytes: a message full of the longest still fits its header. */
export const MAX_FAILURE_TEXT = 1_000;
const ENGINES = ['gpu', 'cpu'] as const;
const OUTCOMES = ['done', 'failed', 'released'] as const;
const DIGEST_BYTES = 32;

type Of<Message extends { readonly type: string }, Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

/** Assignments that differ in nothing but their shard and copy. */
export interface PackedGrant {
  readonly epoch: number;
  readonly job: number;
  readonly stage: number;
  readonly device: number;
  readonly expiresAtMs: number;
  readonly manifest: string;
  readonly leaseMs: number;
  readonly price: bigint;
  /** One after another: shard, copy, index, base, count, MAC. */
  readonly shards: Uint8Array;
}

const encoder = new TextEncoder();
// else it would drop the first character of a text that begins with a byte order mark
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One for all: what a `pack` function gives must be encoded before the next is called. */
const writer = new RecordWriter();

export function packAssignments({ assignments }: Of<ServerMessage, 'assignments'>) {
  writer.reset();
  const grants: PackedGrant[] = [];
  for (let at = 0; at < assignments.length; ) {
    const first = assignments[at]!;
    for (; at < assignments.length && isOneGrant(first, assignments[at]!); at++) {
      const { claim, shard, mac } = assignments[at]!;
      writer.f64(claim.shard);
      writer.u32(claim.copy);
      writer.u32(shard.index);
      writer.f64(shard.base);
      writer.u32(shard.count);
      writer.raw(mac);
    }
    const { claim, shard, manifest, leaseMs, priceMicroCredits: price } = first;
    const { epoch, device, expiresAtMs } = claim;
    grants.push({ epoch, job: shard.job, stage: shard.stage, device, expiresAtMs, manifest, leaseMs, price, shards: writer.finish() });
  }
  return { type: 'assignments', grants };
}

function isOneGrant(a: Assignment, b: Assignment): boolean {
  return (
    a.shard.job === b.shard.job &&
    a.shard.stage === b.shard.stage &&
    a.claim.expiresAtMs === b.claim.expiresAtMs &&
    a.claim.epoch === b.claim.epoch &&
    a.claim.device === b.claim.device &&
    a.manifest === b.manifest &&
    a.leaseMs === b.leaseMs &&
    a.priceMicroCredits === b.priceMicroCredits
  );
}

export function unpackAssignments(grants: readonly PackedGrant[]): Of<ServerMessage, 'assignments'> {
  const assignments: Assignment[] = [];
  for (const { epoch, job, stage, device, expiresAtMs, manifest, leaseMs, price, shards } of grants) {
    const reader = new RecordReader(shards);
    while (reader.hasMore) {
      if (assignments.length >= MAX_ASSIGNMENTS_A_MESSAGE) throw tooMany('assignments', MAX_ASSIGNMENTS_A_MESSAGE);
      const id = reader.count() as ShardId;
      const copy = reader.u32();
      const shard = { id, job: job as JobId, stage, index: reader.u32(), base: reader.count(), count: reader.u32() };
      const claim: AssignmentClaim = { epoch, shard: id, copy, device: device as DeviceId, expiresAtMs };
      assignments.push({ claim, shard, manifest: manifest as Digest, mac: reader.raw(MAC_BYTES), leaseMs, priceMicroCredits: price });
    }
  }
  return { type: 'assignments', assignments };
}

export function packResults({ type, results, wanted, workgroupsPerSecond }: Of<ClientMessage, 'results'>) {
  writer.reset();
  for (const { claim, mac, outcome } of results) {
    writer.u8(OUTCOMES.indexOf(outcome.kind));
    writer.u32(claim.epoch);
    writer.f64(claim.shard);
    writer.u32(claim.copy);
    writer.f64(claim.device);
    writer.f64(claim.expiresAtMs);
    writer.raw(mac);
    if (outcome.kind === 'done') packDone(outcome);
    if (outcome.kind === 'failed') packFailed(outcome);
  }
  return { type, wanted, workgroupsPerSecond, results: writer.finish() };
}

function packDone({ outputs, elapsedMs, engine }: Extract<ResultOutcome, { kind: 'done' }>): void {
  writer.f64(elapsedMs);
  writer.u8(ENGINES.indexOf(engine));
  writer.u8(outputs.length);
  for (const { root, bytes, payloadOffset } of outputs) {
    writer.raw(fromHex(root));
    writer.u32(bytes);
    // offsets are told from 1, since 0 says that there is none
    writer.u32(payloadOffset === null ? 0 : payloadOffset + 1);
  }
}

function packFailed({ code, message }: Extract<ResultOutcome, { kind: 'failed' }>): void {
  const text = encoder.encode(message.slice(0, MAX_FAILURE_TEXT));
  writer.u8(FAILURES.indexOf(code));
  writer.u32(text.length);
  writer.raw(text);
}

export function unpackResults(packed: {
  readonly results: Uint8Array;
  readonly wanted: number;
  readonly workgroupsPerSecond: number;
}): Of<ClientMessage, 'results'> {
  const reader = new RecordReader(packed.results);
  const results: Result[] = [];
  while (reader.hasMore) {
    if (results.length >= MAX_RESULTS_A_MESSAGE) throw tooMany('results', MAX_RESULTS_A_MESSAGE);
    const kind = reader.name(OUTCOMES);
    const epoch = reader.u32();
    const shard = reader.count() as ShardId;
    const claim: AssignmentClaim = { epoch, shard, copy: reader.u32(), device: reader.count() as DeviceId, expiresAtMs: reader.count() };
    const mac = reader.raw(MAC_BYTES);
    results.push({ claim, mac, outcome: unpackOutcome(kind, reader) });
  }
  if (results.length === 0) throw new Fault('bad-message', 'A message of results holds none; it was dropped.');
  return { type: 'results', results, wanted: packed.wanted, workgroupsPerSecond: packed.workgroupsPerSecond };
}

function unpackOutcome(kind: (typeof OUTCOMES)[number], reader: RecordReader): ResultOutcome {
  switch (kind) {
    case 'done': {
      const elapsedMs = reader.positive();
      const engine = reader.name(ENGINES);
      return { kind, outputs: unpackOutputs(reader), elapsedMs, engine };
    }
    case 'failed': {
      const code = reader.name(FAILURES);
      return { kind, code, message: readText(reader) };
    }
    case 'released':
      return { kind };
  }
}

function unpackOutputs(reader: RecordReader): readonly OutputResult[] {
  const count = reader.u8();
  if (count < 1 || count > MAX_OUTPUTS) throw new Fault('bad-message', `A result has ${count} outputs; it may have 1 to ${MAX_OUTPUTS}.`);
  const outputs: OutputResult[] = [];
  for (let i = 0; i < count; i++) {
    const root = toHex(reader.raw(DIGEST_BYTES)) as Digest;
    const bytes = reader.u32();
    const offset = reader.u32();
    outputs.push({ root, bytes, payloadOffset: offset === 0 ? null : offset - 1 });
  }
  return outputs;
}

function readText(reader: RecordReader): string {
  const length = reader.u32();
  // four bytes a character at most
  const text = length > MAX_FAILURE_TEXT * 4 ? null : decodeText(reader.raw(length));
  if (text === null || text.length > MAX_FAILURE_TEXT)
    throw new Fault('bad-message', `A failure's message has ${length} bytes; say it in ${MAX_FAILURE_TEXT} characters.`);
  return text;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new Fault('bad-message', 'A failure’s message is not UTF-8; it was dropped.', { cause });
  }
}

export function packReceipts({ type, receipts }: Of<ServerMessage, 'receipts'>) {
  writer.reset();
  const refusals: (readonly [at: number, fault: FaultBody])[] = [];
  receipts.forEach(({ shard, copy, verdict, vote, refusal }, at) => {
    writer.f64(shard);
    writer.u32(copy);
    writer.u8(VERDICTS.indexOf(verdict));
    writer.u8(VOTE_STATES.indexOf(vote));
    if (refusal) refusals.push([at, refusal]);
  });
  return { type, receipts: writer.finish(), refusals };
}

export function unpackReceipts(packed: Uint8Array, refusals: readonly (readonly [number, FaultBody])[]): Of<ServerMessage, 'receipts'> {
  const refused = new Map(refusals);
  const reader = new RecordReader(packed);
  const receipts: ResultReceipt[] = [];
  while (reader.hasMore) {
    const shard = reader.count() as ShardId;
    const copy = reader.u32();
    const verdict = reader.name(VERDICTS);
    receipts.push({ shard, copy, verdict, vote: reader.name(VOTE_STATES), refusal: refused.get(receipts.length) ?? null });
  }
  return { type: 'receipts', receipts };
}

export function packCredited({ type, shards, balance }: Of<ServerMessage, 'credited'>) {
  writer.reset();
  for (const { shard, amount } of shards) {
    writer.f64(shard);
    writer.u64(amount);
  }
  return { type, shards: writer.finish(), balance };
}

export function unpackCredited(packed: Uint8Array, balance: bigint): Of<ServerMessage, 'credited'> {
  const reader = new RecordReader(packed);
  const shards: { readonly shard: ShardId; readonly amount: bigint }[] = [];
  while (reader.hasMore) shards.push({ shard: reader.count() as ShardId, amount: reader.u64() });
  return { type: 'credited', shards, balance };
}

function tooMany(what: string, most: number): Fault {
  return new Fault('bad-message', `A message holds more than ${most} ${what}; it was dropped.`);
}
