// Figures of what the core holds, for pages, metrics and the runner.
import { countFresh } from '../jobs/job-in-play.ts';
import type { ConnectedDevice } from './runner.ts';
import type { CoordinatorState } from './state.ts';

export function countDevices(state: CoordinatorState) {
  const sessions = [...state.sessions.values()];
  const gpus = sessions.filter((session) => session.hasGpu).length;
  return {
    contributors: new Set(sessions.map((session) => session.account)).size,
    devices: [
      { kind: 'gpu' as const, count: gpus },
      { kind: 'cpu' as const, count: sessions.length - gpus },
    ],
    jobsRunning: state.jobs.size,
    workgroupsPerSecond: sessions.reduce((sum, session) => sum + session.workgroupsPerSecond, 0),
    copiesOut: countInFlight(state),
    shardsOpen: [...state.jobs.values()].reduce((sum, job) => sum + job.open.size, 0),
  };
}

/** Copies that devices hold. */
export function countInFlight(state: CoordinatorState): number {
  let sum = 0;
  for (const session of state.sessions.values()) sum += session.inFlight;
  return sum;
}

/** Shards of blocks here that were never handed out. */
export function countFreshShards(state: CoordinatorState): number {
  let sum = 0;
  for (const job of state.jobs.values()) sum += countFresh(job);
  return sum;
}

/** Each once, by its newest session. */
export function listDevices(state: CoordinatorState): readonly ConnectedDevice[] {
  return [...state.byDevice.values()].flatMap((key) => {
    const session = state.sessions.get(key);
    if (!session) return [];
    const { device, accountKind, capabilities, inFlight } = session;
    return [{ device, accountKind, capabilities, inFlight }];
  });
}

/** Results that wait for other copies, and shards whose copies differ so far. */
export function countVotes(state: CoordinatorState): { readonly waiting: number; readonly disputed: number } {
  let waiting = 0;
  let disputed = 0;
  for (const job of state.jobs.values()) {
    for (const { votes } of job.open.values()) {
      waiting += votes.length;
      if (votes.some(({ digest }) => digest !== votes[0]!.digest)) disputed++;
    }
  }
  return { waiting, disputed };
}
