// The flags of `npm run kill`.

import { type FlagTable, parseNumberFlag, parseOptions } from '../../src/cli/parse-options.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { KILL_KINDS, type KillKind } from './make-plan.ts';

export const KILL_FLAGS = {
  rounds: { describe: 'kills, of every kind equally many (100)', value: 'N' },
  seed: { describe: 'what is killed when, and which jobs are cancelled (1)', value: 'S' },
  minutes: { describe: 'no round begins after this long (120)', value: 'M' },
  only: { describe: `one kind of kill: ${KILL_KINDS.join(', ')}`, value: 'KIND' },
  keep: { describe: 'keep the data folder also when all is well', value: null },
} as const satisfies FlagTable;

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly minutes: number;
  readonly only: KillKind | null;
  readonly isKept: boolean;
}

/** Throws `config`; null: help was asked for. */
export function parseKillOptions(argv: readonly string[]): KillOptions | null {
  const { flags, isHelp } = parseOptions(argv, 'kill', KILL_FLAGS);
  if (isHelp) return null;
  const { rounds = '100', seed = '1', minutes = '120', only, keep } = flags;
  return {
    rounds: parseNumberFlag('rounds', rounds, 1, 10_000, true),
    seed: parseNumberFlag('seed', seed, 0, 2 ** 31, true),
    minutes: parseNumberFlag('minutes', minutes, 0.1, 1_440, false),
    only: only === undefined ? null : parseKind(only),
    isKept: keep,
  };
}

function parseKind(text: string): KillKind {
  const kind = KILL_KINDS.find((candidate) => candidate === text);
  if (!kind) throw new Fault('config', `--only ${text} is no kind of kill; it may be ${KILL_KINDS.join(', ')}.`);
  return kind;
}
