// What charts say beside their figures.
import type { WordTable } from '../../state/words.ts';

const ENGLISH = {
  asTable: 'Show as table',
  when: 'When',
  empty: 'Nothing is recorded for this time yet.',
  summary: (label: string, least: string, most: string, last: string) => `${label}: between ${least} and ${most}, last ${last}.`,
};

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type ChartWords = typeof ENGLISH;
