// What the page Account says, in English.
import type { Translation, WordTable } from '../../state/words.ts';

const ENGLISH = {
  title: 'Account',
  description: 'The key that this browser signs with, every line of its ledger, and how to move what it earned to a wallet of yours.',
  lead: 'An account is a key that signs. This browser makes one by itself; a wallet is never needed to begin.',
  loading: 'Loading the account',
  keyIsSafe: 'Your key stays in this browser.',
  guest: {
    title: 'Begin as a guest',
    text: 'One press makes a key that lives in this browser. Contributing does the same by itself. What the key earns stays with it; clearing this site’s data deletes it.',
    action: 'Make a guest key',
    busy: 'Making a key…',
  },
  wallet: {
    title: 'I have a wallet',
    text: 'Sign in with it. That costs nothing and moves nothing.',
    signInWith: (name: string) => `Sign in with ${name}`,
    attach: (name: string) => `Attach ${name}`,
    none: 'No wallet has announced itself in this browser. Install one, or go on as a guest: everything works, and a wallet can be attached later.',
    waiting: (name: string) => `Waiting for ${name}: look for its window.`,
    signedIn: (name: string) => `Signed in with ${name}.`,
  },
  balance: {
    label: 'Balance',
    sentence: (earned: string, granted: string) =>
      `credits: ${earned} earned and ${granted} granted, which can be spent on jobs and not withdrawn`,
  },
  key: {
    kinds: { wallet: 'Wallet', guest: 'Guest key', other: 'Key' },
    verified: 'Verified shards',
    device: 'This device',
    cap: 'A guest may hold',
    about: 'It lives in this browser. Clearing this site’s data deletes it, and with it the way to what it earned.',
    backUp: 'Save an encrypted backup in Settings',
  },
  attach: {
    title: 'Attach a wallet',
    text: 'All credit of this key moves to the wallet, once. The wallet signs a readable message; nothing is sent to a chain.',
  },
  signOut: {
    here: 'Sign out',
    everywhere: 'Sign out everywhere',
    done: 'Signed out.',
    doneGuest: 'Signed out. The guest key is still here and signs you in again.',
  },
  ledger: {
    title: 'Ledger',
    lines: 'Ledger lines',
    loading: 'Loading the ledger',
    none: 'No line yet. The first verified shard writes one.',
    older: 'Older lines',
    when: 'When',
    what: 'What',
    credits: 'Credits',
    balance: 'Balance',
    granted: 'granted',
    job: (id: number) => `job ${id}`,
    shardsOf: (count: number) => (count === 1 ? 'one shard of ' : `${count} shards of `),
    reasons: {
      grant: 'Starting credit',
      hold: 'Held for a job',
      pay: 'Verified work',
      refund: 'Given back',
      attach: 'Moved to a wallet',
      cap: 'Above what a guest may hold',
      share: 'The site’s share of a visitor’s work',
      release: 'Freed when the site’s domain was proved',
    },
  },
};

export type AccountWords = Translation<typeof ENGLISH>;

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
