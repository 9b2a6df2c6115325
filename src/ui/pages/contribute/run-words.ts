// What the page Contribute says once this device has begun, in English; it comes with the parts that are shown then.
import type { Absence } from '../../../contributor/absence.ts';
import type { FeedItem } from '../../../contributor/state.ts';
import type { WordTable } from '../../state/words.ts';

const ENGLISH = {
  run: {
    pause: 'Pause',
    quarter: '15 min',
    hour: '1 h',
    untilISay: 'Until I say',
    pauseFor: (what: string) => `Pause: ${what}`,
    finish: 'Finish and stop',
    finishHint: 'What runs is completed and sent, nothing new is begun.',
  },
  earned: {
    unit: 'credits verified in this session',
    balance: (amount: string) => `balance ${amount}`,
    hourly: (low: string, high: string) => `≈ ${low} to ${high} credits an hour here, an estimate`,
    computed: 'Shards computed',
    verified: 'Verified',
    waiting: 'Vote still open',
    outvoted: 'Outvoted',
  },
  milestone: {
    title: 'Your first shard is verified',
    sentence: (amount: string) => `Another device got the same answer, so it counts: +${amount} credits.`,
    partOf: (title: string) => `It is part of “${title}”, which you see below.`,
  },
  job: {
    title: 'What it is for',
    none: 'Its requester wrote nothing about it.',
    pays: (amount: string) => `${amount} credits a shard`,
    pin: 'Prefer this job',
    pinned: 'Preferred',
    block: 'Not this job',
    blockRequester: (name: string) => `Nothing for ${name}`,
    blocked: 'No more shards of it come here. Settings has the list.',
    full: (most: number) => `There can be ${most} of them; remove one in Settings first.`,
  },
  offers: {
    keepOpen: {
      title: 'Leave this tab open',
      sentence: 'It goes on behind other tabs and windows, as gently as you set it, and stops when you say so.',
      yes: 'Good',
    },
    install: { title: 'A window of its own', sentence: 'Install Ostraka and it stays out of the way of your tabs.', yes: 'Install' },
    backup: {
      title: 'Keep what you earn',
      sentence: 'Your credits belong to a key that lives in this browser alone. Save it as a file, sealed by a passphrase.',
      yes: 'Back it up',
    },
    wallet: {
      title: 'Or hand it to a wallet',
      sentence: 'Attach one and all credit moves to it, once. Nothing is sent to a chain.',
      yes: 'Attach a wallet',
    },
    no: 'No, thanks',
    installed: 'Installed. Ostraka now opens in its own window.',
  },
  device: {
    title: 'This device',
    software: 'Software GPU',
    connection: 'Connection',
    closed: 'not open',
    rtc: 'WebRTC',
    rtcWhy: 'Straight to the coordinator.',
    ws: 'WebSocket',
    wsWhy: 'The direct connection did not open; same work, other road.',
    speed: 'Speed',
    speedOf: (count: string) => `${count} workgroups/s`,
    unmeasured: 'not measured yet',
    energy: 'Energy today',
    energyOf: (wattHours: string) => `≈ ${wattHours} Wh`,
    energyHint: 'An estimate; Settings knows what device this is.',
  },
  absence: {
    sentence: (absence: Absence) => absence.sentence,
    tip: 'How to keep this tab awake',
    dismiss: 'All right',
  },
  feed: {
    title: 'Activity',
    empty: 'The first shard appears here within seconds.',
    item: (item: FeedItem) => item.sentence,
  },
};

export const RUN_WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./run-words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type RunWords = typeof ENGLISH;
