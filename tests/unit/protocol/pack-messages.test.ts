// The messages whose records are packed: each comes back as it was, and each record that cannot be is refused by code.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeClientMessage, encodeServerMessage } from '../../../src/protocol/encode-message.ts';
import { encodeMessage } from '../../../src/protocol/frame.ts';
import type { DeviceId, Digest, JobId, ShardId } from '../../../src/protocol/ids.ts';
import {
  type ClientMessage,
  MAX_ASSIGNMENTS_A_MESSAGE,
  MAX_RESULTS_A_MESSAGE,
  NO_PAYLOAD,
  type ServerMessage,
} from '../../../src/protocol/messages.ts';
import {
  MAX_FAILURE_TEXT,
  MAX_OUTPUTS,
  packAssignments,
  packCredited,
  packReceipts,
  packResults,
} from '../../../src/protocol/pack-messages.ts';
import { parseClientMessage, parseServerMessage } from '../../../src/protocol/parse-message.ts';
import { FAILURES, type Result, type ResultOutcome } from '../../../src/protocol/result.ts';
import { VERDICTS, VOTE_STATES } from '../../../src/protocol/verdict.ts';
import { anyAssignments, anyCredited, anyReceipts, anyResults, MAX_U32, MAX_U64 } from '../../support/message-arbitraries.ts';

const digest = 'ab'.repeat(32) as Digest;
const mac = new Uint8Array(16).fill(3);
const claim = { epoch: 1, shard: 1_024 as ShardId, copy: 0, device: 4 as DeviceId, expiresAtMs: 9_000 };
const done: ResultOutcome = {
  kind: 'done',
  outputs: [{ root: digest, bytes: 8, payloadOffset: 0 }],
  elapsedMs: 1.5,
  engine: 'gpu',
};
const makeAssignments = (count: number, jobs = 1): Extract<ServerMessage, { type: 'assignments' }> => ({
  type: 'assignments',
  assignments: Array.from({ length: count }, (_, index) => ({
    claim,
    shard: { id: claim.shard, job: (5 + (index % jobs)) as JobId, stage: 0, index, base: 0, count: 4 },
    manifest: digest,
    mac,
    leaseMs: 1,
    priceMicroCredits: 1n,
  })),
});
const makeResults = (...outcomes: readonly ResultOutcome[]): Extract<ClientMessage, { type: 'results' }> => ({
  type: 'results',
  results: outcomes.map((outcome): Result => ({ claim, mac, outcome })),
  wanted: 0,
  workgroupsPerSecond: 0,
});
const BAD_MESSAGE = expect.objectContaining({ code: 'bad-message' });

/** A packed message with some of its bytes written over, as it would arrive. */
interface Tampered {
  sendU8(at: number, value: number): () => unknown;
  sendU32(at: number, value: number): () => unknown;
  sendF64(at: number, value: number): () => unknown;
  /** Only its first bytes. */
  sendFirst(length: number): () => unknown;
  sendMore(...bytes: readonly number[]): () => unknown;
  /** With bytes added at the end and the length at `at` told anew. */
  sendLonger(at: number, length: number, ...bytes: readonly number[]): () => unknown;
  readonly length: number;
}

function tamperWith(records: Uint8Array, arrive: (records: Uint8Array) => unknown): Tampered {
  // a view of the writer's own bytes, void as soon as the next message is packed
  const packed = records.slice();
  const change =
    (write: (view: DataView) => void, more: readonly number[] = []) =>
    () => {
      const bytes = Uint8Array.from([...packed, ...more]);
      write(new DataView(bytes.buffer));
      return arrive(bytes);
    };
  return {
    sendU8: (at, value) => change((view) => view.setUint8(at, value)),
    sendU32: (at, value) => change((view) => view.setUint32(at, value, true)),
    sendF64: (at, value) => change((view) => view.setFloat64(at, value, true)),
    sendFirst: (length) => () => arrive(packed.subarray(0, length)),
    sendMore: (...bytes) => change(() => {}, bytes),
    sendLonger: (at, length, ...bytes) => change((view) => view.setUint32(at, length, true), bytes),
    length: packed.length,
  };
}

