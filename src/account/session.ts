// The session as a client sees it: who am I, a pass for a socket, good-bye.
import type { SessionView, TicketView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import type { Api } from './create-api.ts';

/** Null when nobody is signed in here. */
export async function readSession(api: Api): Promise<SessionView | null> {
  try {
    const response = await api.send('/api/session');
    return response.status === 204 ? null : ((await response.json()) as SessionView);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-signed-in') return null;
    throw error;
  }
}

/** A one-time pass for one socket, good for 30 s; throws `not-signed-in`. */
export function requestTicket(api: Api): Promise<TicketView> {
  return api.readJson('/api/session/ticket', { method: 'POST' });
}

/** Ends this session, or every session of the account. */
export async function signOut(api: Api, scope: 'here' | 'everywhere' = 'here'): Promise<void> {
  await api.send(`/api/session${scope === 'everywhere' ? '?all=1' : ''}`, { method: 'DELETE' });
}
