// A message of the coordinator in a few words, for the trace of a world.
import type { ServerMessage } from '../../src/protocol/messages.ts';

export function describeMessage(message: ServerMessage): string {
  switch (message.type) {
    case 'welcome':
      return `welcome in epoch ${message.epoch}`;
    case 'assignments':
      return `assignments ${message.assignments.map(({ claim, leaseMs }) => `${claim.shard}#${claim.copy} for ${leaseMs} ms`).join(', ')}`;
    case 'idle':
      return `idle: ${message.reason}`;
    case 'receipts':
      return `receipts ${message.receipts.map(({ shard, copy, vote, verdict, refusal }) => `${shard}#${copy} ${refusal?.sentence ?? `${vote} (${verdict})`}`).join(', ')}`;
    case 'credited':
      return `credited ${message.shards.map(({ shard, amount }) => `${shard} +${amount}`).join(', ')}, balance ${message.balance}`;
    case 'settled':
      return `settled ${message.shards.map(({ shard, vote }) => `${shard} ${vote}`).join(', ')}`;
    case 'bytes-wanted':
      return `bytes wanted of ${message.claim.shard}#${message.claim.copy}`;
    case 'cancel':
      return `cancel ${message.shards.join(', ')}: ${message.reason}`;
    case 'refused':
      return `refused: ${message.fault.sentence}`;
    case 'draining':
      return 'draining';
    case 'heartbeat':
      return 'heartbeat';
  }
}
