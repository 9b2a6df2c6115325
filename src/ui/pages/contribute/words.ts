// What the page Contribute says, in English.
import type { PresetName } from '../../../contributor/presets.ts';
import type { WordTable } from '../../state/words.ts';

const PRESETS: Readonly<Record<PresetName, string>> = { quiet: 'Quiet', balanced: 'Balanced', full: 'Full' };

const ENGLISH = {
  title: 'Contribute',
  description: 'Lend this browser to someone’s question: one press, no account, checked answers, and credit for verified work.',
  headline: 'Lend this browser to someone’s question',
  lead: 'It computes small shards of other people’s jobs. Every answer is checked against other devices, and verified work earns credit.',
  controls: 'Controls',
  stage: 'What is computed',
  settings: 'Settings of this device',
  promises: {
    checked: 'Runs only programs checked beforehand, inside the browser’s own sandbox.',
    quiet: 'Begins quietly, with a fifth of the GPU and a quarter of the CPU, and never uses more than you set.',
    stop: 'Stops the moment you say so. No sign-up and no wallet needed.',
  },
  switch: { start: 'Contribute', startUnder: 'with this device', stop: 'Stop', stopUnder: 'let this device rest' },
  why: {
    useThisTab: 'Use this tab',
    resume: 'Resume',
    anyway: 'Compute anyway',
    goOn: 'Go on after all',
    unsent: (count: number) => (count === 1 ? 'One result waits to be sent.' : `${count} results wait to be sent.`),
  },
  picture: {
    label: (title: string, final: string, all: string, mine: string) =>
      `Mosaic of ${title}: ${final} of ${all} shards verified, ${mine} computed here.`,
    progress: (title: string) => `Progress of ${title}`,
    here: 'Computed here:',
    now: 'Being computed now:',
    before: 'Computed by this network:',
    for: (name: string) => `for ${name}`,
    count: (final: string, all: string, percent: string) => `${final} of ${all} shards · ${percent}`,
    mine: (count: string) => `${count} mine`,
    loading: 'Loading the picture',
    failed: 'The jobs cannot be seen right now.',
    retry: 'Try again',
    none: 'Nobody has asked for anything yet. Press Contribute and this device waits for the first job, or bring one yourself.',
    newJob: 'New job',
  },
  power: {
    title: 'Power',
    presets: 'How much of this device',
    preset: (name: PresetName) => PRESETS[name],
    details: 'GPU and CPU apart',
    loading: 'Loading the power panel',
    rules: 'Rules: when to rest',
    noRules: 'none is on',
    rulesOn: (count: number) => (count === 1 ? 'one is on' : `${count} are on`),
    loadingRules: 'Loading the rules',
  },
  moreSettings: 'All settings',
};

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type ContributePageWords = typeof ENGLISH;
