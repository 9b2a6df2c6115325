// A device that can be told to work as the coordinator lets it, or to send so many results a second whatever the coordinator says.
import type { Assignment } from '../../src/protocol/assignment.ts';
import { encodeClientMessage } from '../../src/protocol/encode-message.ts';
import type { ShardId } from '../../src/protocol/ids.ts';
import { type ClientMessage, type IdleReason, PROTOCOL_VERSION, type ServerMessage } from '../../src/protocol/messages.ts';
import { parseServerMessage } from '../../src/protocol/parse-message.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { createMessageChannel } from '../../src/transport/message-channel.ts';
import { OUTPUT_BYTES, rootOfOutput, writeOutput } from '../bench/bench-job.ts';
import type { LatencyHistogram } from '../bench/latency-histogram.ts';

const SPEED = 1_000_000;
const WINDOW = 64;
/** A device that has nothing to send asks; every so often it also sends again what it sent before, as after a lost receipt. */
const REPEAT_EVERY = 8;

/** What all devices of a process count together. */
export interface OverloadCounts {
  offered: number;
  /** Due, and not sent for want of receipts or of work. */
  heldBack: number;
  acknowledged: number;
  credited: number;
  readonly idle: Partial<Record<IdleReason, number>>;
  readonly refused: Record<string, number>;
  /** Since the last report, and since the storm began. */
  readonly latency: LatencyHistogram;
  readonly stormLatency: LatencyHistogram;
  lost: number;
}

export interface OverloadDevice {
  /**
   * Sends this many results, of what it was given; when it has nothing it asks. Not while as many as the protocol allows are
   * without a receipt: those it holds back, and they are counted.
   */
  offer(results: number): void;
  /** From now on it answers at once what it is given, and asks for as much again; or waits for `offer`. */
  setEager(isEager: boolean): void;
  readonly credited: bigint;
  close(): void;
}

export function createOverloadDevice(channel: Channel, counts: OverloadCounts): OverloadDevice {
  let inHand: Assignment[] = [];
  let last: Uint8Array | null = null;
  let lastCount = 0;
  let times = 0;
  let isEager = true;
  let isClosing = false;
  let credited = 0n;
  const sentAtMs = new Map<ShardId, number>();
  /** Results without a receipt, also those that were sent before. */
  let outstanding = 0;
  /** Sent and not credited: a credit that is said again counts once. */
  const open = new Set<ShardId>();
  const send = (message: ClientMessage, payload?: Uint8Array): void => pipe.send(encodeClientMessage(message, payload));
  const want = (): void => send({ type: 'want', count: WINDOW, workgroupsPerSecond: SPEED });

  const sendFresh = (assignments: readonly Assignment[]): void => {
    const words = new Uint32Array((assignments.length * OUTPUT_BYTES) / 4);
    const payload = new Uint8Array(words.buffer);
    const nowMs = performance.now();
    const results = assignments.map(({ claim, shard, mac }, at) => {
      const payloadOffset = at * OUTPUT_BYTES;
      writeOutput(shard.base, words, payloadOffset / 4);
      const root = rootOfOutput(payload.subarray(payloadOffset, payloadOffset + OUTPUT_BYTES));
      sentAtMs.set(claim.shard, nowMs);
      open.add(claim.shard);
      return {
        claim,
        mac,
        outcome: { kind: 'done', outputs: [{ root, bytes: OUTPUT_BYTES, payloadOffset }], elapsedMs: 0.01, engine: 'cpu' },
      } as const;
    });
    last = encodeClientMessage({ type: 'results', results, wanted: assignments.length, workgroupsPerSecond: SPEED }, payload);
    lastCount = assignments.length;
    counts.offered += assignments.length;
    outstanding += assignments.length;
    pipe.send(last);
  };
  const flush = (most: number): number => {
    const assignments = inHand.splice(0, Math.min(most, WINDOW));
    if (assignments.length > 0) sendFresh(assignments);
    return assignments.length;
  };
  /** Never more unacknowledged than a device of ours would have. */
  const work = (): void => {
    while (isEager && sentAtMs.size < WINDOW && flush(WINDOW - sentAtMs.size) > 0);
  };
  const acknowledge = ({ receipts }: Extract<ServerMessage, { type: 'receipts' }>): void => {
    const nowMs = performance.now();
    outstanding = Math.max(0, outstanding - receipts.length);
    for (const { shard, refusal } of receipts) {
      if (refusal) counts.refused[refusal.code] = (counts.refused[refusal.code] ?? 0) + 1;
      const sentMs = sentAtMs.get(shard);
      if (sentMs === undefined) continue;
      sentAtMs.delete(shard);
      counts.acknowledged++;
      counts.latency.add(nowMs - sentMs);
      counts.stormLatency.add(nowMs - sentMs);
    }
    work();
  };
  const accept = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        return want();
      case 'assignments':
        inHand.push(...message.assignments);
        return work();
      case 'receipts':
        return acknowledge(message);
      case 'credited':
        for (const { shard, amount } of message.shards) {
          if (!open.delete(shard)) continue;
          counts.credited++;
          credited += amount;
        }
        return;
      case 'cancel': {
        const gone = new Set(message.shards);
        inHand = inHand.filter(({ claim }) => !gone.has(claim.shard));
        return;
      }
      case 'idle':
        counts.idle[message.reason] = (counts.idle[message.reason] ?? 0) + 1;
        if (isEager) setTimeout(want, Math.min(message.retryAfterMs, 500));
        return;
      case 'refused':
        counts.refused[message.fault.code] = (counts.refused[message.fault.code] ?? 0) + 1;
        return;
      case 'settled':
      case 'bytes-wanted':
      case 'draining':
      case 'heartbeat':
        return;
    }
  };
  const pipe = createMessageChannel(channel, {
    onMessage: (bytes) => accept(parseServerMessage(bytes).message),
    onClose: () => void (isClosing || counts.lost++),
  });
  send({
    type: 'hello',
    v: PROTOCOL_VERSION,
    build: 'overload',
    capabilities: { engines: [{ kind: 'cpu', label: 'overload', isFallback: false, maxBufferBytes: 1 << 30 }], threads: 1 },
  });
  return {
    offer(results) {
      if (outstanding >= WINDOW) {
        counts.heldBack += results;
        return;
      }
      if (flush(results) > 0) return;
      counts.heldBack += results;
      want();
      if (last === null || ++times % REPEAT_EVERY !== 0) return;
      counts.offered += lastCount;
      outstanding += lastCount;
      pipe.send(last);
    },
    setEager(next) {
      isEager = next;
      if (isEager) want();
    },
    get credited() {
      return credited;
    },
    close() {
      isClosing = true;
      pipe.close();
    },
  };
}
