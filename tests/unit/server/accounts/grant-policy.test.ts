// Who is due a start grant: each kind of account, on both sides of ten verified shards.
import { expect, test } from 'vitest';
import { isGrantDue, VERIFIED_SHARDS_FOR_GRANT } from '../../../../server/accounts/grant-policy.ts';
import { ACCOUNT_KINDS, type AccountKind } from '../../../../src/protocol/api.ts';

const due = (kind: AccountKind, verifiedShards: number, isLoopbackOnly: boolean): boolean =>
  isGrantDue({ kind, verifiedShards, isLoopbackOnly });

test('a wallet always, a guest after ten verified shards, anyone signed in on a loopback coordinator', () => {
  expect(VERIFIED_SHARDS_FOR_GRANT).toBe(10);
  expect(ACCOUNT_KINDS.filter((kind) => due(kind, 9, false))).toEqual(['wallet']);
  expect(ACCOUNT_KINDS.filter((kind) => due(kind, 10, false))).toEqual(['guest', 'wallet', 'headless']);
  expect(ACCOUNT_KINDS.filter((kind) => due(kind, 0, true))).toEqual(['guest', 'wallet', 'headless']);
});