const tamperResults = (...outcomes: readonly ResultOutcome[]): Tampered => {
  const message = packResults(makeResults(...outcomes));
  return tamperWith(message.results, (results) => parseClientMessage(encodeMessage({ ...message, results }, NO_PAYLOAD)).message);
};
const tamperAssignment = (): Tampered => {
  const [grant] = packAssignments(makeAssignments(1)).grants;
  return tamperWith(grant!.shards, (shards) =>
    parseServerMessage(encodeMessage({ type: 'assignments', grants: [{ ...grant, shards }] }, NO_PAYLOAD)),
  );
};
const tamperReceipt = (): Tampered => {
  const receipt = { shard: claim.shard, copy: 0, verdict: 'final', vote: 'agreed', refusal: null } as const;
  const message = packReceipts({ type: 'receipts', receipts: [receipt] });
  return tamperWith(message.receipts, (receipts) => parseServerMessage(encodeMessage({ ...message, receipts }, NO_PAYLOAD)));
};
const tamperCredit = (): Tampered => {
  const message = packCredited({ type: 'credited', shards: [{ shard: claim.shard, amount: 5n }], balance: 5n });
  return tamperWith(message.shards, (shards) => parseServerMessage(encodeMessage({ ...message, shards }, NO_PAYLOAD)));
};

// where fields lie in a result: code 0, epoch 1, shard 5, copy 13, device 17, expiry 25, MAC 33; then what the outcome says
const [SHARD, DEVICE, EXPIRY, OUTCOME] = [5, 17, 25, 49];
// what no double of the wire may be where a whole number from 0 stands
const NOT_COUNTS = [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1];

describe('packed messages come back as they were', () => {
  it('assignments, of several jobs and in any order', () => {
    fc.assert(
      fc.property(anyAssignments, (message) => {
        expect(parseServerMessage(encodeServerMessage(message)).message).toEqual(message);
      }),
    );
  });

  it('assignments that differ in one thing only', () => {
    const [first] = makeAssignments(1).assignments;
    const { claim, shard } = first!;
    const others = [
      { ...first!, claim: { ...claim, epoch: 2 } },
      { ...first!, claim: { ...claim, device: 5 as DeviceId } },
      { ...first!, claim: { ...claim, expiresAtMs: 9_001 } },
      { ...first!, shard: { ...shard, job: 6 as JobId } },
      { ...first!, shard: { ...shard, stage: 1 } },
      { ...first!, manifest: 'cd'.repeat(32) as Digest },
      { ...first!, leaseMs: 2 },
      { ...first!, priceMicroCredits: 2n },
    ];
    const assignments = [first!, ...others.flatMap((other) => [other, first!])];
    const message: ServerMessage = { type: 'assignments', assignments };
    expect(packAssignments(message).grants).toHaveLength(assignments.length);
    expect(parseServerMessage(encodeServerMessage(message)).message).toEqual(message);
  });

  it('results of every outcome, with what is asked for beside them', () => {
    fc.assert(
      fc.property(anyResults, (message) => {
        expect(parseClientMessage(encodeClientMessage(message)).message).toEqual(message);
      }),
    );
  });

  it('results with their payload, which is the bytes after the header', () => {
    const payload = Uint8Array.from({ length: 8 }, (_, i) => i);
    const parsed = parseClientMessage(encodeClientMessage(makeResults(done), payload));
    expect(parsed).toEqual({ message: makeResults(done), payload });
  });

  it('receipts, each with its own refusal or none', () => {
    fc.assert(
      fc.property(anyReceipts, (message) => {
        expect(parseServerMessage(encodeServerMessage(message)).message).toEqual(message);
      }),
    );
  });

  it('credit, to the last unit of 64 bits', () => {
    fc.assert(
      fc.property(anyCredited, (message) => {
        expect(parseServerMessage(encodeServerMessage(message)).message).toEqual(message);
      }),
    );
    const most: ServerMessage = { type: 'credited', shards: [{ shard: claim.shard, amount: MAX_U64 }], balance: 0n };
    expect(parseServerMessage(encodeServerMessage(most)).message).toEqual(most);
  });

  it('numbers at both ends', () => {
    const [least, most] = [0, Number.MAX_SAFE_INTEGER];
    const ends = [
      { epoch: 0, shard: least as ShardId, copy: 0, device: least as DeviceId, expiresAtMs: least },
      { epoch: MAX_U32, shard: most as ShardId, copy: MAX_U32, device: most as DeviceId, expiresAtMs: most },
    ];
    const outputs = [
      { root: digest, bytes: 0, payloadOffset: null },
      { root: digest, bytes: MAX_U32, payloadOffset: MAX_U32 - 1 },
      { root: digest, bytes: 1, payloadOffset: 0 },
    ];
    const results = ends.map((claim): Result => ({ claim, mac, outcome: { ...done, outputs, elapsedMs: 0 } }));
    const message: ClientMessage = { ...makeResults(), results };
    expect(parseClientMessage(encodeClientMessage(message)).message).toEqual(message);
  });
});

