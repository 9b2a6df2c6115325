// One-time passes for sockets: a session asks for one over HTTP and spends it at the upgrade, bound to one peer id. PURE.
import type { AccountKind, TicketView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';

/** Who a connection is, as its HTTP session proved. */
export interface TicketHolder {
  readonly account: AccountId;
  readonly accountKind: AccountKind;
  readonly device: DeviceId;
  /** From `makeAddressRange`. */
  readonly addressRange: string | null;
}

export interface SpentTicket extends TicketHolder {
  readonly peer: string;
}

export const TICKET_LIFE_MS = 30_000;
/** Tickets one account may hold unspent. */
export const MAX_TICKETS_AN_ACCOUNT = 32;
export const MAX_TICKETS = 10_000;

const TICKET_BYTES = 24;
const PEER_BYTES = 12;

export interface TicketStore {
  /** Throws `too-many-requests` at the caps. `random` gives that many unguessable bytes. */
  issue(holder: TicketHolder, nowMs: number, random: (bytes: number) => Uint8Array): TicketView;
  /** Throws `bad-ticket`; in any case the ticket is gone. `peer` is checked where the socket names one. */
  spend(ticket: string, peer: string | null, nowMs: number): SpentTicket;
  readonly size: number;
}

interface Ticket extends SpentTicket {
  readonly expiresAtMs: number;
}

export function createTicketStore(): TicketStore {
  // Insertion order is the order of expiry.
  const tickets = new Map<string, Ticket>();
  const heldBy = new Map<AccountId, number>();

  const drop = (text: string, ticket: Ticket): void => {
    tickets.delete(text);
    const held = (heldBy.get(ticket.account) ?? 1) - 1;
    if (held > 0) heldBy.set(ticket.account, held);
    else heldBy.delete(ticket.account);
  };
  const expire = (nowMs: number): void => {
    for (const [text, ticket] of tickets) {
      if (ticket.expiresAtMs > nowMs) return;
      drop(text, ticket);
    }
  };
  return {
    issue(holder, nowMs, random) {
      expire(nowMs);
      const held = heldBy.get(holder.account) ?? 0;
      if (held >= MAX_TICKETS_AN_ACCOUNT || tickets.size >= MAX_TICKETS) {
        throw new Fault('too-many-requests', 'Too many tickets are unspent; open a connection with one of them or wait half a minute.');
      }
      const text = Buffer.from(random(TICKET_BYTES)).toString('base64url');
      // PeerJS wants ids that begin and end with a letter or digit; hexadecimal does.
      const peer = Buffer.from(random(PEER_BYTES)).toString('hex');
      const expiresAtMs = nowMs + TICKET_LIFE_MS;
      tickets.set(text, { ...holder, peer, expiresAtMs });
      heldBy.set(holder.account, held + 1);
      return { ticket: text, peer, expiresAtMs };
    },
    spend(text, peer, nowMs) {
      expire(nowMs);
      const ticket = tickets.get(text);
      if (!ticket) throw new Fault('bad-ticket', 'This ticket is unknown, spent or expired; ask for a new one and connect within 30 s.');
      drop(text, ticket);
      if (peer !== null && peer !== ticket.peer)
        throw new Fault('bad-ticket', 'This ticket belongs to another peer id; ask for a new one.');
      const { expiresAtMs: _, ...spent } = ticket;
      return spent;
    },
    get size() {
      return tickets.size;
    },
  };
}
