// /api/history, /api/leaderboard, /api/rejections: what verified work adds up to, for oneself and beside others.
import { BOARDS, LEAGUE_CHOICES, PERIODS, STANDING_LIMITS } from '../../src/protocol/api-standing.ts';
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { findSession, wantSession } from './find-session.ts';
import { parseChoice, parseWhole } from './parse-query.ts';

export function addStandingRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { standing, nowMs } = dependencies;

  app.get('/api/history', async (c) => {
    const { account, device } = await wantSession(c, dependencies);
    const { min, max, fallback } = STANDING_LIMITS.historyDays;
    const days = parseWhole(c.req.query('days'), 'days', { min, max }, fallback);
    return answerJson(c, await standing.readHistory({ account, device, days, nowMs: nowMs() }));
  });

  app.get('/api/leaderboard', async (c) => {
    const session = await findSession(c, dependencies);
    const by = parseChoice(c.req.query('by'), 'by', BOARDS) ?? 'people';
    const period = parseChoice(c.req.query('period'), 'period', PERIODS) ?? 'week';
    const league = parseChoice(c.req.query('league'), 'league', LEAGUE_CHOICES) ?? 'all';
    return answerJson(c, await standing.readBoard({ by, period, league, account: session?.account ?? null, nowMs: nowMs() }));
  });

  app.get('/api/rejections', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const before = parseWhole(c.req.query('before'), 'before', { min: 0, max: Number.MAX_SAFE_INTEGER }, null);
    return answerJson(c, await standing.readRejections({ account, before }));
  });
}
