// A contributor that computes nothing worth naming: it speaks the real protocol as a device does, within a device's limits.

import type { Assignment } from '../../src/protocol/assignment.ts';
import { encodeClientMessage } from '../../src/protocol/encode-message.ts';
import type { ShardId } from '../../src/protocol/ids.ts';
import {
  type ClientMessage,
  MAX_ASSIGNMENTS_IN_FLIGHT,
  MAX_RESULTS_A_MESSAGE,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '../../src/protocol/messages.ts';
import { parseServerMessage } from '../../src/protocol/parse-message.ts';
import type { Result } from '../../src/protocol/result.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { createMessageChannel } from '../../src/transport/message-channel.ts';
import { OUTPUT_BYTES, rootOfOutput, writeOutput } from './bench-job.ts';
import type { JobTally, LoadTally } from './load-tally.ts';

export interface LoadContributorOptions {
  /** Shards handed out and not yet answered. */
  readonly window: number;
  readonly thinkMs: number;
  readonly tally: LoadTally;
  readonly onLost: (sentence: string) => void;
}

export interface LoadContributor {
  /** Resolves with the coordinator's welcome. */
  readonly welcomed: Promise<void>;
  readonly wasServed: boolean;
  close(): void;
}

/** Faster than any device, so that the coordinator's grants are bounded by what is asked for. */
const SPEED = 1_000_000;

/** Results sent before their receipts, at most, however small the window: a device goes on computing meanwhile. */
export const MIN_UNACKNOWLEDGED = 8;

/** One message of results on its way; receipts come in the order of results. */
interface Batch {
  readonly job: JobTally;
  readonly sentAtMs: number;
  unacknowledged: number;
}

export function createLoadContributor(channel: Channel, options: LoadContributorOptions): LoadContributor {
  const { window, thinkMs, tally } = options;
  const inHand: Assignment[] = [];
  /** Sent; kept until the copy is credited. */
  const open = new Map<ShardId, JobTally>();
  const sent: Batch[] = [];
  const maxUnacknowledged = Math.max(window, MIN_UNACKNOWLEDGED);
  let unacknowledged = 0;
  let wasServed = false;
  let stopRest: NodeJS.Timeout | null = null;
  let welcome = (): void => {};
  let turnAway = (_fault: Error): void => {};
  const welcomed = new Promise<void>((resolve, reject) => {
    [welcome, turnAway] = [resolve, reject];
  });
  welcomed.catch(() => undefined);

  const send = (message: ClientMessage, payload?: Uint8Array): void => pipe.send(encodeClientMessage(message, payload));
  const want = (count: number): void =>
    send({ type: 'want', count: Math.min(count, MAX_ASSIGNMENTS_IN_FLIGHT), workgroupsPerSecond: SPEED });

  /** What may not be sent yet waits here, as it waits in a device. */
  const flush = (): void => {
    while (inHand.length > 0 && unacknowledged < maxUnacknowledged) {
      const count = Math.min(inHand.length, maxUnacknowledged - unacknowledged, MAX_RESULTS_A_MESSAGE);
      sendResults(inHand.splice(0, count));
    }
  };
  const sendResults = (assignments: readonly Assignment[]): void => {
    const sentAtMs = performance.now();
    const job = tally.ofJob(assignments[0]!.shard.job, sentAtMs);
    const words = new Uint32Array((assignments.length * OUTPUT_BYTES) / 4);
    const payload = new Uint8Array(words.buffer);
    const results: Result[] = assignments.map(({ claim, shard, mac }, at) => {
      const payloadOffset = at * OUTPUT_BYTES;
      writeOutput(shard.base, words, payloadOffset / 4);
      const root = rootOfOutput(payload.subarray(payloadOffset, payloadOffset + OUTPUT_BYTES));
      // shards of several jobs may go in one message
      open.set(claim.shard, shard.job === assignments[0]!.shard.job ? job : tally.ofJob(shard.job, sentAtMs));
      return {
        claim,
        mac,
        outcome: { kind: 'done', outputs: [{ root, bytes: OUTPUT_BYTES, payloadOffset }], elapsedMs: 0.01, engine: 'cpu' },
      };
    });
    sent.push({ job, sentAtMs, unacknowledged: assignments.length });
    unacknowledged += assignments.length;
    job.resultMessages++;
    send({ type: 'results', results, wanted: assignments.length, workgroupsPerSecond: SPEED }, payload);
  };

  const take = (assignments: readonly Assignment[]): void => {
    wasServed = true;
    if (stopRest) clearTimeout(stopRest);
    stopRest = null;
    const nowMs = performance.now();
    tally.handedOut(tally.ofJob(assignments[0]!.shard.job, nowMs), assignments.length, nowMs);
    inHand.push(...assignments);
    if (thinkMs > 0) setTimeout(flush, thinkMs);
    else flush();
  };
  const acknowledge = ({ receipts }: Extract<ServerMessage, { type: 'receipts' }>): void => {
    const nowMs = performance.now();
    for (const { vote, refusal } of receipts) {
      if (refusal || (vote !== 'agreed' && vote !== 'waiting')) {
        return tally.fail(`A result was not taken (${vote}): ${refusal?.sentence ?? 'no reason was given'}`);
      }
    }
    unacknowledged -= receipts.length;
    for (let left = receipts.length; left > 0 && sent.length > 0; ) {
      const batch = sent[0]!;
      const taken = Math.min(left, batch.unacknowledged);
      tally.receipted(batch.job, batch.sentAtMs, taken, nowMs);
      left -= taken;
      batch.unacknowledged -= taken;
      if (batch.unacknowledged === 0) sent.shift();
    }
    flush();
  };
  const credit = ({ shards }: Extract<ServerMessage, { type: 'credited' }>): void => {
    const nowMs = performance.now();
    for (const { shard } of shards) {
      const job = open.get(shard);
      if (!job) return tally.fail(`Shard ${shard} was credited twice, or without a result.`);
      open.delete(shard);
      tally.credited(job, 1, nowMs);
    }
  };
  /** Work that appears earlier is pushed; who still waits for receipts asks after them. */
  const rest = (forMs: number): void => {
    stopRest ??= setTimeout(() => {
      stopRest = null;
      if (inHand.length === 0 && unacknowledged === 0) want(window);
      else rest(forMs);
    }, forMs);
  };
  const accept = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        welcome();
        return want(window);
      case 'assignments':
        return take(message.assignments);
      case 'receipts':
        return acknowledge(message);
      case 'credited':
        return credit(message);
      case 'idle':
        return rest(message.retryAfterMs);
      case 'refused':
        return tally.fail(`The coordinator refused a message (${message.fault.code}): ${message.fault.sentence}`);
      case 'bytes-wanted':
        return tally.fail('The coordinator asked for bytes that came with the result.');
      case 'settled':
      case 'cancel':
      case 'draining':
      case 'heartbeat':
        return;
    }
  };

  let isClosing = false;
  const pipe = createMessageChannel(channel, {
    onMessage: (bytes) => accept(parseServerMessage(bytes).message),
    onClose: ({ sentence }) => {
      if (stopRest) clearTimeout(stopRest);
      turnAway(new Error(sentence));
      if (!isClosing) options.onLost(sentence);
    },
  });
  send({
    type: 'hello',
    v: PROTOCOL_VERSION,
    build: 'bench',
    capabilities: { engines: [{ kind: 'cpu', label: 'bench', isFallback: false, maxBufferBytes: 1 << 30 }], threads: 1 },
  });
  return {
    welcomed,
    get wasServed() {
      return wasServed;
    },
    close() {
      isClosing = true;
      pipe.close();
    },
  };
}
