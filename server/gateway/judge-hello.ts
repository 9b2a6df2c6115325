// Whether a connection's first message opens a session. PURE.
import type { FaultBody } from '../../src/protocol/fault.ts';
import { decodeMessage } from '../../src/protocol/frame.ts';
import { type ClientMessage, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../src/protocol/messages.ts';

export type Hello = Extract<ClientMessage, { readonly type: 'hello' }>;

/**
 * A hello of a version that is not spoken here; null for anything else. It is asked before the message is parsed, because another
 * version's hello may look otherwise and must still be told to upgrade. Throws `bad-message` on what is no message.
 */
export function judgeVersion(encoded: Uint8Array): FaultBody | null {
  const { header } = decodeMessage(encoded);
  if (typeof header !== 'object' || header === null) return null;
  const { type, v } = header as { readonly type?: unknown; readonly v?: unknown };
  if (type !== 'hello' || typeof v !== 'number') return null;
  if (Number.isInteger(v) && v >= OLDEST_PROTOCOL_VERSION && v <= PROTOCOL_VERSION) return null;
  return {
    code: 'upgrade-required',
    sentence: `This coordinator speaks versions ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION} of the protocol, not ${v}; reload or update.`,
    facts: { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
  };
}