describe('packing', () => {
  it('gives each message its own bytes, however many follow', () => {
    const [one, other] = [encodeServerMessage(makeAssignments(64, 3)), encodeClientMessage(makeResults(done))];
    const before = [one.slice(), other.slice()];
    encodeServerMessage(makeAssignments(1));
    encodeClientMessage(makeResults({ kind: 'released' }));
    expect([one, other]).toEqual(before);
  });

  it('starts anew after a message that could not be packed', () => {
    const [assignment] = makeAssignments(1).assignments;
    const broken = [{ ...assignment!, mac: null as never }];
    const unpacked = [{ shard: claim.shard, amount: 5 as never }];
    for (const right of [makeAssignments(2), { type: 'credited', shards: [{ shard: claim.shard, amount: 5n }], balance: 5n } as const]) {
      expect(() => encodeServerMessage({ type: 'assignments', assignments: broken })).toThrow();
      expect(() => encodeServerMessage({ type: 'credited', shards: unpacked, balance: 5n })).toThrow();
      expect(parseServerMessage(encodeServerMessage(right)).message).toEqual(right);
    }
    expect(() => encodeClientMessage(makeResults({ ...done, outputs: [null as never] }))).toThrow();
    expect(parseClientMessage(encodeClientMessage(makeResults(done))).message).toEqual(makeResults(done));
  });
});

