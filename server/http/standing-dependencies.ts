// What the resources about people are given; storage fills it in.
import type {
  Board,
  HistoryView,
  LeaderboardView,
  LeagueChoice,
  Period,
  ProfileChange,
  ProfileView,
  RejectionsPage,
  TeamSummary,
  TeamView,
} from '../../src/protocol/api-standing.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';

export interface StandingDependencies {
  readHistory(request: {
    readonly account: AccountId;
    readonly device: DeviceId;
    readonly days: number;
    readonly nowMs: number;
  }): Promise<HistoryView>;
  readBoard(request: {
    readonly by: Board;
    readonly period: Period;
    readonly league: LeagueChoice;
    readonly account: AccountId | null;
    readonly nowMs: number;
  }): Promise<LeaderboardView>;
  /** After a change of names, so that nobody is shown by one that was taken back. */
  forgetBoards(): void;
  readProfile(account: AccountId): Promise<ProfileView>;
  /** Throws `bad-request`, `conflict`. */
  changeProfile(account: AccountId, change: ProfileChange): Promise<ProfileView>;
  readRejections(page: { readonly account: AccountId; readonly before: number | null }): Promise<RejectionsPage>;
  /** Throws `bad-request`, `conflict`, `quota-exceeded`. */
  foundTeam(team: { readonly name: string; readonly founder: AccountId; readonly nowMs: number }): Promise<number>;
  searchTeams(search: string): Promise<readonly TeamSummary[]>;
  readTeam(team: number, account: AccountId | null): Promise<TeamView | null>;
  /** Throws `not-found`, `conflict`. */
  joinTeam(team: number, account: AccountId, nowMs: number): Promise<void>;
  /** Throws `conflict`. */
  leaveTeam(team: number, account: AccountId): Promise<void>;
}
