// Reads a leaderboard: fifty rows, and those around one's own.
import type { Board, LeaderboardView, LeagueChoice, Period } from '../protocol/api-standing.ts';
import type { Client } from './create-client.ts';

export interface LeaderboardChoice {
  readonly by: Board;
  readonly period: Period;
  readonly league: LeagueChoice;
}

export function readLeaderboard(client: Client, { by, period, league }: LeaderboardChoice, signal?: AbortSignal): Promise<LeaderboardView> {
  return client.readJson(`/api/leaderboard?by=${by}&period=${period}&league=${league}`, { signal: signal ?? null });
}
