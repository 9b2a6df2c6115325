// Messages of both unions as the bytes that travel; `parse-message.ts` undoes it.
import { encodeMessage } from './frame.ts';
import { type ClientMessage, NO_PAYLOAD, type ServerMessage } from './messages.ts';
import { packAssignments, packCredited, packReceipts, packResults } from './pack-messages.ts';

/** `payload`: the output bytes that `results` and `bytes` speak of. */
export function encodeClientMessage(message: ClientMessage, payload: Uint8Array = NO_PAYLOAD): Uint8Array {
  return encodeMessage(message.type === 'results' ? packResults(message) : message, payload);
}

export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return encodeMessage(packServerMessage(message), NO_PAYLOAD);
}

function packServerMessage(message: ServerMessage): unknown {
  switch (message.type) {
    case 'assignments':
      return packAssignments(message);
    case 'receipts':
      return packReceipts(message);
    case 'credited':
      return packCredited(message);
    default:
      return message;
  }
}
