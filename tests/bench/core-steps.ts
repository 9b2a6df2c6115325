// What one vote costs the coordinator's own process, without sockets and without a database: parse, decide, gather, encode.
import type { CommitReport, CommitUnit, Journal } from '../../server/coordinator/change.ts';
import { runCoordinator } from '../../server/coordinator/run-coordinator.ts';
import { makeEvent } from '../../server/gateway/message-event.ts';
import { gatherRows } from '../../server/storage/gather-rows.ts';
import { encodeClientMessage, encodeServerMessage } from '../../src/protocol/encode-message.ts';
import type { AccountId, DeviceId, Digest, MicroCredits } from '../../src/protocol/ids.ts';
import { outputRoot } from '../../src/protocol/merkle.ts';
import type { ServerMessage } from '../../src/protocol/messages.ts';
import { parseClientMessage } from '../../src/protocol/parse-message.ts';
import type { Result } from '../../src/protocol/result.ts';
import { makeJobRecord } from '../support/make-job-record.ts';

const CONTRIBUTORS = 64;
const OUTPUT_BYTES = 64;

interface Cost {
  readonly quorum: number;
  readonly votes: number;
  /** Of this process while it was the coordinator, a vote. */
  readonly microseconds: Readonly<Record<'parse' | 'step' | 'gather' | 'encode', number>>;
}

/** Commits nothing, at once. */
function createBlindJournal(onUnits: (units: readonly CommitUnit[]) => void): Journal {
  let id = 1_000;
  const report: CommitReport = {
    refused: new Map(),
    balances: new Map<AccountId, MicroCredits>(),
    verifiedShards: new Map(),
    completed: new Map(),
  };
  return {
    load: async () => ({ jobs: [], shards: [], votes: [], devices: [] }),
    async commit(units) {
      onUnits(units);
      return report;
    },
    claimEpoch: async () => 1,
    nextIds: async (count) => Array.from({ length: count }, () => id++),
    renew: async () => ({ others: 0, ended: [], blocks: 0 }),
    claimBlocks: async () => [],
  };
}

export async function measureCore(quorum: number, shards: number): Promise<Cost> {
  const spent = { parse: 0, step: 0, gather: 0, encode: 0 };
  const time = <Value>(part: keyof typeof spent, run: () => Value): Value => {
    const start = process.hrtime.bigint();
    const value = run();
    spent[part] += Number(process.hrtime.bigint() - start) / 1_000;
    return value;
  };
  const journal = createBlindJournal((units) => time('gather', () => gatherRows(units)));
  const runner = await runCoordinator({
    journal,
    macSecret: new Uint8Array(32).fill(1),
    nowMs: () => 1_000,
    wait: async () => {},
    onFailedCommit: (cause) => {
      throw cause;
    },
  });
  const inboxes: ServerMessage[][] = Array.from({ length: CONTRIBUTORS }, () => []);
  runner.connect({
    deliver(session, message) {
      time('encode', () => encodeServerMessage(message));
      if (message.type === 'assignments') inboxes[session]!.push(message);
    },
    resume() {},
  });
  const job = makeJobRecord({ id: 100, workgroups: shards, quorum, bytesPerWorkgroup: OUTPUT_BYTES });
  await runner.openJob(job);
  const root = new Map<number, Digest>();
  const output = job.manifest.outputs[0]!;
  const rootFor = (fill: number, bytes: Uint8Array): Digest => {
    const known = root.get(fill) ?? outputRoot(output, bytes);
    root.set(fill, known);
    return known;
  };
  for (let session = 0; session < CONTRIBUTORS; session++) {
    runner.post({
      type: 'session-opened',
      session,
      account: (session + 10) as AccountId,
      accountKind: 'wallet',
      device: (session + 10) as DeviceId,
      addressRange: null,
      capabilities: { engines: [{ kind: 'cpu', label: 'bench', isFallback: false, maxBufferBytes: 1e9 }], threads: 64 },
      record: null,
    });
    runner.post({ type: 'shards-wanted', session, count: 64, workgroupsPerSecond: 1e5 });
  }
  let votes = 0;
  for (let idle = 0; idle < CONTRIBUTORS; ) {
    for (let session = 0; session < CONTRIBUTORS; session++) {
      const message = inboxes[session]!.shift();
      if (message?.type !== 'assignments') {
        idle++;
        continue;
      }
      idle = 0;
      const payload = new Uint8Array(message.assignments.length * OUTPUT_BYTES);
      const results = message.assignments.map(({ claim, mac, shard }, at): Result => {
        const bytes = payload.subarray(at * OUTPUT_BYTES, (at + 1) * OUTPUT_BYTES).fill(shard.index & 255);
        const outputs = [{ root: rootFor(shard.index & 255, bytes), bytes: OUTPUT_BYTES, payloadOffset: at * OUTPUT_BYTES }];
        return { claim, mac, outcome: { kind: 'done', outputs, elapsedMs: 1, engine: 'cpu' } };
      });
      votes += results.length;
      const encoded = encodeClientMessage({ type: 'results', results, wanted: results.length, workgroupsPerSecond: 1e5 }, payload);
      const event = time('parse', () => makeEvent(session, parseClientMessage(encoded), (shard) => runner.shapeOf(shard)))!;
      const before = spent.encode;
      time('step', () => runner.post(event));
      spent.step -= spent.encode - before;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const microseconds = Object.fromEntries(Object.entries(spent).map(([part, sum]) => [part, sum / votes])) as Cost['microseconds'];
  return { quorum, votes, microseconds };
}

if (import.meta.filename === process.argv[1]) {
  const shards = Number(process.argv[2] ?? 100_000);
  for (const quorum of [1, 2]) {
    await measureCore(quorum, 10_000);
    const { votes, microseconds } = await measureCore(quorum, shards);
    const parts = Object.entries(microseconds).map(([part, value]) => `${part} ${value.toFixed(2)}`);
    const sum = Object.values(microseconds).reduce((a, b) => a + b, 0);
    console.log(`quorum ${quorum}: ${votes} votes; us a vote: ${parts.join(', ')}, in all ${sum.toFixed(2)}`);
  }
}
