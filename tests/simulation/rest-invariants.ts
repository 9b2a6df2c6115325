// What must be true once faults have stopped: who could end a job, and that no honest result waits for an answer.
import type { CoordinatorState } from '../../server/coordinator/state.ts';
import { isSameVoice, type Voice } from '../../server/verification/count-voices.ts';
import { isSuspended, NEW_DEVICE } from '../../server/verification/device-record.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import { type JobRow, type JournalTables, listShards } from './journal-tables.ts';
import { type ContributorPlan, isHonest } from './plan.ts';
import { listBlocked, type SimulatedContributor } from './simulated-contributor.ts';
import { must } from './violation.ts';

/** Enough honest and independent voices are there that have an engine for it and were not outvoted by liars too often; more of them than lies. */
export function canEnd({ record }: JobRow, tables: JournalTables, contributors: readonly SimulatedContributor[]): boolean {
  const voices = new Map<number, Voice>();
  const liars = contributors.filter(({ plan }) => !isHonest(plan.character)).map(({ plan }) => voiceOf(plan));
  for (const { plan, isRunning } of contributors) {
    const canRun = plan.engine === 'gpu' || record.manifest.module !== null;
    const isFit = !isSuspended(tables.devices.get((10 + plan.id) as DeviceId) ?? NEW_DEVICE);
    const voice = voiceOf(plan);
    // a liar's vote keeps everyone of its account and address away from the shard
    const isFree = !liars.some((liar) => isSameVoice(liar, voice));
    const isLiked = !(listBlocked(plan) as readonly number[]).includes(record.requester);
    if (isRunning && isHonest(plan.character) && canRun && isLiked && isFit && isFree) voices.set(plan.id, voice);
  }
  return countAtWorst([...voices.values()]) >= Math.max(record.spec.redundancy.quorum, 1 + countLies(record, tables, contributors));
}

/** The fewest votes that keep all others away: one whose account is here and whose address is there stands for two who could both have voted. */
function countAtWorst(voices: readonly Voice[]): number {
  let fewest = voices.length;
  for (let set = 0; set < 1 << voices.length; set++) {
    const voted = voices.filter((_, at) => (set & (1 << at)) !== 0);
    const isPossible = voted.every((one, at) => !voted.some((other, place) => place > at && isSameVoice(one, other)));
    if (isPossible && voices.every((one) => voted.some((other) => isSameVoice(one, other)))) fewest = Math.min(fewest, voted.length);
  }
  return fewest;
}

/** Votes of liars that wait, on the shard that has most: as many honest ones only tie with them. */
function countLies(record: JobRow['record'], { votes }: JournalTables, contributors: readonly SimulatedContributor[]): number {
  const liars = new Set(contributors.flatMap(({ plan }) => (isHonest(plan.character) ? [] : [10 + plan.account])));
  let most = 0;
  for (const shard of listShards(record)) {
    let lies = 0;
    for (const vote of votes.get(shard)?.values() ?? []) if (vote.state === 'waiting' && liars.has(vote.account)) lies++;
    most = Math.max(most, lies);
  }
  return most;
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
