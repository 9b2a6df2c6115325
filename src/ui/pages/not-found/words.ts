// What an address that leads nowhere says, in English.
import type { Translation, WordTable } from '../../state/words.ts';

const ENGLISH = {
  title: 'Not found',
  headline: 'This sherd fits nowhere',
  sentence: 'There is no page at this address. It may have been mistyped, or it pointed to a job by something other than its number.',
  action: 'Go to Contribute',
};

export type NotFoundWords = Translation<typeof ENGLISH>;

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
