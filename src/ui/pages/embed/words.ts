// What the page Embed says, in English.
import type { Translation, WordTable } from '../../state/words.ts';

const ENGLISH = {
  title: 'Embed',
  description:
    'Put a small frame on your own pages: visitors who say yes lend a little computing power, and most of what it earns is yours.',
  lead: 'Put a small frame on your pages. It asks each visitor; who says yes lends a little computing power, and most of what that earns goes to your site.',
  loading: 'Loading your sites',
  entriesAreSafe: 'What your sites earned is safe.',
  add: {
    title: 'Add your site',
    label: 'Domain',
    hint: 'As in the address bar, such as example.org. Pages below it count too.',
    action: 'Add site',
    busy: 'Adding…',
    guest: 'This makes a guest key in this browser; it owns the site. A wallet can be attached later.',
    another: 'Add another site',
  },
  empty: {
    title: 'No site yet',
    sentence: 'Add the domain of your pages; the snippet, a live preview and your first visitor come right after.',
  },
  choose: 'Your sites',
  snippet: {
    title: 'Paste this into your page',
    theme: 'Colours',
    themes: { auto: 'Visitor’s system', light: 'Light', dark: 'Dark' },
    lang: 'Language',
    langs: { browser: 'Visitor’s browser', en: 'English', de: 'German' },
    most: 'At most',
    mostHint: (percent: number) =>
      `Visitors begin at 20 % and may go up to 60 %. Your page can only lower that: nobody is asked for more than ${percent} % here.`,
    copy: 'Copy snippet',
    copied: 'Copied.',
    notCopied: 'The browser did not allow copying; select the text instead.',
    policy: 'If your server sends a Content-Security-Policy, add:',
    policyNone: 'No other permission is needed; pages that isolate themselves (COEP) work as they are.',
    security: 'What a security review wants to know',
  },
  preview: {
    title: 'Live preview',
    sentence: 'This is the real frame, served from another name of this machine. Say yes, and you are the first visitor.',
    wait: 'The preview starts only when you want it.',
    show: 'Show preview',
    none: 'A preview needs a page on another site: here it would not be apart from the app, so it refuses to run. Paste the snippet and open your page.',
    wrongHost: (host: string) => `The preview counts as a page on ${host}. Add a site with that name to try it with credits.`,
  },
  live: {
    title: 'Visitors',
    waiting: 'Waiting for the first visitor. Open your page in another window: it shows here within seconds.',
    seen: (ago: string) => `Last asked ${ago}`,
    agreed: (ago: string) => `last yes ${ago}`,
    active: 'computing now',
    quiet: 'nobody computes now',
  },
  figures: {
    title: 'The last 30 days',
    views: 'Asked',
    agreed: 'Said yes',
    rate: 'Share of yes',
    minutes: 'Device minutes',
    blocked: 'Frames blocked',
    held: 'Held',
    released: 'Paid to you',
    none: 'Nothing yet. Figures count pages and presses; no visitor is in them.',
    chart: 'Asked and agreed, by day',
    blockedHint: 'Frames that a blocker or a policy stopped, as far as pages can tell us.',
  },
  proof: {
    title: 'Prove the domain',
    proved: 'Proved',
    open: 'Not proved',
    why: (percent: number) =>
      `${percent} % of what visitors earn is your site’s. It is held until the domain is proved to be yours, then paid to this account, and proved again each day.`,
    dns: 'Either a TXT record of the domain:',
    file: (path: string) => `or a text file at ${path}:`,
    fileOnly: (path: string) => `A text file at ${path}, for this machine’s names have no DNS records:`,
    check: 'Check now',
    checking: 'Asking the domain…',
    found: { dns: 'The DNS record was found.', file: 'The file was found.' },
    paid: (credits: string) => `${credits} credits were paid to you.`,
    lastChecked: (moment: string) => `Last checked ${moment}.`,
    guestCap: 'A guest may hold only so much: attach a wallet, and the rest is paid with the next check.',
  },
  estimate: {
    title: 'What to expect',
    visits: 'Visits a day',
    yes: 'Of a hundred say yes',
    minutes: 'Minutes each',
    result: (day: string, month: string) => `About ${day} credits a day, ${month} a month, if there is always work.`,
    sober:
      'That is a guess, and a hopeful one. Most visitors say no, many leave at once. Credits pay for computing on this network; they are not money.',
  },
  remove: {
    action: 'Remove site',
    sentence: 'The snippet stops working on that domain. Figures are kept.',
    confirm: 'Remove',
    cancel: 'Keep',
  },
};

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type EmbedWords = Translation<typeof ENGLISH>;
