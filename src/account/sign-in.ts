// Opens a session: with a key that this device holds, or with a wallet that signs a message people can read.
import type { SignedInView, SignInBody } from '../protocol/api.ts';
import { challengeBytes } from '../protocol/canonical.ts';
import type { Api } from './create-api.ts';
import { requestChallenge } from './request-challenge.ts';
import { signSiweMessage, type WalletProvider } from './sign-siwe-message.ts';
import type { SigningKey } from './signing-key.ts';

/** A browser gets a cookie; a headless client finds `token` in the answer and goes on with `api.withToken(token)`. */
export async function signInWithKey(api: Api, key: SigningKey, kind: 'guest' | 'headless'): Promise<SignedInView> {
  const { nonce, origin, expiresAtMs } = await requestChallenge(api);
  const signature = await key.sign(challengeBytes({ origin, nonce, publicKey: key.publicKey, expiresAtMs }));
  const body: SignInBody = { kind, publicKey: key.publicKey, nonce, expiresAtMs, signature };
  return api.readJson('/api/session', { method: 'POST', json: body });
}

/** `device` is this browser's guest key: the wallet's account then knows which device it is. Throws `cancelled` when the wallet says no. */
export async function signInWithWallet(api: Api, provider: WalletProvider, device: SigningKey, nowMs: number): Promise<SignedInView> {
  const challenge = await requestChallenge(api);
  const { message, signature } = await signSiweMessage({
    provider,
    challenge,
    deviceKey: device.publicKey,
    nowMs,
    statement: 'Sign in to Ostraka. This costs nothing and moves nothing.',
  });
  const body: SignInBody = { kind: 'wallet', message, signature };
  return api.readJson('/api/session', { method: 'POST', json: body });
}
