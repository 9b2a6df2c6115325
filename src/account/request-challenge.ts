// Asks the coordinator for something to sign, and refuses to sign what was made for another place.
import type { ChallengeView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import type { Api } from './create-api.ts';

/** A challenge that names another origin is one that this server carries over from another: signing it would open a session there. */
export async function requestChallenge(api: Api): Promise<ChallengeView> {
  const challenge = await api.readJson<ChallengeView>('/api/session/challenge', { method: 'POST' });
  if (challenge.origin !== api.origin) {
    throw new Fault(
      'bad-origin',
      `The coordinator asked for a signature for ${challenge.origin}, but this is ${api.origin}; nothing was signed.`,
    );
  }
  return challenge;
}
