// /api/teams: found one, look for one, read one, join it, leave it.
import * as v from 'valibot';
import { STANDING_LIMITS, type TeamsPage } from '../../src/protocol/api-standing.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { findSession, wantSession } from './find-session.ts';
import { readJson } from './read-body.ts';

const MAX_TEAM_BYTES = 4_096;
const teamBody = v.strictObject({ name: v.pipe(v.string(), v.maxLength(1_000)) });
const WHOLE = /^\d{1,15}$/;

export function addTeamRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { standing, nowMs } = dependencies;

  const readTeam = async (team: number, account: AccountId | null) => {
    const view = await standing.readTeam(team, account);
    if (view === null) throw new Fault('not-found', 'There is no such team.');
    return view;
  };

  app.get('/api/teams', async (c) => {
    const search = c.req.query('search') ?? '';
    const { max } = STANDING_LIMITS.teamNameLetters;
    if ([...search].length > max) throw new Fault('bad-request', `search may have at most ${max} letters.`, { facts: { field: 'search' } });
    const page: TeamsPage = { teams: await standing.searchTeams(search) };
    return answerJson(c, page);
  });

  app.post('/api/teams', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const { name } = await readJson(c, teamBody, MAX_TEAM_BYTES);
    const team = await standing.foundTeam({ name, founder: account, nowMs: nowMs() });
    standing.forgetBoards();
    return answerJson(c, await readTeam(team, account), 201);
  });

  app.get('/api/teams/:id', async (c) => {
    const session = await findSession(c, dependencies);
    return answerJson(c, await readTeam(parseTeamId(c.req.param('id')), session?.account ?? null));
  });

  app.post('/api/teams/:id/join', async (c) => {
    const { account } = await wantSession(c, dependencies);
    await standing.joinTeam(parseTeamId(c.req.param('id')), account, nowMs());
    standing.forgetBoards();
    return answerJson(c, await standing.readProfile(account));
  });

  app.post('/api/teams/:id/leave', async (c) => {
    const { account } = await wantSession(c, dependencies);
    await standing.leaveTeam(parseTeamId(c.req.param('id')), account);
    standing.forgetBoards();
    return answerJson(c, await standing.readProfile(account));
  });
}

function parseTeamId(text: string): number {
  if (!WHOLE.test(text)) throw new Fault('not-found', 'There is no such team: its number is not a number.');
  return Number(text);
}
