// `verify JOB --url …` or `verify receipt.json`: is the receipt signed, are the stored bytes what was voted for, and do they come out again here?
import { readFile } from 'node:fs/promises';
import type { JobReceipt } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import { type Client, createClient } from '../requester/create-client.ts';
import { readReceipt } from '../requester/read-receipt.ts';
import { verifyReceipt } from '../requester/verify-receipt.ts';
import { checkShards } from './check-shards.ts';
import { type FlagTable, makeHelp, parseJobArgument, parseNumberFlag, parseOptions, parseUrlFlag } from './parse-options.ts';
import { type LeavesCheck, recheckLeaves } from './recheck-leaves.ts';
import { isStarted, runCommand } from './run-command.ts';

/** Leaves computed again when nothing is said: seconds of work at most, and one wrong shard in ten is found more often than not. */
const DEFAULT_LEAVES = 8;
const MAX_LEAVES_CHECKED = 100_000;

const FLAGS = {
  url: { describe: 'where the coordinator is; with it every stored byte is checked too', value: 'http://…' },
  leaves: { describe: `random leaves of the results to compute again here (${DEFAULT_LEAVES}; 0 for none)`, value: 'N' },
  seed: { describe: 'draws the same leaves again', value: 'N' },
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
  if (client === null) return 0;
  const stored = reportShards(await checkShards(client, receipt));
  const leaves = parseNumberFlag('leaves', flags.leaves ?? String(DEFAULT_LEAVES), 0, MAX_LEAVES_CHECKED, true);
  if (leaves === 0) return stored;
  const seed = parseNumberFlag('seed', flags.seed ?? String(Math.floor(Math.random() * 2 ** 32)), 0, 2 ** 32 - 1, true);
  return Math.max(stored, reportLeaves(await recheckLeaves(client, receipt, leaves, seed), seed));
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

function reportLeaves({ leaves, refusal }: LeavesCheck, seed: number): number {
  if (refusal !== null) {
    console.log(refusal);
    return 0;
  }
  for (const { holds, sentence } of leaves) (holds === 'no' ? console.error : console.log)(sentence);
  const wrong = leaves.filter(({ holds }) => holds === 'no').length;
  const exact = leaves.filter(({ holds }) => holds === 'exactly').length;
  const verdict =
    wrong > 0 ? `${wrong} do not hold` : exact === leaves.length ? 'all hold, byte for byte' : `all hold, ${exact} byte for byte`;
  console.log(`${leaves.length} leaves computed again here: ${verdict}. The same ones again: --seed ${seed}.`);
  return wrong === 0 ? 0 : 1;
}

if (isStarted(import.meta.filename)) await runCommand(() => verify(process.argv.slice(2)));
