// One job as the asker may see it, or `not-found`.
import type { JobView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, JobId } from '../../src/protocol/ids.ts';
import type { PageQueries } from './dependencies.ts';

/** `asker` null: as a stranger sees it. */
export async function readJob(pages: PageQueries, job: JobId, asker: AccountId | null): Promise<JobView> {
  const found = await pages.readJob(job);
  if (found === null) throw new Fault('not-found', `There is no job ${job}.`, { facts: { job } });
  return { ...found, isMine: asker !== null && found.requester.account === asker };
}
