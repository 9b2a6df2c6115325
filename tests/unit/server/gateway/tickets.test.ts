// Tickets: spent once, within their time, by the peer they name, and not hoarded.
import { describe, expect, it } from 'vitest';
import {
  createTicketStore,
  MAX_TICKETS,
  MAX_TICKETS_AN_ACCOUNT,
  TICKET_LIFE_MS,
  type TicketHolder,
} from '../../../../server/gateway/tickets.ts';
import type { AccountId, DeviceId } from '../../../../src/protocol/ids.ts';

function makeHolder(account: number): TicketHolder {
  return { account: account as AccountId, accountKind: 'guest', device: (account + 100) as DeviceId, addressRange: null };
}

function createRandom(): (bytes: number) => Uint8Array {
  let next = 0;
  return (bytes) => {
    const random = new Uint8Array(bytes);
    new DataView(random.buffer).setUint32(0, ++next);
    return random;
  };
}

describe('a ticket', () => {
  it('opens one socket as its holder', () => {
    const tickets = createTicketStore();
    const view = tickets.issue(makeHolder(7), 0, createRandom());
    expect(view.expiresAtMs).toBe(TICKET_LIFE_MS);
    expect(view.peer).toMatch(/^[0-9a-f]{24}$/);
    expect(view.ticket).toMatch(/^[\w-]{32}$/);
    expect(tickets.spend(view.ticket, null, 1)).toEqual({ ...makeHolder(7), peer: view.peer });
    expect(() => tickets.spend(view.ticket, null, 1)).toThrow(expect.objectContaining({ code: 'bad-ticket' }));
    expect(tickets.size).toBe(0);
  });

  it('is good until its last millisecond and not after', () => {
    const [tickets, random] = [createTicketStore(), createRandom()];
    const [early, late] = [tickets.issue(makeHolder(1), 0, random), tickets.issue(makeHolder(1), 0, random)];
    expect(tickets.spend(early.ticket, null, TICKET_LIFE_MS - 1).account).toBe(1);
    expect(() => tickets.spend(late.ticket, null, TICKET_LIFE_MS)).toThrow(expect.objectContaining({ code: 'bad-ticket' }));
  });

  it('is spent by a wrong peer too, so that ids cannot be tried', () => {
    const [tickets, random] = [createTicketStore(), createRandom()];
    const view = tickets.issue(makeHolder(1), 0, random);
    expect(() => tickets.spend(view.ticket, 'coordinator', 1)).toThrow(/another peer id/);
    expect(() => tickets.spend(view.ticket, view.peer, 1)).toThrow(expect.objectContaining({ code: 'bad-ticket' }));
    const second = tickets.issue(makeHolder(1), 0, random);
    expect(tickets.spend(second.ticket, second.peer, 1).peer).toBe(second.peer);
  });

  it('is refused when it was never issued, or is no text of ours', () => {
    const tickets = createTicketStore();
    for (const text of ['', 'x', '__proto__', 'constructor']) {
      expect(() => tickets.spend(text, null, 0)).toThrow(expect.objectContaining({ code: 'bad-ticket' }));
    }
  });

  it('is not issued above an account’s share, until one is spent or expires', () => {
    const [tickets, random] = [createTicketStore(), createRandom()];
    const views = Array.from({ length: MAX_TICKETS_AN_ACCOUNT }, () => tickets.issue(makeHolder(1), 0, random));
    expect(() => tickets.issue(makeHolder(1), 1, random)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    tickets.issue(makeHolder(2), 1, random);
    tickets.spend(views[0]?.ticket ?? '', null, 1);
    tickets.issue(makeHolder(1), 1, random);
    expect(() => tickets.issue(makeHolder(1), 1, random)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    tickets.issue(makeHolder(1), TICKET_LIFE_MS, random);
  });

  it('is not issued above the share of all', () => {
    const [tickets, random] = [createTicketStore(), createRandom()];
    for (let i = 0; i < MAX_TICKETS; i++) tickets.issue(makeHolder(i), 0, random);
    expect(() => tickets.issue(makeHolder(-1), 0, random)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    tickets.issue(makeHolder(-1), TICKET_LIFE_MS, random);
    expect(tickets.size).toBe(1);
  });
});
