// What the page Security says, in English.
import type { Translation, WordTable } from '../../state/words.ts';

const ENGLISH = {
  title: 'For security people',
  description:
    'What the Ostraka widget does on a page, what it is made of, what it stores and when, which addresses it asks, and how to block it.',
  lead: 'You found a script or a frame from this address on a page and want to know what it does. This page says it, by build, and can be printed.',
  short: {
    title: 'In short',
    items: [
      'The script puts one frame of this origin on the page and passes messages to it. It computes nothing and stores nothing.',
      'The frame asks the visitor. Until a Yes, pressed inside the frame by a person, no code that computes is even fetched, and nothing is stored.',
      'After Yes it runs small programs (WebGPU or WebAssembly) that people submitted openly, each checked before. It mines no coin.',
      'It stops when less than half of it is seen, in hidden tabs, on battery, and when Stop is pressed. It never starts again by itself after that.',
    ],
  },
  host: {
    title: 'What the page around it can and cannot do',
    items: [
      'It cannot start the widget, nor say yes for anybody: a click must be trusted, inside the frame, on what has been in plain view for half a second.',
      'It can lower the load and can never raise it above what the visitor set, nor anyone above 60 %.',
      'It can pause and stop.',
      'It learns the state and the load in percent. It learns no key, no account and no credit of the visitor.',
      'The frame is of another origin and sandboxed (scripts, its own origin, links in new tabs); it refuses to run on our own site and by itself.',
    ],
  },
  stored: {
    title: 'What is stored, and when',
    before: 'Before an answer',
    beforeText: 'Nothing in the browser. The server counts that a frame was asked for, by site and day, without an identifier.',
    yes: 'After Yes',
    yesText:
      'The answer with its time (24 hours), a signing key that cannot be copied out, results not yet sent, and inputs of jobs: all in this browser, kept apart for that site. The server keeps an account for the key and what it earned.',
    no: 'After No',
    noText: 'The answer with its time, for seven days, so that nobody is asked again.',
    stop: 'After Stop',
    stopText: 'The Yes is deleted. The key stays, for what it earned belongs to it; clearing the site’s data deletes it.',
  },
  files: {
    title: 'What it is made of',
    sentence: (build: string) => `Build ${build}. The same files for everybody; names carry hashes.`,
    loading: 'Loading the list of files',
    when: { loader: 'on the page', before: 'in the frame, before Yes', after: 'after Yes only' },
    file: 'File',
    role: 'When',
    size: 'Bytes',
    gzip: 'gzip',
    integrity: 'Integrity',
    pin: 'To pin the script, use its hashed name with its integrity value:',
  },
  addresses: {
    title: 'Addresses it asks',
    sentence: 'All at this origin. There is no third party, no advertising, no fingerprint.',
    rows: {
      loader: 'the script',
      frame: 'the frame’s page; views are counted here',
      widget: 'the site’s name, the split, a job as an example',
      answers: 'Yes, No: counted',
      session: 'after Yes: a challenge is signed, a token comes back',
      minutes: 'while it runs: one a minute',
      transport: 'after Yes: assignments and results',
      blobs: 'after Yes: programs and inputs, each checked against its SHA-256',
    },
  },
  headers: {
    title: 'Headers',
    page: 'A page with a policy allows it with:',
    frame: 'The frame is served with:',
  },
  block: {
    title: 'How to block it',
    sentence: 'Block this origin, or these two paths of it. Names and paths do not change to get around lists.',
  },
  money: {
    title: 'Who gains',
    sentence: (percent: number) =>
      `Each verified piece of work is paid in credits of this network: ${percent} % to the site, the rest to the visitor. The split is shown before Yes. A site is paid only after it proved its domain.`,
  },
  contact: {
    title: 'Contact',
    to: 'Write to',
    none: 'The operator of this coordinator has named no contact. The address of this page names the operator.',
    file: 'The same in security.txt',
  },
  print: 'Print',
};

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type SecurityWords = Translation<typeof ENGLISH>;
