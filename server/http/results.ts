// /api/jobs/:id/outputs/:name: the bytes of one output of all shards, in order, as one stream, or of one shard; what is not final is zeros.
import type { JobView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import type { OutputSpec } from '../../src/protocol/job.ts';
import { countWorkgroups, outputBytes, rangeOfShard } from '../../src/protocol/shard.ts';
import type { HttpApp } from './context.ts';
import type { BlobStore, HttpDependencies, PageQueries } from './dependencies.ts';
import { MAX_SHARDS_PAGE } from './limits.ts';
import { parseJobId, parseWhole } from './parse-query.ts';
import { readJob } from './read-job.ts';

export function addResultRoutes(app: HttpApp, { pages, blobs, log }: HttpDependencies): void {
  app.get('/api/jobs/:id/outputs/:name', async (c) => {
    const job = await readJob(pages, parseJobId(c.req.param('id')), null);
    const name = c.req.param('name');
    const outputs = job.spec.stages[0]?.outputs ?? {};
    const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (output === undefined)
      throw new Fault('not-found', `Job ${job.id} has no output of that name.`, { facts: { outputs: Object.keys(outputs).join(', ') } });
    c.header('Content-Type', 'application/octet-stream');
    const index = parseWhole(c.req.query('shard'), 'shard', { min: 0, max: job.shards - 1 }, null);
    if (index !== null) return c.body(new Uint8Array(await readOne(pages, blobs, job, name, output, index)));
    const total = String(totalBytes(job, output));
    c.header('Content-Disposition', `attachment; filename="ostraka-job-${job.id}-${name}.bin"`);
    c.header('Content-Length', total);
    // Proxies that compress drop the length; a client needs it to know that it has all.
    c.header('X-Total-Bytes', total);
    c.header('X-Final-Shards', String(job.finalShards));
    c.header('X-Shards', String(job.shards));
    c.header('Cache-Control', 'no-store');
    if (c.req.raw.method === 'HEAD') return c.body(null);
    const parts = listParts(pages, blobs, job, name, output);
    return c.body(
      streamParts(parts, (error) => {
        log.error({ error, job: job.id, output: name }, 'A result broke off: its bytes are not in the store.');
        // The length was promised: only a cut connection tells the reader that this is not the end.
        c.env?.outgoing?.destroy();
        return c.env?.outgoing === undefined;
      }),
    );
  });
}

function totalBytes(job: JobView, { layout }: OutputSpec): number {
  return layout.kind === 'byWorkgroup' ? layout.bytesPerWorkgroup * countWorkgroups(job.grid) : layout.bytes * job.shards;
}

/** Throws `not-found` while the shard is not final. */
async function readOne(
  pages: PageQueries,
  blobs: BlobStore,
  job: JobView,
  name: string,
  output: OutputSpec,
  index: number,
): Promise<Uint8Array> {
  const [part] = await pages.readOutputs(job.id, { output: name, from: index, limit: 1 });
  const bytes = await readPart(blobs, index, part?.stored, shardBytes(job, output, index));
  if (bytes === null) throw new Fault('not-found', `Shard ${index} of job ${job.id} has no result yet.`);
  return bytes;
}

async function* listParts(
  pages: PageQueries,
  blobs: BlobStore,
  job: JobView,
  name: string,
  output: OutputSpec,
): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < job.shards; from += MAX_SHARDS_PAGE) {
    const parts = await pages.readOutputs(job.id, { output: name, from, limit: MAX_SHARDS_PAGE });
    const stored = new Map(parts.map((part) => [part.index, part.stored]));
    for (let index = from; index < Math.min(from + MAX_SHARDS_PAGE, job.shards); index++)
      yield (await readPart(blobs, index, stored.get(index), shardBytes(job, output, index))) ??
        new Uint8Array(shardBytes(job, output, index));
  }
}

const shardBytes = (job: JobView, { layout }: OutputSpec, index: number): number =>
  outputBytes(layout, rangeOfShard(job.grid, job.workgroupsPerShard, index).count);

/** Null when the shard is not final. */
async function readPart(
  blobs: BlobStore,
  index: number,
  stored: Uint8Array | { readonly blob: Digest } | undefined,
  size: number,
): Promise<Uint8Array | null> {
  if (stored === undefined) return null;
  const bytes = stored instanceof Uint8Array ? stored : await blobs.get(stored.blob);
  if (bytes?.length !== size) throw new Fault('storage-failed', `Bytes of shard ${index} are missing from the store; tell the operator.`);
  return bytes;
}

/** Pulled by the reader, so a slow one holds one shard in memory and no more. `onBroken` says whether the stream must tell its reader. */
function streamParts(parts: AsyncGenerator<Uint8Array>, onBroken: (error: unknown) => boolean): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = await parts.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          if (onBroken(error)) controller.error(error);
          else controller.close();
        }
      },
      async cancel() {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
