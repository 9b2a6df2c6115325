// Decides who is due a start grant. Wakes when somebody signs in and when an account was paid.
import type { AccountKind } from '../../src/protocol/api.ts';

/** Work that a made-up account will not do for a grant. */
export const VERIFIED_SHARDS_FOR_GRANT = 10;

export interface GrantCase {
  readonly kind: AccountKind;
  readonly verifiedShards: number;
  /** Only this machine can reach the coordinator, so a newcomer is its owner: credit at once. */
  readonly isLoopbackOnly: boolean;
}

/** Once an account is storage's to keep: it grants to an account that was granted before nothing. */
export function isGrantDue({ kind, verifiedShards, isLoopbackOnly }: GrantCase): boolean {
  switch (kind) {
    case 'wallet':
      return true;
    case 'guest':
    case 'headless':
      return isLoopbackOnly || verifiedShards >= VERIFIED_SHARDS_FOR_GRANT;
    case 'house':
    case 'treasury':
    case 'escrow':
    case 'site':
      return false;
  }
}
