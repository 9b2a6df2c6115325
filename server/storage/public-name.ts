// What others see of an account: never its key or wallet, but the pseudonym it chose, or a neutral name made from its number.
import type { AccountKind } from '../../src/protocol/api.ts';
import { generateName } from '../../src/protocol/display-name.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { nameOfOffice } from './account-name.ts';

export interface PublicName {
  readonly id: AccountId;
  readonly kind: AccountKind;
  /** Null where nothing was chosen. */
  readonly pseudonym: string | null;
  /** Null where nothing was said: then it is listed. */
  readonly is_listed: boolean | null;
}

/** Who opted out is named nowhere. */
export const UNLISTED_NAME = 'Unlisted';

export function showName({ id, kind, pseudonym, is_listed: isListed }: PublicName): string {
  return nameOfOffice(kind) ?? (isListed === false ? UNLISTED_NAME : (pseudonym ?? generateName(id)));
}
