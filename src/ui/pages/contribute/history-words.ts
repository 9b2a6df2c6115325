// What the history, the team and the rejected results say, in English.
import type { RejectionReason } from '../../../protocol/api-standing.ts';
import type { WordTable } from '../../state/words.ts';

const REASONS: Readonly<Record<RejectionReason, string>> = {
  outvoted: 'Other devices agreed on another result.',
  withheld: 'Its bytes did not come when they were asked for.',
  failed: 'It could not be computed on enough devices.',
};

const ENGLISH = {
  history: {
    title: 'History',
    loading: 'Loading the history',
    days: '30 days',
    hours: '48 hours',
    span: 'Span of the chart',
    chart: 'Verified shards',
    shards: 'Verified shards',
    totalShards: 'Verified in all',
    totalCredit: 'Credited in all',
    work: 'Work',
    gpuAndCpu: 'By GPU · CPU · phone',
    streak: (days: number) => (days === 1 ? 'one day in a row' : `${days} days in a row`),
    noStreak: 'No streak yet: one verified shard a day makes one.',
    best: (days: number) => `best ${days}`,
    today: 'Today counts already.',
    notToday: 'One verified shard today keeps it.',
    empty: 'Nothing verified yet. The first verified shard begins your history.',
    energy: (wattHours: string, cost: string) => `≈ ${wattHours} Wh in 31 days here, about ${cost} at your price: an estimate.`,
  },
  team: {
    title: 'Team',
    none: 'Alone so far. A team adds up what its members compute.',
    find: 'Find or found a team',
    members: (count: number) => (count === 1 ? 'one member' : `${count} members`),
    open: 'To the leaderboard',
  },
  rejections: {
    title: 'Rejected results',
    none: 'None in the last 90 days.',
    loading: 'Loading the rejected results',
    shard: (index: string) => `Shard ${index} of`,
    reason: (reason: RejectionReason) => REASONS[reason],
    first: (byte: string, output: string) => `First difference at byte ${byte} of ${output}:`,
    here: 'here',
    agreed: 'agreed',
    element: (index: string, mine: string, accepted: string) => `element ${index}: ${mine} here, ${accepted} agreed`,
    digests: (mine: string, accepted: string) => `digest ${mine} here, ${accepted} agreed`,
    evidence: 'Evidence',
    older: 'Older ones',
  },
};

export const HISTORY_WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./history-words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type HistoryWords = typeof ENGLISH;
