// `verify JOB --url …` or `verify receipt.json`: is the receipt signed, and are the stored bytes what was voted for?
import { readFile } from 'node:fs/promises';
import type { JobReceipt } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import { type Client, createClient } from '../requester/create-client.ts';
import { readReceipt } from '../requester/read-receipt.ts';
import { verifyReceipt } from '../requester/verify-receipt.ts';
import { checkShards } from './check-shards.ts';
import { type FlagTable, makeHelp, parseJobArgument, parseOptions, parseUrlFlag } from './parse-options.ts';
import { isStarted, runCommand } from './run-command.ts';

const FLAGS = {
  url: { describe: 'where the coordinator is; with it every stored byte is checked too', value: 'http://…' },
  'coordinator-key': { describe: 'the Ed25519 key that you expect to have signed', value: 'KEY' },
} as const satisfies FlagTable;

export async function verify(argv: readonly string[]): Promise<number> {
  const { flags, rest, isHelp } = parseOptions(argv, 'verify', FLAGS, ['JOB|RECEIPT.json']);
  if (isHelp) {
    console.log(makeHelp('verify', 'Checks a job’s receipt.', FLAGS, ['JOB|RECEIPT.json']));
    return 0;
  }
  const client = flags.url === undefined ? null : createClient({ baseUrl: parseUrlFlag('url', flags.url) });
  const receipt = await obtainReceipt(rest[0] ?? '', client);
  const check = await verifyReceipt(receipt, flags['coordinator-key'] ?? null);
  if (check.kind !== 'genuine') {
    console.error(check.sentence);
    return 1;
  }
  console.log(`The receipt of job ${receipt.job.id} is signed by ${check.publicKey}.`);
  return client === null ? 0 : reportShards(await checkShards(client, receipt));
}

async function obtainReceipt(source: string, client: Client | null): Promise<JobReceipt> {
  if (/^\d+$/.test(source)) {
    if (client === null) throw new Fault('config', 'verify JOB needs --url http://…: where the coordinator is.');
    return await readReceipt(client, parseJobArgument(source));
  }
  try {
    const receipt = JSON.parse(await readFile(source, 'utf8')) as JobReceipt;
    if (receipt?.format === 'ostraka-receipt-1') return receipt;
  } catch (cause) {
    throw new Fault('config', `${source} cannot be read as a receipt: ${(cause as Error).message}.`, { cause });
  }
  throw new Fault('config', `${source} is no receipt of a job.`);
}

function reportShards({ checked, faults }: Awaited<ReturnType<typeof checkShards>>): number {
  for (const fault of faults) console.error(fault);
  console.log(
    `${checked} shards checked: ${faults.length === 0 ? 'the stored bytes are those that were voted for' : `${faults.length} are wrong`}.`,
  );
  return faults.length === 0 ? 0 : 1;
}

if (isStarted(import.meta.filename)) await runCommand(() => verify(process.argv.slice(2)));
