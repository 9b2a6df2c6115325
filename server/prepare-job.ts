// From a job spec to a quote, and from a quote to a running job: examine, price, store, hold, open.
import { randomUUID } from 'node:crypto';
import type { QuoteView } from '../src/protocol/api.ts';
import { canonicalBytes, canonicalJson } from '../src/protocol/canonical.ts';
import { Fault } from '../src/protocol/fault.ts';
import { type AccountId, BLOCK_SHARDS, type BlockId, type Digest, type JobId, type MicroCredits } from '../src/protocol/ids.ts';
import type { JobSpec, ManifestInput, StageManifest, StageSpec } from '../src/protocol/job.ts';
import { warnOfLint } from '../src/protocol/lint.ts';
import { MAX_LEAVES } from '../src/protocol/merkle.ts';
import { countShards, countWorkgroups } from '../src/protocol/shard.ts';
import type { Journal } from './coordinator/change.ts';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { PARAMETERS_BINDING } from './effects/match-bindings.ts';
import type { ProgramExaminer } from './effects/program-examiner.ts';
import type { ProgramReport } from './effects/program-report.ts';
import type { JobRecord } from './jobs/job-record.ts';
import { estimateSeconds, priceJob } from './market/price-job.ts';

export const QUOTE_MS = 5 * 60_000;
/** Quotes kept at once; the oldest gives way. */
export const MAX_QUOTES = 1_000;
/** Smaller blocks would cost more rows than they spread work. */
const MIN_BLOCK_SHARDS = 16;

export interface JobPreparer {
  /** Throws what `parseJobSpec`'s and the examiner's faults say; nothing is kept but the quote. */
  quote(spec: JobSpec, account: AccountId): Promise<QuoteView>;
  /** Throws `quote-expired`, `price-too-low`, `insufficient-credit`; leaves nothing behind then. */
  submit(quoteId: string, spec: JobSpec, account: AccountId): Promise<JobId>;
}

export interface BlobAccess {
  get(digest: Digest): Promise<Uint8Array | null>;
  put(bytes: Uint8Array): Promise<Digest>;
}

export interface PreparerOptions {
  readonly examiner: Pick<ProgramExaminer, 'examine'>;
  readonly blobs: BlobAccess;
  readonly journal: Pick<Journal, 'nextIds'>;
  readonly runner: Pick<CoordinatorRunner, 'openJob' | 'counts'>;
  readonly nowMs: () => number;
}

interface Quote {
  readonly view: QuoteView;
  readonly account: AccountId;
  readonly spec: string;
  readonly report: ProgramReport;
  readonly pricePerCopy: MicroCredits;
  readonly total: MicroCredits;
  readonly inputBytes: Readonly<Record<string, number>>;
}

export function createJobPreparer(options: PreparerOptions): JobPreparer {
  const quotes = new Map<string, Quote>();
  return {
    async quote(spec, account) {
      const stage = spec.stages[0]!;
      const inputs = await readInputs(options.blobs, stage);
      const report = await options.examiner.examine({ stage, inputs });
      const shards = countShards(stage.grid, stage.workgroupsPerShard);
      const { quorum } = spec.redundancy;
      const price = priceJob({
        shards,
        workgroupsPerShard: stage.workgroupsPerShard,
        workPerWorkgroup: report.sample?.workPerWorkgroup ?? null,
        quorum,
      });
      const view: QuoteView = {
        id: randomUUID(),
        shards,
        workgroupsPerShard: stage.workgroupsPerShard,
        pricePerCopy: price.pricePerCopy.toString(),
        total: price.total.toString(),
        lines: price.lines,
        expiresAtMs: options.nowMs() + QUOTE_MS,
        estimateSeconds: estimateSeconds({
          workgroups: countWorkgroups(stage.grid),
          quorum,
          workgroupsPerSecond: options.runner.counts().workgroupsPerSecond,
        }),
        cpu: { isPossible: report.module !== null, reason: report.gpuOnlyReason },
        workPerWorkgroup: report.sample?.workPerWorkgroup ?? null,
        lint: report.lint,
        notices: noticesFor(report),
      };
      const inputBytes = Object.fromEntries(Object.entries(inputs).map(([name, bytes]) => [name, bytes.length]));
      quotes.set(view.id, {
        view,
        account,
        spec: canonicalJson(spec),
        report,
        pricePerCopy: price.pricePerCopy,
        total: price.total,
        inputBytes,
      });
      const oldest = quotes.keys().next().value;
      if (quotes.size > MAX_QUOTES && oldest !== undefined) quotes.delete(oldest);
      return view;
    },
    async submit(quoteId, spec, account) {
      const quote = quotes.get(quoteId);
      const nowMs = options.nowMs();
      if (!quote || quote.account !== account || quote.view.expiresAtMs < nowMs || quote.spec !== canonicalJson(spec)) {
        throw new Fault('quote-expired', 'This quote has expired or is for another job; ask for a new one.');
      }
      if (spec.maxPrice !== null && quote.total > spec.maxPrice) {
        throw new Fault(
          'price-too-low',
          `The job costs ${quote.total} micro-credits and maxPrice is ${spec.maxPrice}; raise it or make the job smaller.`,
        );
      }
      quotes.delete(quoteId);
      const record = await makeRecord(options, spec, account, quote, nowMs);
      await options.runner.openJob(record);
      return record.id;
    },
  };
}

