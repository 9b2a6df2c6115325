// `watch JOB --url …`: a job's progress, until it ends; exits 0 when it is done.
import { createClient } from '../requester/create-client.ts';
import { exitCodeOf, followJob } from './follow-job.ts';
import { CLIENT_FLAGS } from './open-client.ts';
import { makeHelp, parseJobArgument, parseOptions, parseUrlFlag } from './parse-options.ts';
import { isStarted, runCommand } from './run-command.ts';

const FLAGS = { url: CLIENT_FLAGS.url } as const;

export async function watch(argv: readonly string[]): Promise<number> {
  const { flags, rest, isHelp } = parseOptions(argv, 'watch', FLAGS, ['JOB']);
  if (isHelp) {
    console.log(makeHelp('watch', 'Shows a job’s progress until it ends.', FLAGS, ['JOB']));
    return 0;
  }
  return exitCodeOf(await followJob(createClient({ baseUrl: parseUrlFlag('url', flags.url) }), parseJobArgument(rest[0])));
}

if (isStarted(import.meta.filename)) await runCommand(() => watch(process.argv.slice(2)));
