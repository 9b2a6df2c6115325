// Keeps this process's share of the database: says once a second that it lives, takes free blocks, gives back what others could serve.
import type { CoordinatorRunner } from './coordinator/runner.ts';
import type { Log } from './observe/log.ts';

const RENEW_MS = 1_000;

export interface DatabaseShare {
  stop(): void;
}

export function shareDatabase(runner: CoordinatorRunner, log: Log): DatabaseShare {
  let isBusy = false;
  let others = 0;
  const renew = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      await runner.renewShare();
      const now = runner.counts().otherCoordinators;
      if (now !== others) log.info({ others: now }, 'The number of other coordinators on this database has changed.');
      others = now;
    } catch (cause) {
      log.warn({ err: cause }, 'The share of the database could not be renewed; it is tried again in a second.');
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void renew(), RENEW_MS);
  return { stop: () => clearInterval(timer) };
}
