// Decides whether a guest or headless key signed the challenge it was given. Wakes on POST /api/session.
import type { SignInBody } from '../../src/protocol/api.ts';
import { fromBase64url } from '../../src/protocol/base64url.ts';
import { challengeBytes } from '../../src/protocol/canonical.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { ChallengeStore } from './challenge-store.ts';
import { spendChallenge } from './spend-challenge.ts';

/** ECDSA P-256 with SHA-256 over `bytes`; the key as a raw point, the signature as r and s. */
export type VerifySignature = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;

export type KeySignIn = Exclude<SignInBody, { readonly kind: 'wallet' }>;

/** An uncompressed point: the one form of a key, so that a key is one account. */
const POINT_BYTES = 65;
const POINT_PREFIX = 4;
const SIGNATURE_BYTES = 64;

export async function verifyKey(
  body: KeySignIn,
  origin: string,
  nowMs: number,
  challenges: ChallengeStore,
  verifySignature: VerifySignature,
): Promise<{ readonly publicKey: string }> {
  const challenge = spendChallenge(challenges, body.nonce, origin, nowMs);
  const { nonce, expiresAtMs } = challenge;
  const { publicKey } = body;
  const isSigned =
    body.expiresAtMs === expiresAtMs &&
    (await isSignedBy(publicKey, challengeBytes({ origin, nonce, publicKey, expiresAtMs }), body.signature, verifySignature));
  if (!isSigned)
    throw new Fault('bad-signature', 'The signature does not fit this key and challenge; ask for a new challenge and sign that.');
  return { publicKey };
}

export async function isSignedBy(
  publicKey: string,
  bytes: Uint8Array,
  signature: string,
  verifySignature: VerifySignature,
): Promise<boolean> {
  const point = fromBase64url(publicKey);
  const rAndS = fromBase64url(signature);
  if (point?.length !== POINT_BYTES || point[0] !== POINT_PREFIX || rAndS?.length !== SIGNATURE_BYTES) return false;
  return verifySignature(point, bytes, rAndS);
}
