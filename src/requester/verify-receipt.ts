// Checks a receipt: that the key in it signed every line of it, and that it is the key one expected.
import type { JobReceipt } from '../protocol/api.ts';
import { fromBase64url } from '../protocol/base64url.ts';
import { receiptBytes } from '../protocol/canonical.ts';

export type ReceiptCheck =
  | { readonly kind: 'genuine'; readonly publicKey: string }
  | { readonly kind: 'forged'; readonly sentence: string }
  | { readonly kind: 'cannot-check'; readonly sentence: string };

/** `expectedKey` is the coordinator's key as known from elsewhere; without it a receipt only proves that its own key signed it. */
export async function verifyReceipt(receipt: JobReceipt, expectedKey: string | null = null): Promise<ReceiptCheck> {
  const { publicKey } = receipt.coordinator;
  if (expectedKey !== null && expectedKey !== publicKey) {
    return { kind: 'forged', sentence: 'The receipt is signed by another coordinator than the one expected.' };
  }
  const raw = fromBase64url(publicKey);
  const signature = fromBase64url(receipt.signature);
  if (raw?.length !== 32 || signature?.length !== 64)
    return { kind: 'forged', sentence: 'The receipt carries no proper key and signature.' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(raw), 'Ed25519', false, ['verify']).catch(() => null);
  if (key === null)
    return { kind: 'cannot-check', sentence: 'This browser cannot check Ed25519 signatures; use a newer one or the command line.' };
  const isGenuine = await crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(receiptBytes({ ...receipt })));
  return isGenuine
    ? { kind: 'genuine', publicKey }
    : { kind: 'forged', sentence: 'The signature does not cover this receipt: something in it was changed.' };
}
