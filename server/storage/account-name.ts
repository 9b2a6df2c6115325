// What people see of an account: its wallet, or the short form of its key.
import type { AccountKind } from '../../src/protocol/api.ts';

export interface NamedAccount {
  readonly kind: AccountKind;
  readonly wallet: string | null;
  readonly public_key: string | null;
}

const KEY_CHARACTERS = 8;

/** A raw P-256 key starts with the same byte in every account, so the first two characters say nothing. */
function shortKey(key: string): string {
  return key.length > KEY_CHARACTERS + 2 ? key.slice(2, 2 + KEY_CHARACTERS) : key;
}

/** Accounts that are nobody's key have the same name for everyone; null for those of people. */
export function nameOfOffice(kind: AccountKind): string | null {
  switch (kind) {
    case 'treasury':
      return 'Treasury';
    case 'house':
      return 'House';
    case 'escrow':
      return 'Escrow';
    case 'site':
      return 'Site';
    case 'guest':
    case 'headless':
    case 'wallet':
      return null;
  }
}

export function nameAccount({ kind, wallet, public_key: key }: NamedAccount): string {
  return wallet || nameOfOffice(kind) || (key ? `${kind} ${shortKey(key)}` : kind);
}
