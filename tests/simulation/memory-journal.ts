// A journal in memory that answers at once and never fails: the model that the contract suite holds to the real one.
import type { Journal } from '../../server/coordinator/change.ts';
import { claimBlocks, claimEpoch, readState, renewShare } from './journal-shares.ts';
import { commitUnits, type JournalTables } from './journal-tables.ts';

export function createMemoryJournal(tables: JournalTables, instance = 'coordinator', nowMs: () => number = () => 0): Journal {
  let ownEpoch: number | null = null;
  return {
    load: async (blocks) => readState(tables, { owner: ownEpoch, named: blocks ?? null }),
    commit: async (units) => commitUnits(tables, units, ownEpoch),
    async claimEpoch() {
      ownEpoch = claimEpoch(tables, instance, nowMs());
      return ownEpoch;
    },
    renew: async () => renewShare(tables, ownEpoch ?? 0, nowMs()),
    claimBlocks: async (limit) => claimBlocks(tables, ownEpoch ?? 0, limit, nowMs()),
    nextIds: async (count) => Array.from({ length: count }, () => ++tables.lastId),
  };
}
