// The rules of signing in, as one object over one store of challenges; chance and cryptography are given.
import type { AccountKind, AttachBody, ChallengeView } from '../../src/protocol/api.ts';
import { toBase64url } from '../../src/protocol/base64url.ts';
import { digestOf, toHex } from '../../src/protocol/sha256.ts';
import { createChallengeStore } from './challenge-store.ts';
import { isGrantDue } from './grant-policy.ts';
import { type VerifiedAttach, verifyAttach } from './verify-attach.ts';
import { type KeySignIn, type VerifySignature, verifyKey } from './verify-key.ts';
import { hostOf, type VerifiedWallet, verifyWallet, type WalletProof } from './verify-wallet.ts';

export interface SignInRulesOptions {
  readonly chainId: number;
  readonly isLoopbackOnly: boolean;
  readonly random: (count: number) => Uint8Array;
  readonly verifySignature: VerifySignature;
}

export interface SignInRules {
  makeChallenge(origin: string, nowMs: number): ChallengeView;
  verifyKey(body: KeySignIn, origin: string, nowMs: number): Promise<{ readonly publicKey: string }>;
  verifyWallet(proof: WalletProof, origin: string, nowMs: number): Promise<VerifiedWallet>;
  verifyAttach(body: AttachBody, origin: string, nowMs: number): Promise<VerifiedAttach>;
  isGrantDue(account: { readonly kind: AccountKind; readonly verifiedShards: number }): boolean;
  /** 256 random bits: the session's bearer token or cookie. */
  makeToken(): string;
  /** What the database keeps, so that reading it opens no session. */
  hashToken(token: string): string;
}

const NONCE_BYTES = 16;
const TOKEN_BYTES = 32;
const encoder = new TextEncoder();

export function createSignInRules(options: SignInRulesOptions): SignInRules {
  const { chainId, isLoopbackOnly, random, verifySignature } = options;
  const challenges = createChallengeStore();
  return {
    makeChallenge(origin, nowMs) {
      const { nonce, expiresAtMs } = challenges.make({ nonce: toHex(random(NONCE_BYTES)), origin, nowMs });
      return { nonce, origin, domain: hostOf(origin), chainId, expiresAtMs };
    },
    verifyKey: (body, origin, nowMs) => verifyKey(body, origin, nowMs, challenges, verifySignature),
    verifyWallet: (proof, origin, nowMs) => verifyWallet(proof, { origin, chainId }, nowMs, challenges),
    verifyAttach: (body, origin, nowMs) => verifyAttach(body, { origin, chainId }, nowMs, challenges, verifySignature),
    isGrantDue: (account) => isGrantDue({ ...account, isLoopbackOnly }),
    makeToken: () => toBase64url(random(TOKEN_BYTES)),
    hashToken: (token) => digestOf(encoder.encode(token)),
  };
}
