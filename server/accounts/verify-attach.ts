// Decides whether a guest may become a wallet's: the wallet signed a message that names the guest's key, the key signed for that wallet, over one nonce.
// Wakes on POST /api/session/attach.
import type { AttachBody } from '../../src/protocol/api.ts';
import { attachBytes } from '../../src/protocol/canonical.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { ChallengeStore } from './challenge-store.ts';
import { isSignedBy, type VerifySignature } from './verify-key.ts';
import { type Site, verifyWallet } from './verify-wallet.ts';

export interface VerifiedAttach {
  readonly wallet: string;
  /** The guest's public key; the caller checks that it is the session's own. */
  readonly deviceKey: string;
}

export async function verifyAttach(
  body: AttachBody,
  site: Site,
  nowMs: number,
  challenges: ChallengeStore,
  verifySignature: VerifySignature,
): Promise<VerifiedAttach> {
  const { wallet, deviceKey, challenge } = await verifyWallet(
    { message: body.message, signature: body.walletSignature },
    site,
    nowMs,
    challenges,
  );
  if (deviceKey === null)
    throw new Fault('bad-signature', 'The message does not name the guest key it takes; sign it again from the account page.');
  const bytes = attachBytes({ origin: site.origin, nonce: challenge.nonce, wallet: wallet.toLowerCase() });
  if (!(await isSignedBy(deviceKey, bytes, body.guestSignature, verifySignature))) {
    throw new Fault('bad-signature', 'The guest key did not sign for this wallet; start again from the account page.');
  }
  return { wallet, deviceKey };
}