describe('a failure’s text', () => {
  const fail = (message: string): ResultOutcome => ({ kind: 'failed', code: 'compile-failed', message });
  const arriving = (message: string) => {
    const parsed = parseClientMessage(encodeClientMessage(makeResults(fail(message), done))).message;
    if (parsed.type !== 'results') throw new Error('results');
    expect(parsed.results[1]?.outcome).toEqual(done);
    return parsed.results[0]?.outcome;
  };

  it.each(['', 'x', 'é', '漢', '\u{1f600}', '\ufeff'])('comes whole up to the limit, of %j', (character) => {
    const most = character.repeat(MAX_FAILURE_TEXT / Math.max(1, character.length));
    expect(arriving(most)).toEqual(fail(most));
  });

  it('is cut above the limit, and a half of a character is marked as such', () => {
    expect(arriving('漢'.repeat(MAX_FAILURE_TEXT + 1))).toEqual(fail('漢'.repeat(MAX_FAILURE_TEXT)));
    expect(arriving(`${'x'.repeat(MAX_FAILURE_TEXT - 1)}\u{1f600}`)).toEqual(fail(`${'x'.repeat(MAX_FAILURE_TEXT - 1)}\ufffd`));
  });

  it('is refused when it is longer than one of ours can be, in bytes or in characters', () => {
    const claimLength = (text: string, length: number) => tamperResults(fail(text)).sendU32(OUTCOME + 1, length);
    expect(claimLength('x'.repeat(MAX_FAILURE_TEXT), MAX_FAILURE_TEXT)).not.toThrow();
    expect(claimLength('x', 4 * MAX_FAILURE_TEXT)).toThrow(/cut short/);
    expect(claimLength('x', 4 * MAX_FAILURE_TEXT + 1)).toThrow(/say it in/);
    expect(claimLength('x', MAX_U32)).toThrow(/say it in/);
    // the sender cuts its own texts, so that a longer one is written by hand
    const most = tamperResults(fail('x'.repeat(MAX_FAILURE_TEXT)));
    expect(most.sendLonger(OUTCOME + 1, MAX_FAILURE_TEXT)).not.toThrow();
    expect(most.sendLonger(OUTCOME + 1, MAX_FAILURE_TEXT + 1, 120)).toThrow(/say it in/);
  });

  it('is refused when it is not UTF-8, and the next message is read right', () => {
    const text = tamperResults(fail('abc'));
    for (const byte of [0xff, 0xc3, 0x80, 0xed]) {
      expect(text.sendU8(OUTCOME + 5, byte)).toThrow(
        expect.objectContaining({ code: 'bad-message', message: expect.stringMatching(/UTF-8/) }),
      );
      expect(text.sendU8(text.length - 1, byte)).toThrow(/UTF-8/);
      expect(arriving('déjà vu')).toEqual(fail('déjà vu'));
    }
  });
});

describe('packed messages that are cut short or have too much', () => {
  const failed: ResultOutcome = { kind: 'failed', code: 'gpu-lost', message: 'lost' };
  it.each([
    ['a result with outputs', tamperResults(done)],
    ['a failure', tamperResults(failed)],
    ['a hand-back', tamperResults({ kind: 'released' })],
    ['an assignment', tamperAssignment()],
    ['a receipt', tamperReceipt()],
    ['a credit', tamperCredit()],
  ])('%s is refused at every length but its own', (_name, tampered) => {
    expect(tampered.sendFirst(tampered.length)).not.toThrow();
    for (let length = 1; length < tampered.length; length++) expect(tampered.sendFirst(length)).toThrow(BAD_MESSAGE);
    expect(tampered.sendMore(0)).toThrow(BAD_MESSAGE);
  });

  it('results must hold one; the coordinator’s lists may be empty', () => {
    expect(tamperResults(done).sendFirst(0)).toThrow(/holds none/);
    for (const tampered of [tamperAssignment(), tamperReceipt(), tamperCredit()]) expect(tampered.sendFirst(0)).not.toThrow();
  });

  it('results are held to their number', () => {
    const many = (count: number) => () => parseClientMessage(encodeClientMessage(makeResults(...Array(count).fill({ kind: 'released' }))));
    expect(many(MAX_RESULTS_A_MESSAGE)).not.toThrow();
    expect(many(MAX_RESULTS_A_MESSAGE + 1)).toThrow(BAD_MESSAGE);
  });

  it.each([1, 2, MAX_ASSIGNMENTS_A_MESSAGE + 1])('assignments of %i jobs are held to their number', (jobs) => {
    const many = (count: number) => () => parseServerMessage(encodeServerMessage(makeAssignments(count, jobs)));
    expect(many(MAX_ASSIGNMENTS_A_MESSAGE)).not.toThrow();
    expect(many(MAX_ASSIGNMENTS_A_MESSAGE + 1)).toThrow(BAD_MESSAGE);
  });

  it('outputs are held to their number', () => {
    const [output] = (done as Extract<ResultOutcome, { kind: 'done' }>).outputs;
    const many = (count: number) => () =>
      parseClientMessage(encodeClientMessage(makeResults({ ...done, outputs: Array(count).fill(output) })));
    expect(many(1)).not.toThrow();
    expect(many(MAX_OUTPUTS)).not.toThrow();
    expect(many(0)).toThrow(/has 0 outputs/);
    expect(many(MAX_OUTPUTS + 1)).toThrow(/has 9 outputs/);
    expect(many(255)).toThrow(/has 255 outputs/);
  });
});

