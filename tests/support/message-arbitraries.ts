// Messages of many shards as fast-check draws them, with every number at and between its limits.
import fc from 'fast-check';
import { type Assignment, type AssignmentClaim, MAC_BYTES } from '../../src/protocol/assignment.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import {
  type ClientMessage,
  MAX_ASSIGNMENTS_A_MESSAGE,
  MAX_ASSIGNMENTS_IN_FLIGHT,
  MAX_RESULTS_A_MESSAGE,
  type ResultReceipt,
  type ServerMessage,
} from '../../src/protocol/messages.ts';
import { MAX_FAILURE_TEXT, MAX_OUTPUTS } from '../../src/protocol/pack-messages.ts';
import { FAILURES, type OutputResult, type Result, type ResultOutcome } from '../../src/protocol/result.ts';
import { toHex } from '../../src/protocol/sha256.ts';
import { VERDICTS, VOTE_STATES } from '../../src/protocol/verdict.ts';

type Of<Message extends { readonly type: string }, Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

export const MAX_U32 = 2 ** 32 - 1;
export const MAX_U64 = 2n ** 64n - 1n;

const u32 = fc.integer({ min: 0, max: MAX_U32 });
const count = fc.maxSafeNat();
const u64 = fc.bigInt({ min: 0n, max: MAX_U64 });
const shardId = count.map((id) => id as ShardId);
const mac = fc.uint8Array({ minLength: MAC_BYTES, maxLength: MAC_BYTES });
const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
export const anyDigest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes) as Digest);

export const anyClaim: fc.Arbitrary<AssignmentClaim> = fc.record({
  epoch: u32,
  shard: shardId,
  copy: u32,
  device: count.map((id) => id as DeviceId),
  expiresAtMs: count,
});

/** What assignments of one grant share. */
const grant = fc.record({
  epoch: count,
  device: count.map((id) => id as DeviceId),
  expiresAtMs: count,
  job: count.map((id) => id as JobId),
  stage: count,
  manifest: anyDigest,
  leaseMs: count,
  priceMicroCredits: u64,
});
const place = fc.record({ id: shardId, copy: u32, index: u32, base: count, count: u32, mac, from: fc.nat(3) });

/** Of one to four grants, in any order: runs of one grant, and grants that take turns. */
export const anyAssignments: fc.Arbitrary<Of<ServerMessage, 'assignments'>> = fc
  .tuple(fc.array(grant, { minLength: 1, maxLength: 4 }), fc.array(place, { maxLength: MAX_ASSIGNMENTS_A_MESSAGE }))
  .map(([grants, places]) => ({
    type: 'assignments',
    assignments: places.map(({ id, copy, index, base, count, mac, from }): Assignment => {
      const { epoch, device, expiresAtMs, job, stage, manifest, leaseMs, priceMicroCredits } = grants[from % grants.length]!;
      const claim = { epoch, shard: id, copy, device, expiresAtMs };
      return { claim, shard: { id, job, stage, index, base, count }, manifest, mac, leaseMs, priceMicroCredits };
    }),
  }));

const output: fc.Arbitrary<OutputResult> = fc.record({
  root: anyDigest,
  bytes: u32,
  payloadOffset: fc.option(fc.integer({ min: 0, max: MAX_U32 - 1 })),
});
const outcome: fc.Arbitrary<ResultOutcome> = fc.oneof(
  fc.record({
    kind: fc.constant('done' as const),
    outputs: fc.array(output, { minLength: 1, maxLength: MAX_OUTPUTS }),
    elapsedMs: positive,
    engine: fc.constantFrom('gpu' as const, 'cpu' as const),
  }),
  fc.record({
    kind: fc.constant('failed' as const),
    code: fc.constantFrom(...FAILURES),
    message: fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.length <= MAX_FAILURE_TEXT),
  }),
  fc.constant({ kind: 'released' as const }),
);

export const anyResults: fc.Arbitrary<Of<ClientMessage, 'results'>> = fc.record({
  type: fc.constant('results' as const),
  results: fc.array(fc.record({ claim: anyClaim, mac, outcome }) satisfies fc.Arbitrary<Result>, {
    minLength: 1,
    maxLength: MAX_RESULTS_A_MESSAGE,
  }),
  wanted: fc.integer({ min: 0, max: MAX_ASSIGNMENTS_IN_FLIGHT }),
  workgroupsPerSecond: positive,
});

const refusal: fc.Arbitrary<FaultBody> = fc.oneof(
  fc.record({ code: fc.constantFrom('bad-assignment' as const, 'conflict' as const), sentence: fc.string({ unit: 'grapheme' }) }),
  fc.record({
    code: fc.constant('bad-message' as const),
    sentence: fc.string(),
    facts: fc.constant({ bytes: 3, name: 'out', isRight: false, more: null }),
  }),
);
const receipt: fc.Arbitrary<ResultReceipt> = fc.record({
  shard: shardId,
  copy: u32,
  verdict: fc.constantFrom(...VERDICTS),
  vote: fc.constantFrom(...VOTE_STATES),
  refusal: fc.option(refusal),
});

export const anyReceipts: fc.Arbitrary<Of<ServerMessage, 'receipts'>> = fc.record({
  type: fc.constant('receipts' as const),
  receipts: fc.array(receipt, { maxLength: 80 }),
});

export const anyCredited: fc.Arbitrary<Of<ServerMessage, 'credited'>> = fc.record({
  type: fc.constant('credited' as const),
  shards: fc.array(fc.record({ shard: shardId, amount: u64 }), { maxLength: 80 }),
  balance: fc.bigInt({ min: -(2n ** 63n), max: MAX_U64 }),
});
