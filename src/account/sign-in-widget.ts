// Opens a visitor's session through a site's widget: the guest key of this browser within that site, and a bearer token instead of a cookie.
import type { SignedInView } from '../protocol/api.ts';
import type { SiteId } from '../protocol/api-sites.ts';
import { challengeBytes } from '../protocol/canonical.ts';
import { Fault } from '../protocol/fault.ts';
import type { Api } from './create-api.ts';
import { requestChallenge } from './request-challenge.ts';
import type { SigningKey } from './signing-key.ts';

export interface WidgetPlace {
  readonly site: SiteId;
  /** Host and port of the page around the widget, as the browser names it. */
  readonly host: string;
}

/** The token; throws `bad-origin` where the site is registered for another host. */
export async function signInThroughWidget(api: Api, key: SigningKey, { site, host }: WidgetPlace): Promise<string> {
  const { nonce, origin, expiresAtMs } = await requestChallenge(api);
  const signature = await key.sign(challengeBytes({ origin, nonce, publicKey: key.publicKey, expiresAtMs }));
  const body = { publicKey: key.publicKey, nonce, expiresAtMs, signature, site, host };
  const { token } = await api.readJson<SignedInView>('/api/session/widget', { method: 'POST', json: body });
  if (token === null) throw new Fault('internal', 'The coordinator opened a session without a token; the widget cannot use it.');
  return token;
}