describe('packed fields that cannot be', () => {
  it('a number where a whole one from 0 must stand', () => {
    const [result, assignment, receipt, credit] = [tamperResults(done), tamperAssignment(), tamperReceipt(), tamperCredit()];
    // an assignment: shard 0, copy 8, index 12, base 16; a receipt and a credit begin with their shard
    const places = [
      ...[SHARD, DEVICE, EXPIRY].map((at) => [result, at]),
      [assignment, 0],
      [assignment, 16],
      [receipt, 0],
      [credit, 0],
    ] as const;
    for (const [tampered, at] of places as readonly (readonly [Tampered, number])[]) {
      for (const value of NOT_COUNTS) expect(tampered.sendF64(at, value)).toThrow(BAD_MESSAGE);
      for (const value of [0, 1, Number.MAX_SAFE_INTEGER]) expect(tampered.sendF64(at, value)).not.toThrow();
    }
  });

  it('a negative zero is read as zero', () => {
    expect(tamperResults(done).sendF64(SHARD, -0)()).toMatchObject({ results: [{ claim: { shard: 0 } }] });
  });

  it('a time that is negative or no number', () => {
    const result = tamperResults(done);
    for (const value of [Number.NaN, -1, -Number.MIN_VALUE, Number.POSITIVE_INFINITY])
      expect(result.sendF64(OUTCOME, value)).toThrow(BAD_MESSAGE);
    for (const value of [0, 0.25, Number.MAX_VALUE]) expect(result.sendF64(OUTCOME, value)).not.toThrow();
  });

  it.each([
    ['outcome', tamperResults({ kind: 'released' }), 0, 3, 2],
    ['engine', tamperResults(done), OUTCOME + 8, 2, 1],
    ['failure', tamperResults({ kind: 'failed', code: 'gpu-lost', message: '' }), OUTCOME, FAILURES.length, FAILURES.length - 1],
    ['verdict', tamperReceipt(), 12, VERDICTS.length, VERDICTS.length - 1],
    ['vote', tamperReceipt(), 13, VOTE_STATES.length, VOTE_STATES.length - 1],
  ])('an unknown code of %s', (_name, tampered, at, unknown, last) => {
    expect(tampered.sendU8(at, last)).not.toThrow();
    expect(tampered.sendU8(at, unknown)).toThrow(/unknown/);
    expect(tampered.sendU8(at, 255)).toThrow(/unknown/);
  });

  it('any bytes at all: a message or a refusal by code, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (records) => {
        const grant = { ...packAssignments(makeAssignments(1)).grants[0], shards: records };
        for (const arrive of [
          () => parseClientMessage(encodeMessage({ type: 'results', results: records, wanted: 0, workgroupsPerSecond: 0 }, NO_PAYLOAD)),
          () => parseServerMessage(encodeMessage({ type: 'assignments', grants: [grant] }, NO_PAYLOAD)),
          () => parseServerMessage(encodeMessage({ type: 'receipts', receipts: records, refusals: [] }, NO_PAYLOAD)),
          () => parseServerMessage(encodeMessage({ type: 'credited', shards: records, balance: 0n }, NO_PAYLOAD)),
        ]) {
          try {
            arrive();
          } catch (fault) {
            expect(fault).toMatchObject({ code: 'bad-message' });
          }
        }
      }),
    );
  });
});