async function readInputs(blobs: BlobAccess, stage: StageSpec): Promise<Record<string, Uint8Array>> {
  const inputs: Record<string, Uint8Array> = {};
  for (const [name, input] of Object.entries(stage.inputs)) {
    if (!('digest' in input)) continue;
    const bytes = await blobs.get(input.digest);
    if (!bytes) {
      throw new Fault('bad-spec', `Input ${name} names bytes that are not stored here; upload them first.`, {
        facts: { field: `inputs.${name}` },
      });
    }
    inputs[name] = bytes;
  }
  return inputs;
}

function noticesFor(report: ProgramReport): readonly string[] {
  const notices = ['Contributors can see the program and its inputs; do not send what must stay secret.'];
  if (report.gpuOnlyReason) notices.push(`Only devices with a GPU can run this program: ${report.gpuOnlyReason}`);
  for (const output of report.lint?.outputs ?? []) {
    const warning = warnOfLint(output);
    if (warning !== null) notices.push(warning);
  }
  return notices;
}

/** Sixteen blocks or more, so that several coordinators can share a job, unless it is tiny. */
function pickBlockShards(shards: number): number {
  return Math.min(BLOCK_SHARDS, Math.max(MIN_BLOCK_SHARDS, Math.ceil(shards / 16)));
}

async function makeRecord(options: PreparerOptions, spec: JobSpec, account: AccountId, quote: Quote, nowMs: number): Promise<JobRecord> {
  const stage = spec.stages[0]!;
  const blockShards = pickBlockShards(quote.view.shards);
  const blockCount = Math.ceil(quote.view.shards / blockShards);
  const [id, escrow, ...blockIds] = (await options.journal.nextIds(2 + blockCount)) as [number, number, ...number[]];
  const manifest = await makeManifest(options.blobs, id as JobId, spec, stage, quote);
  return {
    id: id as JobId,
    requester: account,
    escrow: escrow as AccountId,
    spec,
    manifest,
    manifestDigest: await options.blobs.put(canonicalBytes(manifest)),
    pricePerCopy: quote.pricePerCopy,
    escrowAmount: quote.total,
    shards: quote.view.shards,
    blockShards,
    blocks: blockIds.map((block, at) => ({
      id: block as BlockId,
      lo: at * blockShards,
      n: Math.min(blockShards, quote.view.shards - at * blockShards),
    })),
    createdAtMs: nowMs,
    state: 'running',
    reason: null,
    endedAtMs: null,
  };
}

async function makeManifest(blobs: BlobAccess, job: JobId, spec: JobSpec, stage: StageSpec, quote: Quote): Promise<StageManifest> {
  const { report } = quote;
  const inputs: ManifestInput[] = Object.entries(stage.inputs).flatMap(([name, input]) =>
    'digest' in input
      ? [{ name, digest: input.digest, bytes: quote.inputBytes[name]!, bytesPerWorkgroup: input.slice?.bytesPerWorkgroup ?? null }]
      : [],
  );
  if (report.parameters) {
    inputs.push({
      name: PARAMETERS_BINDING,
      digest: await blobs.put(report.parameters),
      bytes: report.parameters.length,
      bytesPerWorkgroup: null,
    });
  }
  return {
    v: 1,
    job,
    stage: 0,
    title: spec.title,
    wgsl: await blobs.put(new TextEncoder().encode(stage.wgsl)),
    module: report.module ? await blobs.put(report.module) : null,
    reflection: report.reflection,
    grid: stage.grid,
    workgroupsPerShard: stage.workgroupsPerShard,
    inputs,
    outputs: Object.entries(stage.outputs).map(([name, output]) => ({
      name,
      ...output,
      workgroupsPerLeaf: Math.ceil(stage.workgroupsPerShard / MAX_LEAVES),
    })),
    view: spec.view,
    workPerWorkgroup: report.sample?.workPerWorkgroup ?? null,
  };
}
