// The gate of the environment: variables and flags become one Config, once, with everything that is wrong told together.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { OPERATOR_LIMITS } from '../src/protocol/api-operator.ts';
import { Fault } from '../src/protocol/fault.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export interface Config {
  readonly name: string;
  readonly port: number;
  readonly host: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly trustProxy: boolean;
  /** Nobody but this machine can come in. */
  readonly isLoopbackOnly: boolean;
  readonly allowedOrigins: readonly string[];
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly blobsDir: string;
  readonly publicAddress: string | null;
  readonly udpPort: number | null;
  readonly hasHouseContributor: boolean;
  readonly hasHouseJobs: boolean;
  readonly startGrantMicroCredits: bigint;
  readonly dailyGrantCapMicroCredits: bigint;
  readonly guestCapMicroCredits: bigint;
  /** Where security people write to, as an address that begins with mailto: or https:. */
  readonly contact: string | null;
  /** Of what a site's visitors earn, the site's. */
  readonly widgetSitePercent: number;
  readonly diskFloorBytes: number;
  readonly blobQuotaBytes: number;
  readonly sessionSecret: string | null;
  readonly chainId: number;
  /** Wallets that may act as operators, in lower case. */
  readonly operators: readonly string[];
  /** Contributors that lie on purpose may be started. */
  readonly isDemo: boolean;
  readonly drainMs: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export interface Setting {
  /** The environment variable; its flag is the same in kebab-case. */
  readonly name: string;
  /** As text, or what happens when it is not given. */
  readonly fallback: string;
  readonly description: string;
}

/** Every setting there is; the README's table is checked against this one. */
export const SETTINGS = [
  { name: 'PORT', fallback: '8787', description: 'TCP port of pages, resources and sockets; 0 takes any free one.' },
  {
    name: 'HOST',
    fallback: '127.0.0.1',
    description: 'Address to listen on. Any but loopback wants TLS_CERT and TLS_KEY, or TRUST_PROXY=1, and ALLOWED_ORIGINS.',
  },
  { name: 'TLS_CERT', fallback: 'none', description: 'PEM file of the certificate chain.' },
  { name: 'TLS_KEY', fallback: 'none', description: 'PEM file of its private key.' },
  {
    name: 'TRUST_PROXY',
    fallback: '0',
    description: '1: exactly one proxy stands in front; it ends TLS and sets X-Forwarded-For, -Proto and -Host.',
  },
  {
    name: 'ALLOWED_ORIGINS',
    fallback: 'none',
    description:
      'Origins the app is opened under, separated by commas, e.g. https://ostraka.example. This machine’s own names are always allowed.',
  },
  { name: 'DATABASE_URL', fallback: 'embedded', description: 'Any PostgreSQL 15 or later instead of the embedded one.' },
  { name: 'DATA_DIR', fallback: '~/.local/share/ostraka', description: 'Folder of the database, the blobs and the coordinator’s keys.' },
  {
    name: 'BLOBS_DIR',
    fallback: 'blobs in DATA_DIR',
    description: 'Folder of programs, inputs and large outputs; several coordinators on one DATABASE_URL must share it.',
  },
  {
    name: 'PUBLIC_ADDRESS',
    fallback: 'none',
    description: 'IP address that browsers reach WebRTC under, where it is not the one listened on.',
  },
  { name: 'UDP_PORT', fallback: 'any free', description: 'The one UDP port of all WebRTC connections.' },
  { name: 'HOUSE_CONTRIBUTOR', fallback: 'on', description: 'off: do not lend this machine to the network.' },
  { name: 'HOUSE_JOBS', fallback: 'on', description: 'off: no jobs by the house when nobody else has any.' },
  { name: 'START_GRANT', fallback: '100', description: 'Credits a new account is given once.' },
  {
    name: 'DAILY_GRANT_CAP',
    fallback: '10000',
    description: 'Credits given as start grants in a day, in all; as much again may go into house jobs.',
  },
  { name: 'GUEST_CAP', fallback: '1000', description: 'Credits a guest may hold before attaching a wallet.' },
  {
    name: 'CONTACT',
    fallback: 'none',
    description: 'Where security people write to, and banned people appeal to: begins with mailto: or https://.',
  },
  {
    name: 'WIDGET_SITE_SHARE',
    fallback: '70',
    description: 'Percent of what visitors earn through a site’s widget that goes to the site; the rest is the visitor’s.',
  },
  { name: 'DISK_FLOOR_BYTES', fallback: '536870912', description: 'Free disk below which nothing is handed out or uploaded.' },
  { name: 'BLOB_QUOTA_BYTES', fallback: '1073741824', description: 'Bytes an account may upload in a day.' },
  {
    name: 'SESSION_SECRET',
    fallback: 'made once in DATA_DIR',
    description: 'At least 32 characters; assignments are signed with keys derived from it.',
  },
  { name: 'CHAIN_ID', fallback: '1', description: 'EIP-155 chain that wallets sign in for.' },
  {
    name: 'OPERATORS',
    fallback: 'none',
    description: 'Wallet addresses that may act at /operator (ban, drain, cancel), separated by commas.',
  },
  {
    name: 'DEMO',
    fallback: 'off',
    description: 'on: operators may start a contributor that lies, to see it outvoted; only where nobody else can come in.',
  },
  { name: 'DRAIN_SECONDS', fallback: '10', description: 'After SIGTERM, how long results are still taken and committed before it stops.' },
  { name: 'NAME', fallback: 'Ostraka', description: 'What the coordinator calls itself.' },
  { name: 'LOG_LEVEL', fallback: 'info', description: `One of ${LOG_LEVELS.join(', ')}.` },
] as const satisfies readonly Setting[];

