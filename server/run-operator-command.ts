// What the operator's commands share: their own flags are taken out, the rest are settings; a refusal is one sentence and exit code 1.
import { Fault } from '../src/protocol/fault.ts';

export interface CommandShape {
  readonly help: string;
  /** Each wants a value and must be given. */
  readonly flags: readonly string[];
  readonly switches: readonly string[];
}

export interface CommandLine {
  readonly values: ReadonlyMap<string, string>;
  isOn(name: string): boolean;
  /** Settings of the coordinator. */
  readonly rest: readonly string[];
}

/** `--to DIR` and `--to=DIR`. Null when help is asked for. Throws `config` where a flag or its value is missing. */
export function parseCommandLine({ flags, switches }: CommandShape, argv: readonly string[]): CommandLine | null {
  if (argv.includes('--help') || argv.includes('-h')) return null;
  const values = new Map<string, string>();
  const on = new Set<string>();
  const rest: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const [flag = '', inline] = argv[at]!.split(/=(.*)/s);
    if (switches.includes(flag)) on.add(flag);
    else if (!flags.includes(flag)) rest.push(argv[at]!);
    else {
      const value = inline ?? argv[++at];
      if (!value || value.startsWith('--')) throw new Fault('config', `${flag} wants a value; --help says more.`);
      values.set(flag, value);
    }
  }
  for (const flag of flags) if (!values.has(flag)) throw new Fault('config', `${flag} must be given; --help says more.`);
  return { values, isOn: (name) => on.has(name), rest };
}

export async function runOperatorCommand(
  shape: CommandShape,
  run: (line: CommandLine, say: (sentence: string) => void) => Promise<void>,
): Promise<void> {
  const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
  try {
    const line = parseCommandLine(shape, process.argv.slice(2));
    if (line) await run(line, say);
    else say(shape.help);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    process.exitCode = 1;
  }
}
