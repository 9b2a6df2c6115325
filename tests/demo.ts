// `npm run demo`: the whole story in a terminal. A coordinator, two browsers (one without a GPU), an operator who injects a liar, the bunny, and the proof.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawProgress } from '../src/cli/draw-progress.ts';
import type { JobReceipt, JobView } from '../src/protocol/api.ts';
import type { AuditView, OperatorDevicesView } from '../src/protocol/api-operator.ts';
import { formatCredits } from '../src/protocol/credit.ts';
import type { JobId } from '../src/protocol/ids.ts';
import { assemblePicture, createPicture, type Picture } from '../src/requester/assemble-picture.ts';
import { collectResults } from '../src/requester/collect-results.ts';
import type { Client } from '../src/requester/create-client.ts';
import { listTemplates } from '../src/requester/list-templates.ts';
import { prepareTemplate } from '../src/requester/prepare-template.ts';
import { quoteJob } from '../src/requester/quote-job.ts';
import { readReceipt } from '../src/requester/read-receipt.ts';
import { submitJob } from '../src/requester/submit-job.ts';
import { verifyReceipt } from '../src/requester/verify-receipt.ts';
import { watchJob } from '../src/requester/watch-job.ts';
import { createOperatedNetwork, type OperatedNetwork } from './support/demo-network.ts';
import { findOrInstallChromium } from './support/find-chromium.ts';
import { readTemplateProgram } from './support/make-template-run.ts';
import { differingShare, readPng, writePng } from './support/read-png.ts';

const REFERENCE = join(import.meta.dirname, 'golden/bunny-384.png');
/** Per byte, and share of bytes: the template's own tolerance, over the whole picture. */
const TOLERANCE = { abs: 4, share: 0.01 } as const;
const LETTERS = { pending: 'p', provisional: 'v', final: 'f', revoked: 'd', disputed: 'd', failed: 'x' } as const;
const OUT = 'demo-out';

const say = (line = ''): void => console.log(line);

async function demo(): Promise<boolean> {
  const startedAt = performance.now();
  findOrInstallChromium();
  await mkdir(OUT, { recursive: true });
  say('Starting a coordinator with its own database, and two browsers: one with a GPU (in software), one without.');
  say('An operator signs in with a wallet and injects a contributor that lies.');
  const network = await createOperatedNetwork();
  try {
    const job = await submitBunny(network.requester);
    const ended = await watch(network.requester, job);
    const receipt = await readReceipt(network.requester, job);
    const isPicture = await keepPicture(network.requester, ended);
    const isReceipt = await keepReceipt(receipt);
    const isFair = await settle(network, receipt);
    say(`\nThat took ${((performance.now() - startedAt) / 1_000).toFixed(0)} s.`);
    return ended.state === 'done' && isPicture && isReceipt && isFair;
  } finally {
    await network.close();
  }
}

async function submitBunny(client: Client): Promise<JobId> {
  const template = listTemplates().find(({ id }) => id === 'bunny');
  if (!template) throw new Error('There is no bunny template.');
  const spec = await prepareTemplate(client, template, { wgsl: readTemplateProgram(template) });
  const quote = await quoteJob(client, spec);
  say(`\n${spec.title}: ${quote.shards} shards, ${formatCredits(BigInt(quote.total))} credits.`);
  for (const line of quote.lines) say(`  ${line.label}: ${formatCredits(BigInt(line.amount))}`);
  for (const notice of quote.notices) say(`  ${notice}`);
  const { id } = await submitJob(client, spec, quote.id);
  return id;
}

async function watch(client: Client, id: JobId): Promise<JobView> {
  let letters: string[] = [];
  const ended = await watchJob(client, id, {
    onEvent(event) {
      if (event.type === 'snapshot') letters = [...event.shards];
      if (event.type === 'shards') for (const { index, verdict } of event.changes) letters[index] = LETTERS[verdict];
      show(drawProgress(letters.join('')));
    },
  });
  say();
  say(ended.state === 'done' ? 'Every shard is final.' : `The job ended as ${ended.state}: ${ended.reason?.sentence ?? ''}`);
  return ended;
}

/** In place on a terminal; a line each time elsewhere. */
function show(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else say(line);
}

