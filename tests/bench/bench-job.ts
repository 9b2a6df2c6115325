// The job that is dispatched: one workgroup a shard, 64 bytes of output that differ from shard to shard, compared exactly.
import { createHash } from 'node:crypto';
import type { JobView } from '../../src/protocol/api.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import type { JobSpec, Size3 } from '../../src/protocol/job.ts';
import { leafHash } from '../../src/protocol/merkle.ts';
import { toHex } from '../../src/protocol/sha256.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { quoteJob } from '../../src/requester/quote-job.ts';
import { submitJob } from '../../src/requester/submit-job.ts';
import { bePatient } from './be-patient.ts';

export const OUTPUT_BYTES = 64;
/** One leaf an output: a shard has one workgroup. */
export const LEAVES_A_SHARD = 1;
const WORDS = OUTPUT_BYTES / 4;
/** A side of a grid has at most 65,535 workgroups, so large jobs are written as rows of this many. */
const ROW = 1_000;

const PROGRAM = `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }

@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(${WORDS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let workgroup = shard.first + id;
  let linear = workgroup.x + shard.grid.x * (workgroup.y + shard.grid.y * workgroup.z);
  words[(linear - shard.base) * ${WORDS}u + local] = linear * ${WORDS}u + local;
}
`;

function gridOf(shards: number): Size3 {
  if (shards <= ROW) return [shards, 1, 1];
  if (shards % ROW !== 0) throw new Error(`A bench job of ${shards} shards cannot be written as rows of ${ROW}; use a multiple of it.`);
  return [ROW, shards / ROW, 1];
}

export function makeBenchSpec(shards: number, quorum: number): JobSpec {
  return {
    title: `Bench of ${shards} shards`,
    description: '',
    template: null,
    stages: [
      {
        name: 'main',
        wgsl: PROGRAM,
        grid: gridOf(shards),
        workgroupsPerShard: 1,
        parameters: {},
        inputs: {},
        outputs: {
          words: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: OUTPUT_BYTES }, element: 'u32', comparison: { kind: 'exact' } },
        },
      },
    ],
    rounds: 1,
    redundancy: { quorum, maxCopies: quorum + 2 },
    maxPrice: null,
    deadlineMs: null,
    providers: { price: null, speed: null, reliability: null },
    visibility: 'public',
    tier: 'voted',
    view: { kind: 'bytes', output: 'words' },
  };
}

/** Quotes, then submits; `acceptedMs` is what the second request took. */
export async function submitBenchJob(
  client: Client,
  shards: number,
  quorum: number,
): Promise<{ readonly job: JobView; readonly acceptedMs: number }> {
  const spec = makeBenchSpec(shards, quorum);
  const quote = await bePatient(() => quoteJob(client, spec));
  const startedAtMs = performance.now();
  const job = await bePatient(() => submitJob(client, spec, quote.id));
  return { job, acceptedMs: performance.now() - startedAtMs };
}

/** What the program writes for the workgroup at `base`, into `into` from `offset`. */
export function writeOutput(base: number, into: Uint32Array, offset: number): void {
  for (let word = 0; word < WORDS; word++) into[offset + word] = base * WORDS + word;
}

/** Node's SHA-256, as headless contributors use it. */
const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Root of an output of one leaf. */
export function rootOfOutput(bytes: Uint8Array): Digest {
  return toHex(leafHash(bytes, hash)) as Digest;
}
