// `download JOB --url … --out FILE`: a job's result as a picture, a table or bytes, and its receipt when asked for.
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Fault } from '../protocol/fault.ts';
import { collectResults } from '../requester/collect-results.ts';
import { createClient } from '../requester/create-client.ts';
import { readJob } from '../requester/read-job.ts';
import { readReceipt } from '../requester/read-receipt.ts';
import { encodeOutput, type Format, pickFormat } from './encode-output.ts';
import { CLIENT_FLAGS } from './open-client.ts';
import { type FlagTable, makeHelp, parseJobArgument, parseOptions, parseUrlFlag } from './parse-options.ts';
import { isStarted, runCommand } from './run-command.ts';

const FLAGS = {
  url: CLIENT_FLAGS.url,
  out: { describe: 'where to write it: .png, .csv, or anything else for the bytes', value: 'FILE', isRequired: true },
  output: { describe: 'which output (the one the job shows)', value: 'NAME' },
  receipt: { describe: 'also write the signed receipt', value: 'FILE' },
} as const satisfies FlagTable;

const FORMAT_OF: Readonly<Record<string, Format>> = { '.png': 'png', '.csv': 'csv' };

export async function download(argv: readonly string[]): Promise<number> {
  const { flags, rest, isHelp } = parseOptions(argv, 'download', FLAGS, ['JOB']);
  if (isHelp) {
    console.log(makeHelp('download', 'Writes a job’s result to a file.', FLAGS, ['JOB']));
    return 0;
  }
  const client = createClient({ baseUrl: parseUrlFlag('url', flags.url) });
  const job = await readJob(client, parseJobArgument(rest[0]));
  const { name, bytes, finalShards } = await collectResults(client, job, flags.output === undefined ? {} : { output: flags.output });
  const extension = extname(flags.out).toLowerCase();
  const format = FORMAT_OF[extension] ?? 'bytes';
  if (format !== 'bytes' && format !== pickFormat(job, name)) {
    throw new Fault('config', `--out ${flags.out}: output ${name} of job ${job.id} is no ${format}; write it as ${pickFormat(job, name)}.`);
  }
  await write(flags.out, encodeOutput(job, bytes, format));
  const missing = job.shards - finalShards;
  console.log(`${flags.out} holds ${finalShards} of ${job.shards} shards${missing > 0 ? '; the others are zeros' : ''}.`);
  if (flags.receipt !== undefined) {
    await write(flags.receipt, new TextEncoder().encode(`${JSON.stringify(await readReceipt(client, job.id), null, 2)}\n`));
    console.log(`${flags.receipt} holds the receipt.`);
  }
  return 0;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new Fault('config', `${path} cannot be written: ${(cause as Error).message}.`, { cause });
  }
}

if (isStarted(import.meta.filename)) await runCommand(() => download(process.argv.slice(2)));
