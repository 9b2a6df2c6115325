// Runs a command of the command line: faults become one sentence and an exit code, never a stack.
import { Fault } from '../protocol/fault.ts';

/** 0 done; 1 the coordinator or the job said no; 2 the command was written wrong. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(error.message);
    process.exitCode = error.code === 'config' ? 2 : 1;
  }
}

/** True when the file itself was started, false when a test imports it. */
export function isStarted(filename: string): boolean {
  return filename === process.argv[1];
}
