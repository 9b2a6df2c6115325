// Says in lines what a headless contributor does: changes of state, and what was verified, gathered over a moment. PURE.
import type { ContributorIdleReason, ContributorSnapshot, ContributorState, FeedItem } from '../contributor/state.ts';
import { formatCredits } from '../protocol/credit.ts';

export interface Reporter {
  /** The lines that this snapshot adds. */
  report(snapshot: ContributorSnapshot, nowMs: number): readonly string[];
}

/** A state that comes and goes between shards is said once in this time. */
export const REPEAT_MS = 60_000;

/** Between two shards a device is idle for a moment, again and again. */
const FLICKERING: ReadonlySet<ContributorState['kind']> = new Set(['working', 'idle', 'reconnecting']);
const PASSING: ReadonlySet<ContributorIdleReason> = new Set(['asking', 'loading-inputs', 'pending-reconnect']);
const TOLD: ReadonlySet<FeedItem['kind']> = new Set(['outvoted', 'failed', 'note']);

export function createReporter(name: string): Reporter {
  const toldAtMs = new Map<string, number>();
  let state = '';
  let wasAway = false;
  let newest: FeedItem | null = null;
  let verified = 0;
  return {
    report(snapshot, nowMs) {
      const lines: string[] = [];
      const sentence = describeState(snapshot.state);
      if (sentence !== state && !isPassing(snapshot.state)) {
        state = sentence;
        // Back after a loss: what was said before it is news again.
        if (wasAway && snapshot.transport !== null) toldAtMs.clear();
        wasAway = snapshot.state.kind === 'reconnecting' || (wasAway && snapshot.transport === null);
        const isFlicker = FLICKERING.has(snapshot.state.kind) && nowMs - (toldAtMs.get(sentence) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS;
        if (!isFlicker) {
          lines.push(sentence);
          toldAtMs.set(sentence, nowMs);
        }
      }
      const fresh = newest === null ? snapshot.recent : snapshot.recent.slice(0, Math.max(0, snapshot.recent.indexOf(newest)));
      newest = snapshot.recent[0] ?? newest;
      for (const item of [...fresh].reverse())
        if (TOLD.has(item.kind)) lines.push(item.title ? `${item.title}: ${item.sentence}` : item.sentence);
      if (snapshot.counts.verified > verified) lines.push(describeBatch(snapshot, snapshot.counts.verified - verified));
      verified = snapshot.counts.verified;
      return lines.map((line) => `${name}: ${line}`);
    },
  };
}

function isPassing(state: ContributorState): boolean {
  return state.kind === 'idle' && PASSING.has(state.reason);
}

function describeBatch({ counts, creditedMicro, recent }: ContributorSnapshot, count: number): string {
  const title = recent.find((item) => item.kind === 'verified')?.title ?? '';
  const shards = count === 1 ? '1 shard' : `${count} shards`;
  return `${shards}${title ? ` of ${title}` : ''} verified, ${counts.verified} in all, ${formatCredits(creditedMicro)} credits earned.`;
}

function describeState(state: ContributorState): string {
  switch (state.kind) {
    case 'off':
      return 'Stopped.';
    case 'starting':
      return { account: 'Signing in.', engine: 'Starting the engine.', connecting: 'Connecting.' }[state.step];
    case 'working':
      return 'Computing.';
    case 'idle':
    case 'reconnecting':
    case 'insecure':
      return state.sentence;
    case 'other-tab':
      return 'Another contributor of this device computes.';
    case 'stopped':
      return state.fault.sentence;
  }
}
