// Gives the start grant to those who had to verify shards first, as soon as they have.
import type { AccountId } from '../src/protocol/ids.ts';
import type { HttpDependencies } from './http/dependencies.ts';
import type { Log } from './observe/log.ts';

/** For `runner.onPaid`: an account is looked up until it has its grant, then never again while the process lives. */
export function createLateGrants(
  { accounts, rules }: Pick<HttpDependencies, 'accounts' | 'rules'>,
  log: Log,
): (verified: ReadonlyMap<AccountId, number>) => void {
  const settled = new Set<AccountId>();
  return (verified) => {
    for (const account of verified.keys()) {
      if (settled.has(account)) continue;
      settled.add(account);
      giveIfDue(account).catch((cause) => {
        settled.delete(account);
        log.warn({ err: cause, account }, 'A start grant could not be given; it is tried again with the next verified shard.');
      });
    }
  };

  async function giveIfDue(account: AccountId): Promise<void> {
    const view = await accounts.accountView(account);
    if (view && rules.isGrantDue(view)) await accounts.grantStart(account, Date.now());
    // not due yet: the next verified shard asks again
    else settled.delete(account);
  }
}
