// Leaderboards and teams as fixtures: a crowd with me far down on one board and third on the other.
import type { Context, Hono } from 'hono';
import {
  BADGES,
  BOARDS,
  type Board,
  LEAGUE_CHOICES,
  type LeaderboardRow,
  type LeaderboardView,
  PERIODS,
  STANDING_LIMITS,
  type TeamSummary,
  type TeamView,
} from '../../src/protocol/api-standing.ts';
import { generateName } from '../../src/protocol/display-name.ts';
import type { AccountId } from '../../src/protocol/ids.ts';

const WORK_OF_SHARD = 21_000_000_000;
const PEOPLE = 236;
const MY_RANK = 118;
const CHOSEN = ['Ada', 'Hedy Lamarr', 'Zoë O’Neil', 'Κατερίνα', 'a quite long pseudonym!'.slice(0, 22)] as const;

const TEAMS: readonly TeamSummary[] = [
  { id: 3, name: 'Kerameikos', members: 14 },
  { id: 4, name: 'Night Owls', members: 41 },
  { id: 9, name: 'Slow Loris Society', members: 12 },
  { id: 11, name: 'Physics Club Bergen', members: 3 },
];

function makeRow(rank: number, name: string, shards: number): LeaderboardRow {
  const badges = BADGES.filter((_, at) => shards > [0, 400, 1_000, 2_600][at]!);
  return { rank, id: 1_000 + rank * 37, name, isMe: false, verifiedShards: shards, work: shards * WORK_OF_SHARD, badges, members: null };
}

function makePeople(): readonly LeaderboardRow[] {
  return Array.from({ length: PEOPLE }, (_, at) => {
    const rank = at + 1;
    const row = makeRow(rank, CHOSEN[at] ?? generateName(1_000 + rank * 37), Math.ceil(5_200 / rank ** 0.8));
    return rank === MY_RANK ? { ...row, name: 'Euphronios', isMe: true } : row;
  });
}

function makeOthers(by: Exclude<Board, 'people'>): readonly LeaderboardRow[] {
  const names = {
    teams: TEAMS.map(({ name }) => name),
    requesters: ['Open Climate Lab', generateName(4_807), 'House of Fractals'],
    sites: ['blog.example', 'wiki.example'],
  };
  return names[by].map((name, at) => ({
    ...makeRow(at + 1, name, Math.round(9_000 / (at + 1))),
    badges: [],
    members: by === 'teams' ? TEAMS[at]!.members : null,
    isMe: by === 'teams' && at === 0,
  }));
}

export function makeFakeBoard(context: Context, nowMs: number, isEmpty: boolean): LeaderboardView {
  const query = context.req.query();
  const by = BOARDS.find((board) => board === query.by) ?? 'people';
  const all = isEmpty ? [] : by === 'people' ? makePeople() : makeOthers(by);
  const at = all.findIndex(({ isMe }) => isMe);
  const { boardRows, boardNeighbours } = STANDING_LIMITS;
  return {
    by,
    period: PERIODS.find((period) => period === query.period) ?? 'week',
    league: LEAGUE_CHOICES.find((league) => league === query.league) ?? 'all',
    sinceMs: null,
    asOfMs: nowMs,
    rows: all.slice(0, boardRows),
    total: all.length,
    me: at < 0 ? null : all.slice(Math.max(0, at - boardNeighbours), at + boardNeighbours + 1),
  };
}

function makeFakeTeam(team: TeamSummary, nowMs: number): TeamView {
  const listed = Array.from({ length: Math.min(team.members, 6) }, (_, at) => ({
    account: (2_000 + at) as AccountId,
    name: CHOSEN[at] ?? generateName(2_000 + at),
    isMe: team.id === 3 && at === 2,
    verifiedShards: 700 - at * 100,
    work: (700 - at * 100) * WORK_OF_SHARD,
  }));
  const verifiedShards = listed.reduce((sum, member) => sum + member.verifiedShards, 0);
  return { ...team, createdAtMs: nowMs - 86_400_000, isMine: team.id === 3, verifiedShards, work: verifiedShards * WORK_OF_SHARD, listed };
}

export function addStandingFixtures(app: Hono, nowMs: number, isEmpty: () => boolean): void {
  app.get('/api/leaderboard', (context) => context.json(makeFakeBoard(context, nowMs, isEmpty())));
  app.get('/api/teams', (context) => {
    const search = (context.req.query('search') ?? '').toLowerCase();
    return context.json({ teams: isEmpty() ? [] : TEAMS.filter(({ name }) => name.toLowerCase().includes(search)) });
  });
  const answerProfile = async (context: Context, id: number | null) => {
    const team = TEAMS.find((each) => each.id === id) ?? null;
    // the fixture of profiles keeps it
    const response = await app.request('/api/profile', { method: 'PATCH', body: JSON.stringify({ team }) });
    return context.json(await response.json());
  };
  app.post('/api/teams/:id/join', (context) => answerProfile(context, Number(context.req.param('id'))));
  app.post('/api/teams/:id/leave', (context) => answerProfile(context, null));
  app.get('/api/teams/:id', (context) => {
    const team = TEAMS.find(({ id }) => id === Number(context.req.param('id')));
    return team ? context.json(makeFakeTeam(team, nowMs)) : context.json({ code: 'not-found', sentence: 'There is no such team.' }, 404);
  });
}
