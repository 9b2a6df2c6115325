// The gate of `npm run simulate`: its flags, or one sentence about what is wrong with them.
import { parseArgs } from 'node:util';

export interface SimulateOptions {
  readonly seeds: number;
  readonly from: number;
  /** Only this one. */
  readonly seed: number | null;
  readonly isTraced: boolean;
  /** Virtual minutes in which things go wrong; null leaves it to the seed. */
  readonly minutes: number | null;
  readonly processes: number;
}

/** Throws an Error in one sentence. */
export function parseSimulateOptions(args: readonly string[], cores: number): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      processes: { type: 'string' },
      trace: { type: 'boolean' },
    },
  });
  const read = (name: 'seeds' | 'from' | 'seed' | 'minutes' | 'processes', least: number): number | null => {
    const text = values[name];
    if (text === undefined) return null;
    const value = Number(text);
    if (!Number.isFinite(value) || value < least) throw new Error(`--${name} wants a number of at least ${least}, not "${text}".`);
    return value;
  };
  const seed = read('seed', 0);
  if (values.trace === true && seed === null) throw new Error('--trace goes with --seed: a trace is of one world.');
  return {
    seeds: read('seeds', 1) ?? 200,
    from: read('from', 0) ?? 0,
    seed,
    isTraced: values.trace ?? false,
    minutes: read('minutes', 0.01),
    processes: read('processes', 1) ?? Math.max(1, cores),
  };
}
