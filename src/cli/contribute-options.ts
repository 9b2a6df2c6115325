// The flags of `npm run contribute`.
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type ContributorSettings, DEFAULT_SETTINGS, MAX_THREADS, MIN_SHARE } from '../contributor/state.ts';
import { defaultKeyFile } from './open-client.ts';
import { type FlagTable, parseNumberFlag, parseOptions, parseUrlFlag } from './parse-options.ts';

export const CONTRIBUTE_FLAGS = {
  url: { describe: 'where the coordinator is', value: 'http://…', isRequired: true },
  threads: { describe: 'engine threads, 1 to 64 (one less than the cores)', value: 'N' },
  share: { describe: 'share of those threads that may be used, 0.05 to 1 (1)', value: '0.5' },
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

/** `cores` and `home` are arguments so that defaults can be tested. Throws `config`; null: help was asked for. */
export function parseContributeOptions(argv: readonly string[], cores: number, home: string = homedir()): ContributeOptions | null {
  const { flags, isHelp } = parseOptions(argv, 'contribute', CONTRIBUTE_FLAGS);
  if (isHelp) return null;
  const { url, threads, share, key, data, name } = flags;
  const keyFile = defaultKeyFile(home);
  return {
    url: parseUrlFlag('url', url),
    settings: {
      ...DEFAULT_SETTINGS,
      threads:
        threads === undefined ? Math.min(MAX_THREADS, Math.max(1, cores - 1)) : parseNumberFlag('threads', threads, 1, MAX_THREADS, true),
      share: share === undefined ? 1 : parseNumberFlag('share', share, MIN_SHARE, 1, false),
    },
    keyFile: key ?? keyFile,
    dataFolder: data ?? (key === undefined ? join(dirname(keyFile), 'results') : `${key}.results`),
    name: name ?? hostname(),
  };
}
