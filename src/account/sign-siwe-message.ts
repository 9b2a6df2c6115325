// Has a wallet sign an EIP-4361 message; the message is made by viem/siwe, which is loaded only now.
import type { ChallengeView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import { toHex } from '../protocol/sha256.ts';

/** EIP-1193, as far as it is used here. */
export interface WalletProvider {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

export interface SiweRequest {
  readonly provider: WalletProvider;
  readonly challenge: ChallengeView;
  /** Public key of this device, base64url; the message names it as a resource. */
  readonly deviceKey: string;
  readonly statement: string;
  readonly nowMs: number;
}

export interface SignedSiweMessage {
  readonly message: string;
  readonly signature: string;
  readonly address: string;
}

/** EIP-1193 and wallet practice: the person said no; a question is open already. */
const REJECTED = 4001;
const PENDING = -32002;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

export async function signSiweMessage(request: SiweRequest): Promise<SignedSiweMessage> {
  const { provider, challenge, deviceKey, statement, nowMs } = request;
  const { createSiweMessage } = await import('viem/siwe');
  const accounts = await ask(provider, 'eth_requestAccounts');
  const address = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof address !== 'string' || !ADDRESS.test(address))
    throw new Fault('cancelled', 'The wallet shared no account; unlock it and choose one.');
  const message = createSiweMessage({
    address: address as `0x${string}`,
    chainId: challenge.chainId,
    domain: challenge.domain,
    nonce: challenge.nonce,
    uri: challenge.origin,
    version: '1',
    statement,
    issuedAt: new Date(nowMs),
    expirationTime: new Date(challenge.expiresAtMs),
    resources: [`urn:ostraka:device:${deviceKey}`],
  });
  const signature = await ask(provider, 'personal_sign', [`0x${toHex(new TextEncoder().encode(message))}`, address]);
  if (typeof signature !== 'string') throw new Fault('bad-signature', 'The wallet answered with something that is no signature.');
  return { message, signature, address };
}

async function ask(provider: WalletProvider, method: string, params?: readonly unknown[]): Promise<unknown> {
  try {
    return await provider.request(params === undefined ? { method } : { method, params });
  } catch (cause) {
    throw makeWalletFault(cause);
  }
}

function makeWalletFault(cause: unknown): Fault {
  const { code, message } = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  if (code === REJECTED) return new Fault('cancelled', 'You said no in the wallet; nothing was signed.', { cause });
  if (code === PENDING) return new Fault('conflict', 'Your wallet has a question open already: look for its window.', { cause });
  const detail = typeof message === 'string' ? `: ${message.slice(0, 200)}` : '';
  return new Fault('bad-request', `The wallet could not sign${detail}.`, { cause });
}
