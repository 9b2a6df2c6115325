// What `submit` was asked for: a template with some parameters, or a spec of one's own.
import { Fault } from '../protocol/fault.ts';
import type { Size3 } from '../protocol/job.ts';
import { listTemplates, type ParameterValue, type Template } from '../requester/list-templates.ts';
import { CLIENT_FLAGS } from './open-client.ts';
import { type FlagTable, parseOptions, parsePairFlag, parseUrlFlag } from './parse-options.ts';

export const SUBMIT_FLAGS = {
  ...CLIENT_FLAGS,
  template: { describe: 'one of the templates that ship: bunny, fractal, collatz', value: 'NAME' },
  set: { describe: 'a parameter of the template; numbers of a vector are separated by colons', value: 'name=1:2', isRepeated: true },
  grid: { describe: 'workgroups of the job', value: '48x48x1' },
  title: { describe: 'how the job is called', value: 'TEXT' },
  spec: { describe: 'a job spec of your own as JSON (see shaders/README.md)', value: 'FILE' },
  wgsl: { describe: 'the program of that spec', value: 'FILE' },
  input: { describe: 'a file that is uploaded as an input of that spec', value: 'name=FILE', isRepeated: true },
  'max-price': { describe: 'credits above which nothing is submitted', value: 'N' },
  quote: { describe: 'say the price and submit nothing', value: null },
  watch: { describe: 'stay until the job ends', value: null },
} as const satisfies FlagTable;

export interface SubmitOptions {
  readonly url: string;
  readonly keyFile: string | undefined;
  readonly source:
    | {
        readonly kind: 'template';
        readonly template: Template;
        readonly parameters: Readonly<Record<string, ParameterValue>>;
        readonly grid: Size3 | null;
      }
    | {
        readonly kind: 'spec';
        readonly file: string;
        readonly wgsl: string | null;
        readonly inputs: readonly (readonly [string, string])[];
      };
  readonly title: string | null;
  /** Micro-credits. */
  readonly maxPrice: bigint | null;
  readonly isQuoteOnly: boolean;
  readonly isWatched: boolean;
}

/** Throws `config`; null: help was asked for. */
export function parseSubmitOptions(argv: readonly string[]): SubmitOptions | null {
  const { flags, isHelp } = parseOptions(argv, 'submit', SUBMIT_FLAGS);
  if (isHelp) return null;
  return {
    url: parseUrlFlag('url', flags.url),
    keyFile: flags.key,
    source: flags.spec === undefined ? parseTemplate(flags) : parseSpec(flags, flags.spec),
    title: flags.title ?? null,
    maxPrice: flags['max-price'] === undefined ? null : parseCredits(flags['max-price']),
    isQuoteOnly: flags.quote,
    isWatched: flags.watch,
  };
}

type Flags = ReturnType<typeof parseOptions<typeof SUBMIT_FLAGS>>['flags'];

function parseTemplate(flags: Flags): SubmitOptions['source'] {
  const names = listTemplates().map(({ id }) => id);
  const template = listTemplates().find(({ id }) => id === flags.template);
  if (!template)
    throw refuse(`submit needs --template ${names.join(', ')}, or --spec FILE${flags.template ? `; there is no ${flags.template}` : ''}.`);
  if (flags.wgsl !== undefined || flags.input.length > 0) throw refuse('--wgsl and --input belong to --spec; a template has its own.');
  return {
    kind: 'template',
    template,
    parameters: Object.fromEntries(
      flags.set.map((text) => parsePairFlag('set', text)).map(([name, value]) => [name, parseParameter(name, value)]),
    ),
    grid: flags.grid === undefined ? null : parseGrid(flags.grid),
  };
}

function parseSpec(flags: Flags, file: string): SubmitOptions['source'] {
  if (flags.template !== undefined) throw refuse('--template and --spec exclude each other; give one of them.');
  if (flags.set.length > 0 || flags.grid !== undefined) throw refuse('--set and --grid belong to --template; write them into the spec.');
  return { kind: 'spec', file, wgsl: flags.wgsl ?? null, inputs: flags.input.map((text) => parsePairFlag('input', text)) };
}

function parseParameter(name: string, text: string): ParameterValue {
  const parts = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (parts.some((part) => !Number.isFinite(part))) throw refuse(`--set ${name}=${text} holds something that is no number.`);
  return parts.length === 1 ? (parts[0] as number) : parts;
}

function parseGrid(text: string): Size3 {
  const sides = /^(\d+)x(\d+)(?:x(\d+))?$/.exec(text);
  if (!sides) throw refuse(`--grid ${text} is no size; write it like 48x48 or 48x48x1.`);
  return [Number(sides[1]), Number(sides[2]), Number(sides[3] ?? 1)];
}

/** "12.5" → 12_500_000n. */
export function parseCredits(text: string): bigint {
  const parts = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text);
  if (!parts) throw refuse(`--max-price ${text} is no amount of credits; write it like 12.5, with at most six decimals.`);
  return BigInt(parts[1] as string) * 1_000_000n + BigInt((parts[2] ?? '').padEnd(6, '0'));
}

function refuse(sentence: string): Fault {
  return new Fault('config', sentence);
}
