// The flags of `npm run contribute`.
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { adjustSettings, MAX_DATA_CAP, MAX_RANGES, MAX_THREADS, MIN_DATA_CAP, MIN_SHARE } from '../contributor/adjust-settings.ts';
import { DEFAULT_SETTINGS } from '../contributor/presets.ts';
import type { ContributorSettings, HoursRange } from '../contributor/state.ts';
import { MICRO_CREDITS_PER_CREDIT } from '../protocol/ids.ts';
import { type Likes, MAX_LIKES, MAX_MIN_RATE } from '../protocol/likes.ts';
import { defaultKeyFile } from './open-client.ts';
import { type FlagTable, type FlagValues, parseNumberFlag, parseOptions, parseUrlFlag, refuse } from './parse-options.ts';
import { parseBytesFlag, parseHoursFlag } from './parse-terms.ts';

export const CONTRIBUTE_FLAGS = {
  url: { describe: 'where the coordinator is', value: 'http://…', isRequired: true },
  threads: { describe: 'engine threads, 1 to 64 (one less than the cores)', value: 'N' },
  share: { describe: 'share of those threads that may be used, 0.05 to 1 (1)', value: '0.5' },
  hours: {
    describe: 'computes in these hours only, by the clock of this machine: mon-fri 22:00-07:00, or 22:00-07:00 for every day',
    value: 'HOURS',
    isRepeated: true,
  },
  'data-cap': { describe: 'data a day, up and down, 1MB to 100GB; rests until midnight when it is used up', value: '500MB' },
  'pin-job': { describe: 'a job whose shards are taken first', value: 'JOB', isRepeated: true },
  'block-job': { describe: 'a job whose shards are never taken', value: 'JOB', isRepeated: true },
  'block-requester': { describe: 'an account whose jobs are never taken', value: 'ACCOUNT', isRepeated: true },
  'min-rate': { describe: 'takes no job that pays less credits for a second of reference work (0)', value: '0.5' },
  key: { describe: 'the file of the P-256 key that signs in; made when missing', value: 'FILE' },
  data: { describe: 'a folder for results that are not settled yet', value: 'FOLDER' },
  name: { describe: 'how this contributor calls itself in its own output (the host name)', value: 'NAME' },
} as const satisfies FlagTable;

export interface ContributeOptions {
  readonly url: string;
  readonly settings: ContributorSettings;
  readonly keyFile: string;
  readonly dataFolder: string;
  readonly name: string;
}

type Flags = FlagValues<typeof CONTRIBUTE_FLAGS>;

/** `cores` and `home` are arguments so that defaults can be tested. Throws `config`; null: help was asked for. */
export function parseContributeOptions(argv: readonly string[], cores: number, home: string = homedir()): ContributeOptions | null {
  const { flags, isHelp } = parseOptions(argv, 'contribute', CONTRIBUTE_FLAGS);
  if (isHelp) return null;
  const { url, key, data, name } = flags;
  const keyFile = defaultKeyFile(home);
  return {
    url: parseUrlFlag('url', url),
    settings: parseSettings(flags, cores),
    keyFile: key ?? keyFile,
    dataFolder: data ?? (key === undefined ? join(dirname(keyFile), 'results') : `${key}.results`),
    name: name ?? hostname(),
  };
}

/** A process has no GPU, no battery and nobody before it. */
function parseSettings(flags: Flags, cores: number): ContributorSettings {
  const { threads, share, hours, 'data-cap': dataCap } = flags;
  const ownThreads = Math.min(MAX_THREADS, Math.max(1, cores - 1));
  return adjustSettings(DEFAULT_SETTINGS, {
    gpu: { isOn: false },
    cpu: {
      threads: threads === undefined ? ownThreads : parseNumberFlag('threads', threads, 1, MAX_THREADS, true),
      share: share === undefined ? 1 : parseNumberFlag('share', share, MIN_SHARE, 1, false),
    },
    pauseOnBattery: false,
    ...(hours.length > 0 ? { hours: { isOn: true, ranges: parseHours(hours) } } : {}),
    ...(dataCap === undefined
      ? {}
      : { dataCap: { isOn: true, bytesADay: parseBytesFlag('data-cap', dataCap, MIN_DATA_CAP, MAX_DATA_CAP) } }),
    likes: parseLikes(flags),
  });
}

function parseHours(texts: readonly string[]): readonly HoursRange[] {
  if (texts.length > MAX_RANGES) throw refuse(`--hours may be given ${MAX_RANGES} times at most.`);
  return texts.map((text) => parseHoursFlag('hours', text));
}

function parseLikes(flags: Flags): Partial<Likes> {
  const { 'min-rate': minRate } = flags;
  const credits = Number(MICRO_CREDITS_PER_CREDIT);
  return {
    pinnedJobs: parseIds('pin-job', flags['pin-job']),
    blockedJobs: parseIds('block-job', flags['block-job']),
    blockedRequesters: parseIds('block-requester', flags['block-requester']),
    minRate: minRate === undefined ? 0 : parseNumberFlag('min-rate', minRate, 0, MAX_MIN_RATE / credits, false) * credits,
  };
}

function parseIds<Id extends number>(flag: string, texts: readonly string[]): readonly Id[] {
  if (texts.length > MAX_LIKES) throw refuse(`--${flag} may be given ${MAX_LIKES} times at most.`);
  return texts.map((text) => {
    if (!/^\d{1,15}$/.test(text)) throw refuse(`--${flag} ${text} is no number; give it as the job’s page shows it.`);
    return Number(text) as Id;
  });
}
