// `submit --url … --template …`: prepares a job, says its price, submits it, and stays to watch when asked to.
import { readFile } from 'node:fs/promises';
import type { QuoteView } from '../protocol/api.ts';
import { formatCredits } from '../protocol/credit.ts';
import { Fault } from '../protocol/fault.ts';
import type { JobSpec } from '../protocol/job.ts';
import { secondsOfWork } from '../protocol/work.ts';
import type { Client } from '../requester/create-client.ts';
import { prepareTemplate } from '../requester/prepare-template.ts';
import { quoteJob } from '../requester/quote-job.ts';
import { submitJob } from '../requester/submit-job.ts';
import { uploadBlob } from '../requester/upload-blob.ts';
import { exitCodeOf, followJob } from './follow-job.ts';
import { openSignedInClient } from './open-client.ts';
import { makeHelp } from './parse-options.ts';
import { isStarted, runCommand } from './run-command.ts';
import { parseSubmitOptions, SUBMIT_FLAGS, type SubmitOptions } from './submit-options.ts';

export async function submit(argv: readonly string[]): Promise<number> {
  const options = parseSubmitOptions(argv);
  if (options === null) {
    console.log(makeHelp('submit', 'Submits a job and holds its price.', SUBMIT_FLAGS));
    return 0;
  }
  const client = await openSignedInClient(options.url, options.keyFile);
  const spec = await makeSpec(client, options);
  const quote = await quoteJob(client, spec);
  printQuote(quote);
  if (options.isQuoteOnly) return 0;
  const { maxPrice } = options;
  if (maxPrice !== null && BigInt(quote.total) > maxPrice) {
    throw new Fault(
      'price-too-low',
      `The job costs ${formatCredits(BigInt(quote.total))} credits, more than --max-price ${formatCredits(maxPrice)}; nothing was submitted.`,
    );
  }
  const job = await submitJob(client, spec, quote.id);
  console.log(`Job ${job.id} was submitted.`);
  return options.isWatched ? exitCodeOf(await followJob(client, job.id)) : 0;
}

async function makeSpec(client: Client, { source, title }: SubmitOptions): Promise<JobSpec> {
  if (source.kind === 'spec') return await readSpec(client, source, title);
  const { template, parameters, grid } = source;
  const [stage] = template.stages;
  // The bundler's way to this text does not exist in Node.
  const wgsl = await readFile(new URL(`../../shaders/${template.id}/${stage.wgslFile}`, import.meta.url), 'utf8');
  return await prepareTemplate(client, template, { wgsl, parameters, ...(grid ? { grid } : {}), ...(title ? { title } : {}) });
}

async function readSpec(
  client: Client,
  source: Extract<SubmitOptions['source'], { kind: 'spec' }>,
  title: string | null,
): Promise<JobSpec> {
  const spec = parseJson(source.file, (await readNamed(source.file)).toString('utf8'));
  const [stage, ...others] = spec.stages ?? [];
  if (!stage) throw new Fault('config', `${source.file} has no stages; see shaders/README.md for what a spec holds.`);
  const inputs = { ...stage.inputs };
  for (const [name, file] of source.inputs) inputs[name] = { ...inputs[name], digest: await uploadBlob(client, await readNamed(file)) };
  const wgsl = source.wgsl === null ? stage.wgsl : (await readNamed(source.wgsl)).toString('utf8');
  return { ...spec, stages: [{ ...stage, inputs, wgsl }, ...others], ...(title ? { title } : {}) };
}

function parseJson(file: string, text: string): JobSpec {
  try {
    return JSON.parse(text) as JobSpec;
  } catch (cause) {
    throw new Fault('config', `${file} is no JSON: ${(cause as Error).message}.`, { cause });
  }
}

async function readNamed(file: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Fault('config', `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

function printQuote(quote: QuoteView): void {
  for (const { label, amount } of quote.lines) console.log(`${label}: ${formatCredits(BigInt(amount))} credits`);
  console.log(`${quote.shards} shards, ${formatCredits(BigInt(quote.total))} credits in all.`);
  if (quote.workPerWorkgroup !== null) {
    const seconds = secondsOfWork(quote.workPerWorkgroup * quote.workgroupsPerShard);
    console.log(`A copy of a shard is work for ${seconds.toPrecision(2)} s of one processor core, counted and not timed.`);
  }
  if (!quote.cpu.isPossible) console.log(`Only devices with a GPU can run it: ${quote.cpu.reason}`);
  for (const notice of quote.notices) console.log(notice);
}

if (isStarted(import.meta.filename)) await runCommand(() => submit(process.argv.slice(2)));
