// PURE. Sums the payments of a commit by who was paid, for which job, and what computed it: lines that are added up later (roll-up-work.ts).
import type { League } from '../../src/protocol/api-standing.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { PostedEntry, TimedTransfer } from '../ledger/post-transfers.ts';

export interface WorkLine {
  readonly account: AccountId;
  readonly job: JobId;
  /** The account of the site whose widget it came through. */
  readonly site: AccountId | null;
  readonly league: League;
  readonly shards: number;
  /** What the ledger credited for it; an account's credit of one job stands in the first of its lines. */
  readonly credit: MicroCredits;
  readonly atMs: number;
}

type Writable<Row> = { -readonly [Column in keyof Row]: Row[Column] };

/** `units` as the ledger posted them: accounts that were attached meanwhile are their wallets. */
export function gatherWork(
  units: readonly (readonly TimedTransfer[])[],
  refused: ReadonlyMap<number, FaultBody>,
  entries: readonly PostedEntry[],
): readonly WorkLine[] {
  const byAccount = new Map<AccountId, Writable<WorkLine>[]>();
  units.forEach((unit, at) => {
    if (refused.has(at)) return;
    for (const timed of unit) addPayment(byAccount, timed);
  });
  if (byAccount.size === 0) return [];
  for (const { account, job, reason, amount } of entries) {
    if (reason !== 'pay' || amount <= 0n) continue;
    const line = byAccount.get(account)?.find((candidate) => candidate.job === job);
    if (line) line.credit += amount;
  }
  return [...byAccount.values()].flat();
}

/** Almost always an account is paid for one job by one device: its lines are found by looking at each. */
function addPayment(byAccount: Map<AccountId, Writable<WorkLine>[]>, { transfer, atMs }: TimedTransfer): void {
  if (transfer.kind !== 'pay') return;
  const { contributor: account, job, league = 'cpu' } = transfer;
  const site = transfer.site?.account ?? null;
  const lines = byAccount.get(account);
  const line = lines?.find((known) => known.job === job && known.league === league && known.site === site);
  if (line) {
    line.shards++;
    return;
  }
  const fresh = { account, job, site, league, shards: 1, credit: 0n, atMs };
  if (lines) lines.push(fresh);
  else byAccount.set(account, [fresh]);
}
