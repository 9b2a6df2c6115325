// What the page of one job says, in English.
import type { Translation, WordTable } from '../../state/words.ts';

const ENGLISH = {
  job: (id: number) => `Job ${id}`,
  jobs: 'Jobs',
  description: (title: string) => `${title}: how far the job is, who agreed on which shard, what it has cost, and its result.`,
  anyDescription: 'One job: how far it is, who agreed on which shard, what it has cost, and its result.',
  loading: 'Loading the job',
  keepsTrying: 'This page keeps trying by itself.',
  mayBeOld: 'What you see may be a moment old.',
  askedBy: (name: string, ago: string) => `Asked by ${name}, ${ago}`,
  you: 'you',
  allJobs: 'See all jobs',
  picture: 'Picture',
  verdicts: 'Verdicts',
  mosaicOf: (title: string, final: string, all: string) => `Mosaic of ${title}: ${final} of ${all} shards verified.`,
  tooLargeToDraw: 'This picture is too large to draw here: the mosaic shows verdicts, and the download has every pixel.',
  chooseShard: 'Choose a shard, with a click or the arrow keys, to see who agreed on what.',
  progress: {
    title: 'Progress',
    of: (final: string, all: string) => `${final} of ${all} shards`,
    bar: 'Verified shards',
    computing: 'Shards are being computed.',
    left: (duration: string) => `About ${duration} left at this pace.`,
    took: (duration: string) => `Took ${duration}.`,
    contribute: 'Contribute',
  },
  wait: (connected: number, needed: number) => {
    const here = connected === 0 ? 'nobody is connected' : connected === 1 ? '1 is connected' : `${connected} are connected`;
    return `Waiting for contributors: ${here}, ${needed === 1 ? '1 is needed' : `${needed} must agree`}.`;
  },
  credit: {
    title: 'Credit',
    bar: (paid: string, held: string) => `${paid} of ${held} credits paid.`,
    held: 'Held for this job',
    paid: 'Paid to contributors',
    back: 'Given back',
    copy: 'Price of a copy',
    work: 'Work of a copy',
  },
  download: {
    title: 'Download',
    bytes: 'Bytes',
    fetching: 'Fetching…',
    soFar: (final: string, all: string) => `${final} of ${all} shards are in it so far; the rest is empty.`,
    inAll: (final: string, all: string) => `${final} of ${all} shards are in it; the rest is empty.`,
    receipt: 'The receipt names every vote, signed by the coordinator.',
    saved: 'Receipt saved. Its signature was checked here and holds.',
  },
  program: {
    title: 'Program',
    grid: 'Grid',
    shard: 'Shard',
    quorum: 'Quorum',
    workgroups: (count: string) => `${count} workgroups`,
    mustAgree: (quorum: number, copies: number) => `${quorum} must agree, of at most ${copies}`,
    source: 'Parameters and WGSL',
    parameters: 'Parameters',
    wgsl: 'WGSL source',
  },
  cancel: {
    ask: 'Cancel this job?',
    action: 'Cancel job',
    busy: 'Cancelling…',
    keep: 'Keep it running',
    text: (unspent: string) =>
      `Nothing more is handed out. Verified shards stay yours and stay paid; about ${unspent} credits come back. A cancelled job cannot be taken up again.`,
    done: 'Cancelled. What was not spent is back in your account.',
  },
  table: {
    title: 'Best rows',
    none: 'The first verified shard brings the first rows.',
    tooLong: 'This table is too long to show here: download its bytes.',
    count: (shown: string, all: string) => `${shown} of ${all} verified rows.`,
  },
  evidence: {
    shard: (index: number) => `Shard ${index}`,
    inAll: (count: string) => `· ${count} in all`,
    close: 'Close',
    workgroups: (first: number, last: number) => `Workgroups ${first} to ${last}.`,
    retry: 'Try again',
    loading: 'Loading the votes',
    nobody: 'No device has answered yet.',
    output: (name: string, bytes: string) => `${name}: ${bytes}, root`,
    device: (id: number) => `device ${id}`,
    noDigest: 'no digest',
    votes: {
      waiting: 'waiting for a second opinion',
      agreed: 'agreed',
      outvoted: 'outvoted',
      late: 'late: the shard was final already',
      withheld: 'agreed, but did not send the bytes',
      failed: 'failed',
    },
  },
};

export type JobWords = Translation<typeof ENGLISH>;

export const WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
