// The log: one JSON line an event, with what must not be written left out.
import pino, { type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Facts under these names never reach the log, however they got there. */
const SECRETS = ['token', 'ticket', 'signature', 'cookie', 'authorization', 'password', 'secret', 'sessionSecret', 'databaseUrl'];

export function createLog(options: { readonly level: string; readonly name: string; readonly destination?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: { name: options.name },
    redact: { paths: [...SECRETS, ...SECRETS.map((name) => `*.${name}`)], censor: '[left out]' },
    serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
