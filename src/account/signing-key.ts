// A P-256 key that signs: the guest's in a browser, the headless contributor's in a file.
import { toBase64url } from '../protocol/base64url.ts';

export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export interface SigningKey {
  /** The raw point (65 bytes), base64url. */
  readonly publicKey: string;
  /** ECDSA with SHA-256, r and s side by side (64 bytes), base64url. */
  sign(bytes: Uint8Array): Promise<string>;
}

export async function makeSigningKey(pair: CryptoKeyPair): Promise<SigningKey> {
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  return {
    publicKey: toBase64url(new Uint8Array(raw)),
    async sign(bytes) {
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, new Uint8Array(bytes));
      return toBase64url(new Uint8Array(signature));
    },
  };
}
