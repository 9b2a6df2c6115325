// Flags of the command line: each described once, each fault one clear sentence.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Fault } from '../protocol/fault.ts';
import type { JobId } from '../protocol/ids.ts';

export interface Flag {
  readonly describe: string;
  /** What stands for the value in the help; null for a switch. */
  readonly value: string | null;
  readonly isRequired?: boolean;
  /** May be given many times. */
  readonly isRepeated?: boolean;
}

export type FlagTable = Readonly<Record<string, Flag>>;
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { readonly value: null }
    ? boolean
    : Table[Name] extends { readonly isRepeated: true }
      ? readonly string[]
      : Table[Name] extends { readonly isRequired: true }
        ? string
        : string | undefined;
};

/** Throws `config` naming the flag and the remedy; with `isHelp` nothing was checked. */
export function parseOptions<Table extends FlagTable>(
  argv: readonly string[],
  command: string,
  table: Table,
  positional: readonly string[] = [],
): { readonly flags: FlagValues<Table>; readonly rest: readonly string[]; readonly isHelp: boolean } {
  const options: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { value, isRepeated = false }] of Object.entries(table)) {
    options[name] = { type: value === null ? 'boolean' : 'string', multiple: isRepeated };
  }
  const {
    values: given,
    positionals,
    tokens,
  } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
  const values: Record<string, unknown> = given;
  if (values.help === true) return { flags: values as FlagValues<Table>, rest: positionals, isHelp: true };
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name === 'help' || token.name === 'h') continue;
    const flag = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (!flag) throw refuse(`${token.rawName} is no option of ${command}; it knows ${listFlags(table)}.`);
    if (flag.value === null && token.value !== undefined) throw refuse(`${token.rawName} is a switch and takes no value.`);
    if (flag.value !== null && token.value === undefined) throw refuse(`${token.rawName} needs a value: ${token.rawName} ${flag.value}.`);
  }
  for (const [name, flag] of Object.entries(table)) {
    if (flag.isRequired && values[name] === undefined) throw refuse(`${command} needs --${name} ${flag.value}: ${flag.describe}.`);
    if (flag.value === null) values[name] = values[name] === true;
    if (flag.isRepeated) values[name] ??= [];
  }
  const expected = positional.length;
  if (positionals.length < expected) throw refuse(`${command} needs ${positional[positionals.length]}.`);
  if (positionals.length > expected) throw refuse(`${command} does not know what to do with "${positionals[expected]}".`);
  return { flags: values as FlagValues<Table>, rest: positionals, isHelp: false };
}

export function makeHelp(command: string, summary: string, table: FlagTable, positional: readonly string[] = []): string {
  const rows = Object.entries({ ...table, help: { describe: 'this text', value: null } }).map(
    ([name, { value, describe }]) => [`  --${name}${value === null ? '' : ` ${value}`}`, describe] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `${command} ${[...positional, '[options]'].join(' ')}`,
    summary,
    '',
    ...rows.map(([left, right]) => `${left.padEnd(width)}${right}`),
  ].join('\n');
}

export function parseNumberFlag(name: string, text: string, min: number, max: number, isWhole: boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < min || value > max || (isWhole && !Number.isInteger(value))) {
    throw refuse(`--${name} ${text} is not ${isWhole ? 'a whole number' : 'a number'} from ${min} to ${max}.`);
  }
  return value;
}

/** "name=value" → both; `name` is not empty. */
export function parsePairFlag(flag: string, text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw refuse(`--${flag} ${text} is no pair; write it like --${flag} name=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Without a trailing slash. */
export function parseUrlFlag(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw refuse(`--${name} ${text} is no address; write it like http://127.0.0.1:8787.`);
  }
  return url.href.replace(/\/+$/, '');
}

function listFlags(table: FlagTable): string {
  return [...Object.keys(table), 'help'].map((name) => `--${name}`).join(', ');
}

/** A flag that is wrong. */
export function refuse(sentence: string): Fault {
  return new Fault('config', sentence);
}

export function parseJobArgument(text: string | undefined): JobId {
  if (!/^\d{1,15}$/.test(text ?? '')) throw refuse(`${text} is no job; give its number.`);
  return Number(text) as JobId;
}
