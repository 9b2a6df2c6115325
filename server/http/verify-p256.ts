// The platform's ECDSA over P-256, as server/accounts asks for it.
import { webcrypto } from 'node:crypto';

/** False for keys that are no point on the curve, too. */
export async function verifyP256(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const { subtle } = webcrypto;
  const key = await subtle.importKey('raw', publicKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']).catch(() => null);
  return key !== null && subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes);
}
