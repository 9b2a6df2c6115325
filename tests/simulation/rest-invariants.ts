// What must be true once faults have stopped: who could end a job, and that no honest result waits for an answer.
import type { CoordinatorState } from '../../server/coordinator/state.ts';
import { countVoices, isSameVoice, type Voice } from '../../server/verification/count-voices.ts';
import { isSuspended, NEW_DEVICE } from '../../server/verification/device-record.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import type { JobRow, JournalTables } from './journal-tables.ts';
import { type ContributorPlan, isHonest } from './plan.ts';
import type { SimulatedContributor } from './simulated-contributor.ts';
import { must } from './violation.ts';

/** Enough honest and independent voices are there that have an engine for it and were not outvoted by liars too often. */
export function canEnd({ record }: JobRow, tables: JournalTables, contributors: readonly SimulatedContributor[]): boolean {
  const voices: Voice[] = [];
  const liars = contributors.filter(({ plan }) => !isHonest(plan.character)).map(({ plan }) => voiceOf(plan));
  for (const { plan, isRunning } of contributors) {
    const canRun = plan.engine === 'gpu' || record.manifest.module !== null;
    const isFit = !isSuspended(tables.devices.get((10 + plan.id) as DeviceId) ?? NEW_DEVICE);
    const voice = voiceOf(plan);
    // a liar's vote keeps everyone of its account and address away from the shard
    const isFree = !liars.some((liar) => isSameVoice(liar, voice));
    if (isRunning && isHonest(plan.character) && canRun && isFit && isFree) voices.push(voice);
  }
  return countVoices(voices) >= record.spec.redundancy.quorum;
}

function voiceOf({ account, range }: ContributorPlan): Voice {
  return { account: account as AccountId, addressRange: range === null ? null : `range ${range}` };
}

/** Results without an answer of an honest device that is connected. */
export function countKept({ plan, runtime, isRunning }: SimulatedContributor, state: CoordinatorState): number {
  const isConnected = state.byDevice.has((10 + plan.id) as DeviceId);
  if (!runtime || !isRunning || !isHonest(plan.character) || !isConnected || plan.tabs > 1) return 0;
  return runtime.snapshot().counts.unsent;
}

export function checkNothingKept(contributor: SimulatedContributor, state: CoordinatorState): void {
  const kept = countKept(contributor, state);
  must(
    kept === 0,
    'nothing-kept-back',
    () => `${contributor.name} is connected, all is quiet, and ${kept} of its results have had no answer.`,
  );
}
