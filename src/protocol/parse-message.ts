// The gate of the wire: unknown bytes become typed messages here, or a fault; behind it values are trusted.
import * as v from 'valibot';
import { MAC_BYTES } from './assignment.ts';
import { FAULT_STATUS, Fault, type FaultCode } from './fault.ts';
import { decodeMessage } from './frame.ts';
import {
  type ClientMessage,
  type Envelope,
  IDLE_REASONS,
  MAX_ASSIGNMENTS_A_MESSAGE,
  MAX_ASSIGNMENTS_IN_FLIGHT,
  MAX_RESULTS_A_MESSAGE,
  type ServerMessage,
} from './messages.ts';
import { FAILURES } from './result.ts';
import { VERDICTS, VOTE_STATES } from './verdict.ts';

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

const shard = v.strictObject({ id: count, job: count, stage: count, index: count, base: count, count: count });
const claim = v.strictObject({ epoch: count, shard, copy: count, account: count, device: count, expiresAtMs: count });
const fault = v.object({
  code: v.picklist(Object.keys(FAULT_STATUS) as FaultCode[]),
  sentence: shortText(2_000),
  facts: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()]))),
});

const engine = v.strictObject({ kind: v.picklist(['gpu', 'cpu']), label: shortText(200), isFallback: v.boolean(), maxBufferBytes: count });
const outcome = v.variant('kind', [
  v.strictObject({
    kind: v.literal('done'),
    outputs: v.pipe(
      v.array(v.strictObject({ name: shortText(100), root: digest, bytes: count, payloadOffset: v.nullable(count) })),
      v.minLength(1),
      v.maxLength(8),
    ),
    elapsedMs: v.pipe(v.number(), v.minValue(0)),
    engine: v.picklist(['gpu', 'cpu']),
  }),
  v.strictObject({ kind: v.literal('failed'), code: v.picklist(FAILURES), message: shortText(2_000) }),
  v.strictObject({ kind: v.literal('released') }),
]);

const clientMessage = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    v: count,
    build: shortText(100),
    capabilities: v.strictObject({ engines: v.pipe(v.array(engine), v.maxLength(8)), threads: count }),
  }),
  v.strictObject({
    type: v.literal('want'),
    count: v.pipe(count, v.minValue(1), v.maxValue(MAX_ASSIGNMENTS_IN_FLIGHT)),
    workgroupsPerSecond: v.pipe(v.number(), v.finite(), v.minValue(0)),
  }),
  v.strictObject({
    type: v.literal('results'),
    results: v.pipe(v.array(v.strictObject({ claim, mac, outcome })), v.minLength(1), v.maxLength(MAX_RESULTS_A_MESSAGE)),
  }),
  v.strictObject({ type: v.literal('bytes'), claim, mac, lengths: v.pipe(v.array(count), v.minLength(1), v.maxLength(8)) }),
  v.strictObject({ type: v.literal('heartbeat'), sentAtMs: v.number() }),
]);

const verdict = v.picklist(VERDICTS);
const vote = v.picklist(VOTE_STATES);
const assignment = v.strictObject({ claim, manifest: digest, mac, leaseMs: count, priceMicroCredits: microCredits });
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
  v.strictObject({ type: v.literal('assignments'), assignments: v.pipe(v.array(assignment), v.maxLength(MAX_ASSIGNMENTS_A_MESSAGE)) }),
  v.strictObject({ type: v.literal('idle'), reason: v.picklist(IDLE_REASONS), retryAfterMs: count }),
  v.strictObject({
    type: v.literal('receipts'),
    receipts: v.array(v.strictObject({ shard: count, copy: count, verdict, vote, refusal: v.nullable(fault) })),
  }),
  v.strictObject({
    type: v.literal('credited'),
    shards: v.array(v.strictObject({ shard: count, amount: microCredits })),
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
  return parse(clientMessage, bytes) as Envelope<ClientMessage>;
}

/** What the coordinator sent; throws `bad-message`. */
export function parseServerMessage(bytes: Uint8Array): Envelope<ServerMessage> {
  return parse(serverMessage, bytes) as Envelope<ServerMessage>;
}

function parse(schema: v.GenericSchema, bytes: Uint8Array): Envelope<unknown> {
  const { header, payload } = decodeMessage(bytes);
  const parsed = v.safeParse(schema, header, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Fault('bad-message', `A message was refused at ${v.getDotPath(issue) ?? 'its type'}: ${issue.message}.`);
  }
  return { message: parsed.output, payload };
}
