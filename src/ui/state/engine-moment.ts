// What an update must know of the engine: does this device compute, and does the coordinator still talk to this version?
import type { ContributorSnapshot } from '../../contributor/state.ts';
import type { EngineMoment } from '../../pwa/update.ts';

/** Idle is not computing, for whatever reason; a tab that mirrors another one is as good as that one. */
export function readEngineMoment({ state }: Pick<ContributorSnapshot, 'state'>): EngineMoment {
  return {
    isComputing: ['starting', 'working', 'reconnecting', 'other-tab'].includes(state.kind),
    isTooOld: state.kind === 'stopped' && state.fault.code === 'upgrade-required',
  };
}
