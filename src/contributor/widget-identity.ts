// Who a visitor is inside a site's widget: a guest key kept apart for that site, and a bearer token, for frames have no cookie that can be relied on.
import type { Api } from '../account/create-api.ts';
import { loadGuestKey } from '../account/guest-key.ts';
import { readSession } from '../account/session.ts';
import { signInThroughWidget, type WidgetPlace } from '../account/sign-in-widget.ts';
import type { Identity } from './identity.ts';

/** Crosses into the supervisor's worker. */
export interface WidgetIdentity extends WidgetPlace {
  readonly kind: 'widget';
  /** Of the session that the frame has opened. */
  readonly token: string;
}

export function createWidgetIdentity(api: Api, { token, ...place }: WidgetIdentity): Identity {
  let signedIn = api.withToken(token);
  return {
    async signIn() {
      if ((await readSession(signedIn)) === null) signedIn = api.withToken(await signInThroughWidget(api, await loadGuestKey(), place));
      return signedIn;
    },
  };
}