async function keepPicture(client: Client, job: JobView): Promise<boolean> {
  const picture = await collectPicture(client, job);
  const file = join(OUT, 'ostraka-bunny.png');
  await writePng(file, picture);
  const reference = await readPng(REFERENCE);
  const share = differingShare(picture.rgba, reference.rgba, TOLERANCE.abs);
  const isSame = share <= TOLERANCE.share;
  say(
    `Picture: ${file} (${picture.width} × ${picture.height}); ${(share * 100).toFixed(3)} % of its bytes differ from the reference by more than ${TOLERANCE.abs}${isSame ? '' : ', which is too much'}.`,
  );
  return isSame;
}

async function collectPicture(client: Client, job: JobView): Promise<Picture> {
  const { view, grid, workgroupsPerShard } = job;
  if (view.kind !== 'picture') throw new Error('The job shows no picture.');
  const { bytes } = await collectResults(client, job);
  const picture = createPicture(view, grid);
  // all shards in order are one shard that holds the whole stage
  assemblePicture(view, grid, workgroupsPerShard * job.shards, 0, bytes, picture);
  return picture;
}

async function keepReceipt(receipt: JobReceipt): Promise<boolean> {
  const file = join(OUT, 'ostraka-receipt.json');
  await writeFile(file, `${JSON.stringify(receipt, null, 2)}\n`);
  const check = await verifyReceipt(receipt);
  say(
    `Receipt: ${file}; ${check.kind === 'genuine' ? `signed by the coordinator (key ${check.publicKey.slice(0, 12)}…)` : check.sentence}`,
  );
  return check.kind === 'genuine';
}

/** The liar must have been outvoted and have nothing; the others share all that was paid; the operator bans it, and the audit log says so. */
async function settle(network: OperatedNetwork, receipt: JobReceipt): Promise<boolean> {
  const paidTo = new Map(receipt.payments.map((payment) => [payment.account, payment]));
  const outvoted = new Map(receipt.outvoted.map((entry) => [entry.account, entry.shards]));
  say('\n  contributor        engine             paid  outvoted');
  for (const { label, account } of [...network.honest, { label: 'the liar', account: network.liar.account }]) {
    const payment = paidTo.get(account);
    const engines = new Set(
      receipt.shards.flatMap((shard) => shard.votes.filter((vote) => vote.account === account).map((vote) => vote.engine)),
    );
    const paid = formatCredits(BigInt(payment?.amount ?? 0));
    say(
      `  ${label.padEnd(18)} ${[...engines].join(', ').padEnd(12)} ${paid.padStart(10)} ${String(outvoted.get(account) ?? 0).padStart(9)}`,
    );
  }
  const isLiarUnpaid = !paidTo.has(network.liar.account);
  const isLiarCaught = (outvoted.get(network.liar.account) ?? 0) > 0;
  const areHonestPaid = network.honest.every(({ account }) => BigInt(paidTo.get(account)?.amount ?? 0) > 0n);
  if (!isLiarCaught) say('The liar was never outvoted: it had no part in the job.');
  if (!isLiarUnpaid) say('The liar was paid.');
  if (!areHonestPaid) say('An honest contributor was not paid.');
  return (await banLiar(network)) && isLiarUnpaid && isLiarCaught && areHonestPaid;
}

async function banLiar({ operator, liar }: OperatedNetwork): Promise<boolean> {
  await operator.act(`/devices/${liar.device}/ban`, 'It was outvoted again and again.');
  const { lines } = await operator.read<AuditView>('/api/operator/audit');
  say('\nThe audit log, newest first:');
  for (const { act, device, reason } of lines)
    say(`  ${act.padEnd(12)} ${(device === null ? '' : `device ${device}`).padEnd(10)} ${reason}`);
  const { devices } = await operator.read<OperatorDevicesView>('/api/operator/devices?show=banned');
  const record = devices.find(({ device }) => device === liar.device);
  return record !== undefined && record.verified === 0;
}

const isGood = await demo();
say(isGood ? '\nThe picture is right, the receipt is genuine, the liar got nothing and is banned.' : '\nThe demo failed; see above.');
process.exit(isGood ? 0 : 1);
