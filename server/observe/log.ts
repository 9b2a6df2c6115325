// The log: one JSON line an event, with what must not be written left out; short lines for people where a terminal reads.
import pino, { type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Facts under these names never reach the log, however deep they lie. */
const SECRETS = new Set(
  ['token', 'tokenHash', 'ticket', 'signature', 'mac', 'nonce', 'cookie', 'set-cookie', 'authorization', 'password', 'secret'].concat([
    'sessionSecret',
    'macSecret',
    'privateKey',
    'databaseUrl',
    'connectionString',
  ]),
);
const LEFT_OUT = '[left out]';
const MAX_DEPTH = 6;

/** In sentences and stacks, where no name gives a secret away. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // postgres://user:password@host
  [/(\w+:\/\/)[^\s/@"\\]+@/g, `$1${LEFT_OUT}@`],
  [/\b(ticket|token|signature|secret|password)=[^\s&"\\]+/gi, `$1=${LEFT_OUT}`],
  [/\bBearer [\w.~+/=-]+/g, `Bearer ${LEFT_OUT}`],
  // a network is enough to see who it was: the last part of IPv4, what follows the third of IPv6
  [/\b(?!127\.)(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b(?!\/)/g, '$1.x'],
  [/\b([0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}):(?!:?\/)[0-9a-f:]*:[0-9a-f]{0,4}\b(?!\/)/gi, '$1::x'],
];

export interface LogOptions {
  readonly level: string;
  readonly name: string;
  readonly destination?: DestinationStream;
  /** Lines for people; where it is not said, when the output is a terminal. */
  readonly isPretty?: boolean;
  /** Told each line as JSON, with what must not be written left out already. */
  readonly onLine?: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const { destination = process.stdout, isPretty = options.destination === undefined && process.stdout.isTTY === true } = options;
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: { name: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: (facts) => leaveOut(facts, 0) as Record<string, unknown>,
    },
    hooks: {
      streamWrite(text) {
        const line = scrub(text);
        options.onLine?.(line);
        return line;
      },
    },
  };
  if (isPretty) return pino(settings, { write: (line: string) => void destination.write(makePretty(line)) });
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

function leaveOut(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => leaveOut(item, depth + 1));
  const plain = value instanceof Error ? pino.stdSerializers.err(value) : value;
  const entries = Object.entries(plain).map(([name, fact]) => [name, SECRETS.has(name) ? LEFT_OUT : leaveOut(fact, depth + 1)]);
  // what a serialized error carries besides its facts is the error itself
  return Object.fromEntries(entries);
}

function scrub(line: string): string {
  return PATTERNS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);
}

/** `14:05:09 warn  Sentence. key=value` and the stack of an error below it. */
function makePretty(line: string): string {
  const { level, time, name: _name, msg, err, error, cause, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const told = Object.entries(facts).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const stacks = [err, error, cause].map((fault) => (fault as { readonly stack?: string } | undefined)?.stack).filter(Boolean);
  const clock = String(time).slice(11, 19);
  return `${[`${clock} ${String(level).padEnd(5)} ${String(msg ?? '')}`, ...told].join(' ')}\n${stacks.map((stack) => `${stack}\n`).join('')}`;
}
