// What the contributor is doing, in words: a headline, a sentence, and the tone of the dot beside it.
import type { ContributorSnapshot, ContributorState } from '../../contributor/state.ts';

export type Tone = 'off' | 'on' | 'wait' | 'bad';

export interface StateWords {
  readonly headline: string;
  readonly sentence: string;
  /** For the pill, where there is room for one or two words. */
  readonly brief: string;
  readonly tone: Tone;
}

const STEP_SENTENCES = {
  account: 'Making a guest key in this browser.',
  engine: 'Looking for a GPU and measuring it.',
  connecting: 'Opening a connection to the coordinator.',
} as const;

export function describeState(snapshot: ContributorSnapshot, nowMs: number): StateWords {
  const { state } = snapshot;
  switch (state.kind) {
    case 'off':
      return { headline: 'Off', sentence: 'Nothing runs on this device.', brief: 'Off', tone: 'off' };
    case 'starting':
      return { headline: 'Starting', sentence: STEP_SENTENCES[state.step], brief: 'Starting', tone: 'wait' };
    case 'working':
      return { headline: 'Computing', sentence: describeWork(snapshot), brief: 'Computing', tone: 'on' };
    case 'idle':
      return describeIdle(state, nowMs);
    case 'reconnecting':
      return {
        headline: 'Reconnecting',
        sentence: `${state.sentence} ${nextTry(state.retryAtMs, nowMs)}`.trim(),
        brief: 'Reconnecting',
        tone: 'wait',
      };
    case 'other-tab':
      return {
        headline: 'Running in another tab',
        sentence: 'One tab computes for the whole device; this one mirrors it.',
        brief: 'Other tab',
        tone: 'on',
      };
    case 'insecure':
      return { headline: 'Not possible here', sentence: state.sentence, brief: 'Not possible', tone: 'bad' };
    case 'stopped':
      return { headline: 'Stopped', sentence: state.fault.sentence, brief: 'Stopped', tone: 'bad' };
  }
}

function describeIdle(state: Extract<ContributorState, { kind: 'idle' }>, nowMs: number): StateWords {
  const isPause = state.reason === 'paused' || state.reason === 'on-battery';
  const headline = isPause ? 'Paused' : 'Waiting for work';
  return {
    headline,
    sentence: `${state.sentence} ${nextTry(state.retryAtMs, nowMs)}`.trim(),
    brief: isPause ? 'Paused' : 'Waiting',
    tone: 'wait',
  };
}

function nextTry(retryAtMs: number | null, nowMs: number): string {
  if (retryAtMs === null) return '';
  const seconds = Math.ceil((retryAtMs - nowMs) / 1_000);
  return seconds > 0 ? `Next try in ${seconds} s.` : '';
}

function describeWork({ current }: ContributorSnapshot): string {
  const [first] = current;
  if (!first) return 'A shard is running.';
  const others = current.length - 1;
  const more = others > 0 ? ` and ${others} more` : '';
  return `Shard ${first.index} of “${first.title}”${more}.`;
}
