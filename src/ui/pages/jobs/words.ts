// What the page Jobs says, in English.
import type { Translation, WordTable } from '../../state/words.ts';

const ENGLISH = {
  title: 'Jobs',
  description: 'Every job of this network, newest first: pictures and tables that fill in shard by shard as people lend their browsers.',
  lead: 'Questions people brought, cut into shards and answered by whoever lends a device.',
  newJob: 'New job',
  which: 'Which jobs',
  filters: { all: 'All', running: 'Running', mine: 'Mine' },
  older: 'Show older jobs',
  loading: 'Loading the jobs',
  stale: (moment: string) => `The list is as of ${moment}; it goes on when the coordinator answers.`,
  none: {
    title: 'No job yet',
    sentence: 'The first one takes a minute: pick a template, try it on your own device, submit it, and watch others fill it in.',
    action: 'Start with the bunny',
  },
  noneMine: { title: 'None of these are yours', sentence: 'Jobs that you submit from this browser or with your wallet are listed here.' },
  noneRunning: {
    title: 'Nothing runs right now',
    sentence: 'Every job that was submitted has ended. Contributors wait for the next one.',
  },
  showAll: 'Show all jobs',
  card: {
    by: (name: string) => `by ${name}`,
    progressOf: (title: string) => `Progress of ${title}`,
    mosaicOf: (title: string) => `Mosaic of ${title}.`,
    shards: (done: string, all: string) => `${done} / ${all} shards`,
    aCopy: (amount: string) => `${amount} a copy`,
    givenUp: (count: string) => `${count} given up`,
  },
};

export type JobsWords = Translation<typeof ENGLISH>;

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
