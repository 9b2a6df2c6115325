// Hands a guest's account to a wallet, once: the wallet signs that it takes this key, the key signs that it goes to this wallet.
import type { AttachBody, SignedInView } from '../protocol/api.ts';
import { attachBytes } from '../protocol/canonical.ts';
import type { Api } from './create-api.ts';
import { requestChallenge } from './request-challenge.ts';
import { signSiweMessage, type WalletProvider } from './sign-siwe-message.ts';
import type { SigningKey } from './signing-key.ts';

/** Wants a guest session; afterwards the session is the wallet's and all credit has moved. Throws `already-attached`, `cancelled`. */
export async function attachWallet(api: Api, provider: WalletProvider, guest: SigningKey, nowMs: number): Promise<SignedInView> {
  const challenge = await requestChallenge(api);
  const { message, signature, address } = await signSiweMessage({
    provider,
    challenge,
    deviceKey: guest.publicKey,
    nowMs,
    // EIP-4361 allows no letter beyond ASCII here.
    statement: 'Attach the Ostraka account of this browser to this wallet. All its credit moves to the wallet, once.',
  });
  const { origin, nonce } = challenge;
  const guestSignature = await guest.sign(attachBytes({ origin, nonce, wallet: address.toLowerCase() }));
  const body: AttachBody = { message, walletSignature: signature, guestSignature };
  return api.readJson('/api/session/attach', { method: 'POST', json: body });
}