type SettingName = (typeof SETTINGS)[number]['name'];

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** After the script's name. */
  readonly argv: readonly string[];
  readonly homeDir: string;
}

/** The one place that reads the process. Throws Fault `config` with one sentence a line. */
export function readConfig(argv: readonly string[] = process.argv.slice(2)): Config {
  return parseConfig({ env: process.env, argv, homeDir: homedir() });
}

/** A flag wins over its variable. */
export function parseConfig({ env, argv, homeDir }: ConfigSources): Config {
  const faults: string[] = [];
  const flags = parseFlags(argv, faults);
  const read: Reader = (name) => flags.get(name) ?? (env[name]?.trim() || null);
  const reader = { read, faults };
  const host = read('HOST') ?? '127.0.0.1';
  const trustProxy = readSwitch(reader, 'TRUST_PROXY', false);
  const tls = readTls(reader);
  const isLoopbackHost = /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host);
  const allowedOrigins = readOrigins(reader);
  const dataDir = resolve(read('DATA_DIR') ?? join(env.XDG_DATA_HOME || join(homeDir, '.local', 'share'), 'ostraka'));
  if (!isLoopbackHost && tls === null && !trustProxy) {
    faults.push(
      `HOST ${host} can be reached from other machines: give TLS_CERT and TLS_KEY, or put a proxy in front and set TRUST_PROXY=1.`,
    );
  }
  if ((!isLoopbackHost || trustProxy) && allowedOrigins.length === 0) {
    faults.push('ALLOWED_ORIGINS must name the origin the app is opened under, such as https://ostraka.example.');
  }
  const config: Config = {
    name: read('NAME') ?? 'Ostraka',
    port: readWhole(reader, 'PORT', 8787, 65_535),
    host,
    tls,
    trustProxy,
    isLoopbackOnly: isLoopbackHost && !trustProxy,
    allowedOrigins,
    databaseUrl: readDatabaseUrl(reader),
    dataDir,
    blobsDir: resolve(read('BLOBS_DIR') ?? join(dataDir, 'blobs')),
    publicAddress: read('PUBLIC_ADDRESS'),
    udpPort: read('UDP_PORT') === null ? null : readWhole(reader, 'UDP_PORT', 0, 65_535, 1),
    hasHouseContributor: readSwitch(reader, 'HOUSE_CONTRIBUTOR', true),
    hasHouseJobs: readSwitch(reader, 'HOUSE_JOBS', true),
    startGrantMicroCredits: readCredits(reader, 'START_GRANT', 100n),
    dailyGrantCapMicroCredits: readCredits(reader, 'DAILY_GRANT_CAP', 10_000n),
    guestCapMicroCredits: readCredits(reader, 'GUEST_CAP', 1_000n),
    contact: readContact(reader),
    widgetSitePercent: readWhole(reader, 'WIDGET_SITE_SHARE', 70, 100),
    diskFloorBytes: readWhole(reader, 'DISK_FLOOR_BYTES', 512 * 1024 * 1024, Number.MAX_SAFE_INTEGER),
    blobQuotaBytes: readWhole(reader, 'BLOB_QUOTA_BYTES', 1024 * 1024 * 1024, Number.MAX_SAFE_INTEGER),
    sessionSecret: readSecret(reader),
    chainId: readWhole(reader, 'CHAIN_ID', 1, Number.MAX_SAFE_INTEGER, 1),
    operators: readOperators(reader),
    isDemo: readDemo(reader, isLoopbackHost && !trustProxy),
    drainMs: readWhole(reader, 'DRAIN_SECONDS', 10, 3_600) * 1_000,
    logLevel: readLevel(reader),
  };
  if (faults.length > 0) throw new Fault('config', faults.join('\n'), { facts: { faults: faults.length } });
  return config;
}

type Reader = (name: SettingName) => string | null;
interface Reading {
  readonly read: Reader;
  readonly faults: string[];
}

function flagOf(name: string): string {
  return `--${name.toLowerCase().replaceAll('_', '-')}`;
}

