// /api/profile: the name one is shown by, and whether one is shown at all.
import * as v from 'valibot';
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { wantSession } from './find-session.ts';
import { readJson } from './read-body.ts';

const MAX_PROFILE_BYTES = 4_096;
const profileChange = v.strictObject({
  pseudonym: v.exactOptional(v.nullable(v.pipe(v.string(), v.maxLength(1_000)))),
  isListed: v.exactOptional(v.boolean()),
});

export function addProfileRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { standing } = dependencies;

  app.get('/api/profile', async (c) => {
    const { account } = await wantSession(c, dependencies);
    return answerJson(c, await standing.readProfile(account));
  });

  app.patch('/api/profile', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const changed = await standing.changeProfile(account, await readJson(c, profileChange, MAX_PROFILE_BYTES));
    standing.forgetBoards();
    return answerJson(c, changed);
  });
}
