// Decides whether a wallet signed in here and now: an EIP-4361 message for this origin, this chain and an unused nonce. Wakes on POST /api/session.
import { Fault } from '../../src/protocol/fault.ts';
import type { Challenge, ChallengeStore } from './challenge-store.ts';
import { spendChallenge } from './spend-challenge.ts';

export interface WalletProof {
  readonly message: string;
  readonly signature: string;
}

export interface VerifiedWallet {
  /** Checksummed, as EIP-55 writes it. */
  readonly wallet: string;
  /** From the message's resource `urn:ostraka:device:<public key>`. */
  readonly deviceKey: string | null;
  readonly challenge: Challenge;
}

export interface Site {
  readonly origin: string;
  readonly chainId: number;
}

export const MAX_SIWE_CHARACTERS = 4_096;
/** 65 bytes; anything else is a contract's, which wants a chain to ask. */
const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;
const DEVICE_RESOURCE = /^urn:ostraka:device:([A-Za-z0-9_-]{1,200})$/;

export async function verifyWallet(proof: WalletProof, site: Site, nowMs: number, challenges: ChallengeStore): Promise<VerifiedWallet> {
  // Loaded with the first wallet: ethers behind it costs 200 ms that no start of the coordinator should pay.
  const { SiweMessage } = await import('siwe');
  const message = parseMessage(proof.message, (text) => new SiweMessage(text));
  const challenge = spendChallenge(challenges, message.nonce, site.origin, nowMs);
  refuseElsewhere(message, site);
  if (message.expirationTime === undefined)
    throw new Fault('bad-signature', 'The message must say when it expires; add an expiration time.');
  if (!SIGNATURE.test(proof.signature)) {
    throw new Fault('bad-signature', 'The signature is not 65 bytes; wallets that are contracts cannot sign in here.');
  }
  const verified = await message.verify(
    { signature: proof.signature, domain: hostOf(site.origin), nonce: challenge.nonce, time: new Date(nowMs).toISOString() },
    { suppressExceptions: true },
  );
  if (!verified.success) throw makeSiweFault(verified.error?.type ?? '');
  const [, deviceKey = null] = (message.resources ?? []).map((each) => DEVICE_RESOURCE.exec(each)).find((match) => match !== null) ?? [];
  return { wallet: message.address, deviceKey, challenge };
}

function parseMessage<Message>(text: string, parse: (text: string) => Message): Message {
  if (text.length > MAX_SIWE_CHARACTERS)
    throw new Fault('too-large', `The message has ${text.length} characters, the limit is ${MAX_SIWE_CHARACTERS}.`);
  try {
    return parse(text);
  } catch (cause) {
    throw new Fault('bad-signature', 'The message is no proper EIP-4361 message; sign in with a wallet that writes one.', { cause });
  }
}

function refuseElsewhere(message: { readonly domain: string; readonly uri: string; readonly chainId: number }, site: Site): void {
  const domain = hostOf(site.origin);
  if (message.domain !== domain) throw new Fault('bad-origin', `The message signs in at ${message.domain}, but this is ${domain}.`);
  if (message.uri !== site.origin) throw new Fault('bad-origin', `The message names ${message.uri}, but this is ${site.origin}.`);
  if (message.chainId !== site.chainId) {
    throw new Fault(
      'bad-signature',
      `The message is for chain ${message.chainId}, this coordinator uses ${site.chainId}; switch the wallet's chain.`,
    );
  }
}

function makeSiweFault(type: string): Fault {
  if (type.startsWith('Expired')) return new Fault('bad-nonce', 'The message has expired; sign in again.');
  if (type.startsWith('Message is not valid yet'))
    return new Fault('bad-nonce', 'The message is not valid yet; check the clock of your device.');
  return new Fault('bad-signature', 'The signature is not by the address in the message; sign it with that account.');
}

export function hostOf(origin: string): string {
  return origin.replace(/^[a-z]+:\/\//, '');
}
