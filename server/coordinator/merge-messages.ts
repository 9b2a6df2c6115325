// Many results a message: what a commit has to say to one session, joined by kind, in the order it was first said.
import type { ResultReceipt, ServerMessage } from '../../src/protocol/messages.ts';
import type { OutgoingMessage, SessionKey } from './event.ts';

type Credited = Extract<ServerMessage, { type: 'credited' }>['shards'][number];
type Settled = Extract<ServerMessage, { type: 'settled' }>['shards'][number];

interface Joined {
  receipts: ResultReceipt[] | null;
  credited: Credited[] | null;
  settled: Settled[] | null;
}

export interface Addressed {
  readonly session: SessionKey;
  readonly message: ServerMessage;
}

/** Receipts, credits and settlements are joined; everything else stays as it is. */
export function mergeMessages(messages: readonly OutgoingMessage[]): readonly Addressed[] {
  const joined = new Map<SessionKey, Joined>();
  const merged: Addressed[] = [];
  for (const outgoing of messages) {
    const { session } = outgoing;
    const known = joined.get(session) ?? { receipts: null, credited: null, settled: null };
    joined.set(session, known);
    const first = join(known, outgoing.message);
    if (first) merged.push({ session, message: first });
  }
  return merged;
}

/** Null when the message went into an earlier one. */
function join(known: Joined, message: ServerMessage): ServerMessage | null {
  switch (message.type) {
    case 'receipts': {
      const receipts = known.receipts;
      if (receipts) return pushAll(receipts, message.receipts);
      known.receipts = [...message.receipts];
      return { ...message, receipts: known.receipts };
    }
    case 'credited': {
      const credited = known.credited;
      if (credited) return pushAll(credited, message.shards);
      known.credited = [...message.shards];
      return { ...message, shards: known.credited };
    }
    case 'settled': {
      const settled = known.settled;
      if (settled) return pushAll(settled, message.shards);
      known.settled = [...message.shards];
      return { ...message, shards: known.settled };
    }
    default:
      return message;
  }
}

function pushAll<Item>(into: Item[], items: readonly Item[]): null {
  for (const item of items) into.push(item);
  return null;
}
