// The gate of the wire: unknown bytes become typed messages here, or a fault; behind it values are trusted.
import * as v from 'valibot';
import { MAC_BYTES } from './assignment.ts';
import { FAULT_STATUS, Fault, type FaultBody, type FaultCode } from './fault.ts';
import { decodeMessage } from './frame.ts';
import { MAX_LIKES, MAX_MIN_RATE } from './likes.ts';
import {
  type ClientMessage,
  DEVICE_FORMS,
  type Envelope,
  IDLE_REASONS,
  MAX_ASSIGNMENTS_A_MESSAGE,
  MAX_ASSIGNMENTS_IN_FLIGHT,
  type ServerMessage,
} from './messages.ts';
import { unpackAssignments, unpackCredited, unpackReceipts, unpackResults } from './pack-messages.ts';
import { VOTE_STATES } from './verdict.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const shortText = (max: number) => v.pipe(v.string(), v.maxLength(max));
const mac = v.pipe(
  v.instance(Uint8Array),
  v.check((bytes) => bytes.length === MAC_BYTES, 'wrong length'),
);
// msgpack gives small integers as numbers and large ones as bigints
const microCredits = v.pipe(
  v.union([v.bigint(), v.pipe(v.number(), v.safeInteger())]),
  v.transform((value) => BigInt(value)),
);

const claim = v.strictObject({ epoch: count, shard: count, copy: count, device: count, expiresAtMs: count });
const fault = v.object({
  code: v.picklist(Object.keys(FAULT_STATUS) as FaultCode[]),
  sentence: shortText(2_000),
  facts: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()]))),
});

const engine = v.strictObject({ kind: v.picklist(['gpu', 'cpu']), label: shortText(200), isFallback: v.boolean(), maxBufferBytes: count });
const packed = v.instance(Uint8Array);
const workgroupsPerSecond = v.pipe(v.number(), v.finite(), v.minValue(0));
const liked = v.pipe(v.array(count), v.maxLength(MAX_LIKES));
const likes = v.strictObject({
  pinnedJobs: liked,
  blockedJobs: liked,
  blockedRequesters: liked,
  minRate: v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(MAX_MIN_RATE)),
});

const clientMessage = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    v: count,
    build: shortText(100),
    capabilities: v.strictObject({
      engines: v.pipe(v.array(engine), v.maxLength(8)),
      threads: count,
      form: v.optional(v.picklist(DEVICE_FORMS)),
    }),
  }),
  v.strictObject({
    type: v.literal('want'),
    count: v.pipe(count, v.minValue(1), v.maxValue(MAX_ASSIGNMENTS_IN_FLIGHT)),
    workgroupsPerSecond,
  }),
  v.strictObject({
    type: v.literal('results'),
    results: packed,
    wanted: v.pipe(count, v.maxValue(MAX_ASSIGNMENTS_IN_FLIGHT)),
    workgroupsPerSecond,
  }),
  v.strictObject({ type: v.literal('bytes'), claim, mac, lengths: v.pipe(v.array(count), v.minLength(1), v.maxLength(8)) }),
  v.strictObject({ type: v.literal('prefer'), likes }),
  v.strictObject({ type: v.literal('heartbeat'), sentAtMs: v.number() }),
]);

const vote = v.picklist(VOTE_STATES);
const grant = v.strictObject({
  epoch: count,
  job: count,
  stage: count,
  device: count,
  expiresAtMs: count,
  manifest: digest,
  leaseMs: count,
  price: microCredits,
  shards: packed,
});
const serverMessage = v.variant('type', [
  v.strictObject({
    type: v.literal('welcome'),
    v: count,
    build: v.string(),
    epoch: count,
    account: count,
    device: count,
    heartbeatMs: count,
    deadAfterMs: count,
  }),
  v.strictObject({ type: v.literal('assignments'), grants: v.pipe(v.array(grant), v.maxLength(MAX_ASSIGNMENTS_A_MESSAGE)) }),
  v.strictObject({ type: v.literal('idle'), reason: v.picklist(IDLE_REASONS), retryAfterMs: count }),
  v.strictObject({
    type: v.literal('receipts'),
    receipts: packed,
    refusals: v.array(v.strictTuple([count, fault])),
  }),
  v.strictObject({
    type: v.literal('credited'),
    shards: packed,
    balance: microCredits,
  }),
  v.strictObject({ type: v.literal('settled'), shards: v.array(v.strictObject({ shard: count, vote })) }),
  v.strictObject({ type: v.literal('bytes-wanted'), claim }),
  v.strictObject({ type: v.literal('cancel'), shards: v.array(count), reason: v.picklist(['surplus', 'job-ended', 'expired']) }),
  v.strictObject({ type: v.literal('refused'), fault }),
  v.strictObject({ type: v.literal('draining'), retryAfterMs: count }),
  v.strictObject({ type: v.literal('heartbeat'), sentAtMs: v.number() }),
]);

/** What a contributor sent; throws `bad-message` naming the first field that is wrong. */
export function parseClientMessage(bytes: Uint8Array): Envelope<ClientMessage> {
  const { message, payload } = parse(clientMessage, bytes);
  return { message: message.type === 'results' ? unpackResults(message) : (message as ClientMessage), payload };
}

/** What the coordinator sent; throws `bad-message`. */
export function parseServerMessage(bytes: Uint8Array): Envelope<ServerMessage> {
  const { message, payload } = parse(serverMessage, bytes);
  return { message: unpackServerMessage(message), payload };
}

function unpackServerMessage(message: v.InferOutput<typeof serverMessage>): ServerMessage {
  switch (message.type) {
    case 'assignments':
      return unpackAssignments(message.grants);
    case 'receipts':
      return unpackReceipts(message.receipts, message.refusals as readonly (readonly [number, FaultBody])[]);
    case 'credited':
      return unpackCredited(message.shards, message.balance);
    default:
      return message as ServerMessage;
  }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, bytes: Uint8Array): Envelope<v.InferOutput<Schema>> {
  const { header, payload } = decodeMessage(bytes);
  const parsed = v.safeParse(schema, header, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Fault('bad-message', `A message was refused at ${v.getDotPath(issue) ?? 'its type'}: ${issue.message}.`);
  }
  return { message: parsed.output, payload };
}
