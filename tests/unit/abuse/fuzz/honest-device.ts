// A device that does everything right, one shard a turn, while others storm the gateway beside it.
import type { Assignment } from '../../../../src/protocol/assignment.ts';
import { encodeClientMessage } from '../../../../src/protocol/encode-message.ts';
import type { ManifestOutput } from '../../../../src/protocol/job.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';
import type { ServerMessage } from '../../../../src/protocol/messages.ts';
import { parseServerMessage } from '../../../../src/protocol/parse-message.ts';
import type { Channel } from '../../../../src/transport/channel.ts';
import { createMessageChannel } from '../../../../src/transport/message-channel.ts';
import type { Timers } from '../../../../src/transport/timers.ts';
import { HELLO } from './sample-messages.ts';

export interface HonestDevice {
  /** Answers one of the assignments it holds and asks for another. */
  work(): void;
  readonly assignments: readonly Assignment[];
  readonly sent: number;
  readonly credited: number;
  /** What an honest device should never hear. */
  readonly complaints: readonly string[];
}

export function createHonestDevice(channel: Channel, timers: Timers, output: ManifestOutput, bytesPerWorkgroup: number): HonestDevice {
  const inHand: Assignment[] = [];
  const complaints: string[] = [];
  let sent = 0;
  let credited = 0;
  const accept = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        return pipe.send(encodeClientMessage({ type: 'want', count: 2, workgroupsPerSecond: 1 }));
      case 'assignments':
        return void inHand.push(...message.assignments);
      case 'receipts':
        for (const { vote, refusal } of message.receipts) if (refusal || vote !== 'agreed') complaints.push(refusal?.sentence ?? vote);
        return;
      case 'credited':
        credited += message.shards.length;
        return;
      case 'cancel':
      case 'refused':
      case 'draining':
      case 'settled':
      case 'bytes-wanted':
        return void complaints.push(message.type);
      case 'idle':
      case 'heartbeat':
        return;
    }
  };
  const pipe = createMessageChannel(channel, {
    timers,
    onMessage: (bytes) => accept(parseServerMessage(bytes).message),
    onClose: ({ sentence }) => void complaints.push(sentence),
  });
  pipe.send(encodeClientMessage(HELLO));
  return {
    work() {
      const assignment = inHand.shift();
      if (!assignment) return;
      const bytes = new Uint8Array(assignment.shard.count * bytesPerWorkgroup).fill(1);
      const outputs = [{ root: outputRoot(output, bytes), bytes: bytes.length, payloadOffset: 0 }];
      const { claim, mac } = assignment;
      sent++;
      const results = [{ claim, mac, outcome: { kind: 'done', outputs, elapsedMs: 1, engine: 'cpu' } as const }];
      pipe.send(encodeClientMessage({ type: 'results', results, wanted: 1, workgroupsPerSecond: 1 }, bytes));
    },
    get assignments() {
      return inHand;
    },
    get sent() {
      return sent;
    },
    get credited() {
      return credited;
    },
    complaints,
  };
}
