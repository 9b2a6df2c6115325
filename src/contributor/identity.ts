// Who this contributor is to the coordinator: the page's session, a guest key made here, or a key file's session.
import type { Api } from '../account/create-api.ts';
import { loadGuestKey } from '../account/guest-key.ts';
import { readSession } from '../account/session.ts';
import { signInWithKey } from '../account/sign-in.ts';
import type { SigningKey } from '../account/signing-key.ts';
import { Fault } from '../protocol/fault.ts';

export interface Identity {
  /** An Api whose calls are signed in; opens a session only where there is none. */
  signIn(): Promise<Api>;
}

/** In a browser: whoever is signed in on this site (a wallet, say), else this browser's guest key. */
export function createBrowserIdentity(api: Api): Identity {
  return {
    async signIn() {
      if ((await readSession(api)) === null) await signInWithKey(api, await loadGuestKey(), 'guest');
      return api;
    },
  };
}

/** Headless: a key signs, the session is a bearer token that is used until the coordinator no longer knows it. */
export function createKeyIdentity(api: Api, key: SigningKey): Identity {
  let signedIn: Api | null = null;
  return {
    async signIn() {
      if (signedIn && (await readSession(signedIn)) !== null) return signedIn;
      const { token } = await signInWithKey(api, key, 'headless');
      if (token === null) throw new Fault('internal', 'The coordinator opened a session without a token; it cannot be used headless.');
      signedIn = api.withToken(token);
      return signedIn;
    },
  };
}
