// What the shell, the parts and the formats say, in English: what stands on every page, so nothing here waits for a chunk.
import { readWords, type Translation, type WordTable } from './state/words.ts';

const ENGLISH = {
  places: {
    '/': 'Contribute',
    '/jobs': 'Jobs',
    '/jobs/new': 'New job',
    '/leaderboard': 'Leaderboard',
    '/network': 'Network',
    '/embed': 'Embed',
    '/settings': 'Settings',
    '/account': 'Account',
    '/operator': 'Operator',
  },
  shell: {
    skip: 'Skip to the page',
    home: 'Ostraka, home',
    pages: 'Pages',
    more: 'More',
    morePages: 'More pages',
    loadingPage: 'Loading the page',
    accountOf: (name: string) => `Account ${name}`,
    build: (name: string, build: string) => `${name} · build ${build}`,
    theme: 'Appearance',
    themes: { auto: 'Automatic', light: 'Light', dark: 'Dark' },
    language: 'Language',
    keys: 'Keys',
    security: 'For security people',
    close: 'Close',
    dismiss: 'Dismiss',
    walletChanged: 'The wallet switched to another account, so you are signed out here. Sign in again with the account you want.',
    description: 'Lend this browser to other people’s computations, or have them run yours. Every answer is voted on.',
  },
  shortcuts: {
    contribute: 'Go to Contribute',
    jobs: 'Go to Jobs',
    leaderboard: 'Go to Leaderboard',
    network: 'Go to Network',
    embed: 'Go to Embed',
    settings: 'Go to Settings',
    account: 'Go to Account',
    newJob: 'New job',
    pause: 'Start, pause or resume',
    help: 'Show this list',
    spaceKey: 'space',
  },
  pill: {
    press: 'Press to contribute.',
    resume: 'Press to resume.',
    pause: 'Press to pause.',
  },
  bars: {
    offline: 'Offline. Work that is already here goes on.',
    down: 'The coordinator does not answer.',
    unsent: (count: number) => (count === 1 ? 'One result waits here and is kept.' : `${count} results wait here and are kept.`),
    asOf: (moment: string) => `What you see is as of ${moment}.`,
    nextTry: (seconds: number) => `Next try in ${seconds} s.`,
    trying: 'Trying now.',
    tryNow: 'Try now',
    update: 'A new version is ready. Work in hand is handed back first.',
    updating: 'Letting the engine finish, then reloading…',
    apply: 'Update',
    later: 'Later',
  },
  states: {
    failed: 'That did not work',
    retry: 'Try again',
    jobs: { running: 'Running', done: '✓ Done', cancelled: 'Cancelled', failed: '! Failed', expired: 'Expired' },
  },
  mosaic: {
    legend: 'What the marks mean',
    arrows: (label: string) => `${label} Arrow keys choose a shard.`,
    role: 'mosaic',
    neverComputed: 'not computed',
    marks: { pending: 'waiting', provisional: 'agreed, bytes on their way', final: 'verified', disputed: 'disputed', failed: 'given up' },
  },
  format: {
    justNow: 'just now',
    secondsAgo: (count: string) => `${count} s ago`,
    minutesAgo: (count: string) => `${count} min ago`,
    hoursAgo: (count: string) => `${count} h ago`,
    daysAgo: (count: string) => `${count} d ago`,
    underASecond: 'under a second',
    units: (count: string) => `${count} units`,
    stopped: 'This was stopped.',
    wrong: (detail: string) => `Something in this page went wrong: ${detail}. Try again, or reload the page.`,
  },
};

export const UI_WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};

export type UiWords = Translation<typeof ENGLISH>;

/** Reactive; German is preloaded before the first drawing, so this is there at once. */
export function uiWords(): UiWords {
  return readWords(UI_WORDS);
}