/** `--port 80` and `--port=80`. */
function parseFlags(argv: readonly string[], faults: string[]): ReadonlyMap<SettingName, string> {
  const flags = new Map<SettingName, string>();
  const names = new Map(SETTINGS.map(({ name }) => [flagOf(name), name]));
  for (let i = 0; i < argv.length; i++) {
    const [flag = '', inline] = (argv[i] as string).split(/=(.*)/s);
    const name = names.get(flag);
    if (name === undefined) {
      faults.push(`There is no flag ${flag}; there are ${[...names.keys()].join(', ')}.`);
      continue;
    }
    const value = inline ?? argv[++i];
    if (value === undefined || value.startsWith('--')) faults.push(`${flag} wants a value.`);
    else flags.set(name, value);
  }
  return flags;
}

function readWhole({ read, faults }: Reading, name: SettingName, fallback: number, max: number, min = 0): number {
  const text = read(name);
  if (text === null) return fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  faults.push(`${name} must be a whole number from ${min} to ${max}, but is "${text}".`);
  return fallback;
}

function readSwitch({ read, faults }: Reading, name: SettingName, fallback: boolean): boolean {
  const text = read(name)?.toLowerCase() ?? null;
  if (text === null) return fallback;
  if (['1', 'on', 'true', 'yes'].includes(text)) return true;
  if (['0', 'off', 'false', 'no'].includes(text)) return false;
  faults.push(`${name} must be on or off, but is "${text}".`);
  return fallback;
}

function readCredits({ read, faults }: Reading, name: SettingName, fallback: bigint): bigint {
  const text = read(name);
  if (text === null) return fallback * 1_000_000n;
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole !== undefined) return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  faults.push(`${name} must be credits with at most six decimals, such as 12.5, but is "${text}".`);
  return 0n;
}

function readTls({ read, faults }: Reading): Config['tls'] {
  const [certFile, keyFile] = [read('TLS_CERT'), read('TLS_KEY')];
  if (certFile !== null && keyFile !== null) return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
  if (certFile !== null || keyFile !== null) faults.push('TLS_CERT and TLS_KEY belong together: give both or neither.');
  return null;
}

function readOrigins({ read, faults }: Reading): readonly string[] {
  const texts = (read('ALLOWED_ORIGINS') ?? '').split(',').map((text) => text.trim().replace(/\/$/, ''));
  return texts.filter((text) => {
    if (text === '') return false;
    const isOrigin = URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
    if (!isOrigin) faults.push(`ALLOWED_ORIGINS holds "${text}", which is no origin such as https://ostraka.example.`);
    return isOrigin;
  });
}

const { operators: MAX_OPERATORS } = OPERATOR_LIMITS;

function readOperators({ read, faults }: Reading): readonly string[] {
  const texts = (read('OPERATORS') ?? '').split(',').map((text) => text.trim());
  const named = [...new Set(texts.filter((text) => text !== '').map((text) => text.toLowerCase()))];
  for (const text of named) {
    if (!/^0x[0-9a-f]{40}$/.test(text)) faults.push(`OPERATORS holds "${text}", which is no wallet address: 0x and 40 hexadecimal digits.`);
  }
  if (named.length > MAX_OPERATORS) faults.push(`OPERATORS names ${named.length} wallets; the limit is ${MAX_OPERATORS}.`);
  return named;
}

/** Somebody else's work must never meet a contributor that lies by our own hand. */
function readDemo(reader: Reading, isLoopbackOnly: boolean): boolean {
  const isDemo = readSwitch(reader, 'DEMO', false);
  if (isDemo && !isLoopbackOnly)
    reader.faults.push('DEMO starts contributors that lie: it may be on only where HOST is this machine alone and no proxy is in front.');
  return isDemo;
}

function readDatabaseUrl({ read, faults }: Reading): string | null {
  const text = read('DATABASE_URL');
  if (text === null || /^postgres(ql)?:\/\//.test(text)) return text;
  // Not shown back: it may hold a password.
  faults.push('DATABASE_URL must begin with postgres:// or postgresql://.');
  return null;
}

function readContact({ read, faults }: Reading): string | null {
  const text = read('CONTACT');
  if (text === null || /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(text)) return text;
  faults.push(`CONTACT must begin with mailto: or https://, but is "${text}".`);
  return null;
}

function readSecret({ read, faults }: Reading): string | null {
  const text = read('SESSION_SECRET');
  if (text !== null && text.length < 32) faults.push('SESSION_SECRET must have at least 32 characters; leave it out to have one made.');
  return text;
}

function readLevel({ read, faults }: Reading): Config['logLevel'] {
  const text = read('LOG_LEVEL') ?? 'info';
  const level = LOG_LEVELS.find((each) => each === text);
  if (level === undefined) faults.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, but is "${text}".`);
  return level ?? 'info';
}
