// The frame of a bench's command: flags, a scratch folder, what was started ended after success, failure and Ctrl-C, and the exit code.
import { rmSync } from 'node:fs';
import { makeScratchDir } from './describe-machine.ts';
import { createTeardown, type Teardown } from './teardown.ts';

interface BenchPlace {
  readonly scratchDir: string;
  readonly teardown: Teardown;
}

/** `run` says whether all went well; `scratchIn` names the folder to put the scratch folder in, null for the usual one. */
export async function runBench<Options>(
  parse: (argv: readonly string[]) => Options,
  scratchIn: (options: Options) => string | null,
  run: (options: Options, place: BenchPlace) => Promise<boolean>,
): Promise<void> {
  const teardown = createTeardown();
  let scratchDir: string | null = null;
  const stop = async (code: number): Promise<never> => {
    await teardown.all();
    if (scratchDir !== null) rmSync(scratchDir, { recursive: true, force: true });
    process.exit(code);
  };
  // Not once: a terminal's Ctrl-C comes twice, from the terminal and from what started us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(130));
  try {
    const options = parse(process.argv.slice(2));
    scratchDir = makeScratchDir(scratchIn(options));
    await stop((await run(options, { scratchDir, teardown })) ? 0 : 1);
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
    await stop(1);
  }
}
