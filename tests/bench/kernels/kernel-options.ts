// The flags of `npm run bench:kernels`, or one sentence about what is wrong with them.
import { CONTENDERS, type ContenderName } from './contender.ts';
import { KERNELS, type KernelName } from './kernel.ts';

export interface KernelOptions {
  readonly only: readonly KernelName[];
  readonly against: readonly ContenderName[];
  readonly rounds: number;
  /** Kernels alone: no fresh processes, no figures of the compiler. */
  readonly isQuick: boolean;
}

const DEFAULT_CONTENDERS: readonly ContenderName[] = ['ours', 'scalar', 'gcc', 'javascript', 'swiftshader'];

export const USAGE = `npm run bench:kernels -- [--only ${KERNELS.join(',')}] [--against ${CONTENDERS.join(',')}] [--rounds 7] [--quick]`;

export function parseKernelOptions(argv: readonly string[]): KernelOptions {
  const values = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const flag = argv[i] as string;
    if (!['--only', '--against', '--rounds', '--quick'].includes(flag)) throw new Error(`There is no flag ${flag}. ${USAGE}`);
    const value = flag === '--quick' ? '' : argv[++i];
    if (value === undefined) throw new Error(`${flag} wants a value. ${USAGE}`);
    values.set(flag, value);
  }
  const against = parseNames(values.get('--against'), CONTENDERS, DEFAULT_CONTENDERS, 'contender');
  return {
    only: parseNames(values.get('--only'), KERNELS, KERNELS, 'kernel'),
    // whatever it is that one asks about, it is compared with ours
    against: ['ours', ...against.filter((name) => name !== 'ours')],
    rounds: parseRounds(values.get('--rounds')),
    isQuick: values.has('--quick'),
  };
}

function parseNames<Name extends string>(
  text: string | undefined,
  known: readonly Name[],
  fallback: readonly Name[],
  what: string,
): readonly Name[] {
  if (text === undefined) return fallback;
  return text.split(',').map((asked) => {
    const name = known.find((each) => each === asked);
    if (name === undefined) throw new Error(`There is no ${what} ${asked}; there are ${known.join(', ')}.`);
    return name;
  });
}

function parseRounds(text: string | undefined): number {
  if (text === undefined) return 7;
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 50) throw new Error(`--rounds must be a whole number from 1 to 50, but is "${text}".`);
  return value;
}
