// What the HTTP resources about people say: history, leaderboards, profiles, teams and rejected results. Only verified work counts anywhere here.
import type { MicroText } from './api.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from './ids.ts';
import type { Element } from './job.ts';

/** What computed a shard: a computer's GPU, a computer's processor, or a phone, whatever its engine. */
export const LEAGUES = ['gpu', 'cpu', 'phone'] as const;
export type League = (typeof LEAGUES)[number];

export const BOARDS = ['people', 'teams', 'requesters', 'sites'] as const;
export type Board = (typeof BOARDS)[number];

/** Days begin at midnight UTC, weeks on Monday. */
export const PERIODS = ['day', 'week', 'all'] as const;
export type Period = (typeof PERIODS)[number];

export const LEAGUE_CHOICES = ['all', ...LEAGUES] as const;
export type LeagueChoice = (typeof LEAGUE_CHOICES)[number];

export const BADGES = ['first-shard', 'week-streak', 'thousand-shards', 'caught-one'] as const;
export type Badge = (typeof BADGES)[number];

export const STANDING_LIMITS = {
  pseudonymLetters: { min: 2, max: 24 },
  teamNameLetters: { min: 2, max: 32 },
  teamMembers: 500,
  /** Teams one account may found in 24 hours. */
  teamsADay: 3,
  teamsAPage: 20,
  /** Members of a team that are listed by name, most work first. */
  membersListed: 50,
  boardRows: 50,
  /** Shown above and below one's own row. */
  boardNeighbours: 3,
  historyDays: { min: 1, max: 366, fallback: 30 },
  historyHours: 48,
  rejectionsAPage: 20,
} as const;

/** `gpuShards + cpuShards + phoneShards` is `verifiedShards`, but for work of before the engine was counted. */
export interface StandingSums {
  readonly verifiedShards: number;
  /** Work units as metered programs count them (see work.ts), the same on every machine. */
  readonly work: number;
  /** What was credited. */
  readonly creditMicro: MicroText;
  readonly gpuShards: number;
  readonly cpuShards: number;
  readonly phoneShards: number;
}

/** One day or hour, by the moment it begins (UTC). */
export interface HistoryPoint extends StandingSums {
  readonly atMs: number;
}

/** Days in a row (UTC) with at least one verified shard; a day that has not been worked on yet does not end it. */
export interface Streak {
  readonly days: number;
  readonly bestDays: number;
  readonly isTodayDone: boolean;
}

export interface HistoryDevice {
  readonly device: DeviceId;
  readonly isPhone: boolean;
  readonly isThis: boolean;
  readonly verified: number;
  readonly outvoted: number;
  readonly failed: number;
  readonly createdAtMs: number;
}

/** GET /api/history?days=30 (1 to 366). */
export interface HistoryView {
  readonly asOfMs: number;
  /** Oldest first, today last, none left out. */
  readonly days: readonly HistoryPoint[];
  /** The last 48, oldest first, the running hour last. */
  readonly hours: readonly HistoryPoint[];
  readonly streak: Streak;
  readonly totals: StandingSums;
  readonly devices: readonly HistoryDevice[];
  readonly badges: readonly Badge[];
}

export interface LeaderboardRow {
  readonly rank: number;
  /** The account's, team's or site's number. */
  readonly id: number;
  readonly name: string;
  /** I, my team, my site. */
  readonly isMe: boolean;
  /** Of a requester: verified copies that were computed for it. */
  readonly verifiedShards: number;
  readonly work: number;
  /** Of people; empty for the others. */
  readonly badges: readonly Badge[];
  /** Of a team. */
  readonly members: number | null;
}

/** GET /api/leaderboard?by=…&period=…&league=…: by work, at most 50 rows; who opted out is not there. */
export interface LeaderboardView {
  readonly by: Board;
  readonly period: Period;
  readonly league: LeagueChoice;
  /** When the period began; null for all time. */
  readonly sinceMs: number | null;
  readonly asOfMs: number;
  readonly rows: readonly LeaderboardRow[];
  /** How many are ranked. */
  readonly total: number;
  /** My row with up to three above and three below, when I am ranked. */
  readonly me: readonly LeaderboardRow[] | null;
}

export interface TeamSummary {
  readonly id: number;
  readonly name: string;
  readonly members: number;
}

/** GET /api/profile; PATCH answers it too. */
export interface ProfileView {
  readonly account: AccountId;
  /** What others see: the pseudonym, or the generated name. */
  readonly name: string;
  readonly pseudonym: string | null;
  readonly generatedName: string;
  /** False: nowhere by name, on no leaderboard. */
  readonly isListed: boolean;
  readonly team: TeamSummary | null;
}

/** PATCH /api/profile: what is left out stays; `pseudonym: null` goes back to the generated name. */
export interface ProfileChange {
  readonly pseudonym?: string | null;
  readonly isListed?: boolean;
}

export interface TeamMember {
  readonly account: AccountId;
  readonly name: string;
  readonly isMe: boolean;
  /** What the member did for this team. */
  readonly verifiedShards: number;
  readonly work: number;
}

/** GET /api/teams/:id; POST /api/teams {name} → 201 TeamView; POST /api/teams/:id/join and /leave → ProfileView. */
export interface TeamView extends TeamSummary {
  readonly createdAtMs: number;
  readonly isMine: boolean;
  readonly verifiedShards: number;
  readonly work: number;
  /** Listed ones, most work first, at most 50. */
  readonly listed: readonly TeamMember[];
}

/** GET /api/teams?search=…: at most 20, the largest first. */
export interface TeamsPage {
  readonly teams: readonly TeamSummary[];
}

export const REJECTION_REASONS = ['outvoted', 'withheld', 'failed'] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Where a rejected result first differs from the accepted one. */
export interface Difference {
  readonly output: string;
  readonly byte: number;
  /** Up to 16 bytes from there on, hexadecimal. */
  readonly mineHex: string;
  readonly acceptedHex: string;
  /** The first element that is not within the tolerance. */
  readonly element: { readonly index: number; readonly type: Element; readonly mine: number; readonly accepted: number } | null;
}

export interface RejectionView {
  readonly job: JobId;
  readonly title: string;
  readonly shard: ShardId;
  readonly index: number;
  readonly atMs: number;
  readonly device: DeviceId;
  readonly engine: 'gpu' | 'cpu';
  readonly reason: RejectionReason;
  /** Why, for people. */
  readonly sentence: string;
  readonly digest: Digest;
  readonly acceptedDigest: Digest | null;
  /** Null where the bytes of both were not here when the shard was decided. */
  readonly difference: Difference | null;
}

/** GET /api/rejections?before=…: newest first; `next` is the `before` of the page after. Kept for 90 days. */
export interface RejectionsPage {
  readonly rejections: readonly RejectionView[];
  readonly next: number | null;
}
