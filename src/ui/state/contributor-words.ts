// What this device is doing, in English: the headline, the sentence and the word for the pill of every state and rule.
import { type ContributorIdleReason, type RuleName, sentenceFor } from '../../contributor/state.ts';
import type { WordTable } from './words.ts';

const HEADLINES: Readonly<Record<RuleName, string>> = {
  paused: 'Paused',
  'paused-until': 'Paused for a while',
  'engines-off': 'Switched off',
  'no-gpu': 'No GPU to use',
  'on-battery': 'Resting: on battery',
  'outside-hours': 'Resting: outside your hours',
  'data-cap': 'Resting: the day’s data is used',
  'user-active': 'Resting: device in use',
  finishing: 'Finishing',
};

const ENGLISH = {
  off: 'Off',
  offSentence: 'Nothing runs on this device.',
  starting: 'Starting',
  steps: {
    account: 'Making a guest key in this browser.',
    engine: 'Looking for a GPU and measuring it.',
    connecting: 'Opening a connection to the coordinator.',
  },
  computing: 'Computing',
  someShard: 'A shard is running.',
  shard: (index: string, title: string, others: number) => `Shard ${index} of “${title}”${others > 0 ? ` and ${others} more` : ''}.`,
  waiting: 'Waiting for work',
  idle: (reason: ContributorIdleReason) => sentenceFor(reason),
  rule: (name: RuleName) => HEADLINES[name],
  nextTry: (seconds: number) => `Next try in ${seconds} s.`,
  untilSoon: (seconds: number) => `Looked at again in ${seconds} s.`,
  until: (moment: string) => `Until ${moment}.`,
  reconnecting: 'Reconnecting',
  unreachable: 'The coordinator cannot be reached. Results are kept and sent later.',
  otherTab: 'Running in another tab',
  otherTabSentence: 'One tab computes for the whole device; this one mirrors it.',
  insecure: 'Not possible here',
  stopped: 'Stopped',
  brief: {
    off: 'Off',
    starting: 'Starting',
    computing: 'Computing',
    waiting: 'Waiting',
    paused: 'Paused',
    resting: 'Resting',
    finishing: 'Finishing',
    reconnecting: 'Reconnecting',
    otherTab: 'Other tab',
    insecure: 'Not possible',
    stopped: 'Stopped',
  },
};

export const CONTRIBUTOR_WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./contributor-words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type ContributorWords = typeof ENGLISH;
