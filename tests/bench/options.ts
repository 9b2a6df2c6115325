// The flags of `npm run bench`, or one sentence about what is wrong with them.

export const SUITES = [
  'oneCopy',
  'quorum2',
  'inFlight1',
  'webrtc50',
  'bullmqFsync',
  'bullmqFsync1',
  'graphile',
  'jobAccept',
  'live',
  'processes',
  'storage',
  'core',
] as const;
export type SuiteName = (typeof SUITES)[number];

/** `core` and `storage` look inside one room. */
const BY_NAME_ONLY: readonly SuiteName[] = ['storage', 'core'];

export interface BenchOptions {
  readonly only: readonly SuiteName[];
  readonly rounds: number;
  /** Of every dispatch run, ours and the peers'. */
  readonly shards: number;
  readonly contributors: number;
  readonly isProfiled: boolean;
  /** Null: wherever temporary files lie, if that is a real disk. */
  readonly scratchDir: string | null;
}

export const USAGE = `npm run bench -- [--only ${SUITES.join(',')}] [--rounds 3] [--shards 100000] [--contributors 64] [--dir folder] [--profile]`;

export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const values = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const flag = argv[i] as string;
    if (!['--only', '--rounds', '--shards', '--contributors', '--dir', '--profile'].includes(flag)) {
      throw new Error(`There is no flag ${flag}. ${USAGE}`);
    }
    const value = flag === '--profile' ? '' : argv[++i];
    if (value === undefined) throw new Error(`${flag} wants a value. ${USAGE}`);
    values.set(flag, value);
  }
  return {
    only: parseOnly(values.get('--only')),
    rounds: parseWhole(values, '--rounds', 3, 20),
    shards: parseShards(values),
    contributors: parseWhole(values, '--contributors', 64, 2_000),
    isProfiled: values.has('--profile'),
    scratchDir: values.get('--dir') ?? null,
  };
}

function parseOnly(text: string | undefined): readonly SuiteName[] {
  if (text === undefined) return SUITES.filter((name) => !BY_NAME_ONLY.includes(name));
  return text.split(',').map((asked) => {
    const suite = SUITES.find((name) => name === asked);
    if (!suite) throw new Error(`There is no suite ${asked}; there are ${SUITES.join(', ')}.`);
    return suite;
  });
}

function parseWhole(values: ReadonlyMap<string, string>, flag: string, fallback: number, max: number): number {
  const text = values.get(flag);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new Error(`${flag} must be a whole number from 1 to ${max}, but is "${text}".`);
  return value;
}

function parseShards(values: ReadonlyMap<string, string>): number {
  const shards = parseWhole(values, '--shards', 100_000, 1_000_000);
  if (shards > 1_000 && shards % 1_000 !== 0) throw new Error(`--shards above 1,000 must be a multiple of it, but is ${shards}.`);
  return shards;
}
