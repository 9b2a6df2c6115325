// /api/ledger: the lines of one's own account, newest first.
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { wantSession } from './find-session.ts';
import { LEDGER_PAGE } from './limits.ts';
import { parseWhole } from './parse-query.ts';

export function addLedgerRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  app.get('/api/ledger', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const before = parseWhole(c.req.query('before'), 'before', { min: 0, max: Number.MAX_SAFE_INTEGER }, null);
    return answerJson(c, await dependencies.pages.ledgerPage({ account, before, limit: LEDGER_PAGE }));
  });
}
