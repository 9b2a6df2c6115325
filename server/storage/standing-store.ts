// All that is kept about what people did, and how they are shown.
import type pg from 'pg';
import { type BoardQueries, createBoardQueries } from './board-queries.ts';
import { createHistoryQueries, type HistoryQueries } from './history-queries.ts';
import { createProfileStore, type ProfileStore } from './profile-store.ts';
import { createRejectionQueries, type RejectionQueries } from './rejection-queries.ts';
import { createWorkRollUp, type WorkRollUp } from './roll-up-work.ts';
import { createTeamStore, type TeamStore } from './team-store.ts';

export interface StandingStore extends HistoryQueries, BoardQueries, ProfileStore, TeamStore, RejectionQueries, WorkRollUp {}

export function createStandingStore({ pool }: { readonly pool: pg.Pool }): StandingStore {
  return {
    ...createHistoryQueries(pool),
    ...createBoardQueries(pool),
    ...createProfileStore(pool),
    ...createTeamStore(pool),
    ...createRejectionQueries(pool),
    ...createWorkRollUp(pool),
  };
}
