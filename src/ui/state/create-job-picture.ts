// Brings a job's picture together: all at once when much is missing, shard by shard when a little is.
import { type Accessor, createSignal } from 'solid-js';
import type { Api } from '../../account/create-api.ts';
import type { JobView } from '../../protocol/api.ts';
import { outputBytes } from '../../protocol/shard.ts';
import { assemblePicture, createPicture, type Picture, type PictureView } from '../../requester/assemble-picture.ts';
import { noteFresh } from '../parts/mosaic/fresh-pixels.ts';

export interface JobPicture {
  readonly pixels: Accessor<ImageData | null>;
  readonly painted: Accessor<ReadonlySet<number>>;
  open(job: JobView): void;
  want(indices: readonly number[]): void;
  paint(index: number, bytes: Uint8Array): void;
  close(): void;
}

/** A picture above this is downloaded, not drawn: 16 million pixels. */
export const MAX_PICTURE_BYTES = 64 * 1024 * 1024;
/** Above this many missing shards one download of everything is quicker than one request each. */
const MANY_SHARDS = 24;
const REQUESTS_AT_ONCE = 4;
/** Fetched with the first pixels: checking what comes wants a hash, which the first page can do without. */
const loadCollect = () => import('../../requester/collect-results.ts');
const loadShards = () => Promise.all([import('../../requester/read-shard.ts'), import('../../requester/read-shard-output.ts')]);

export function isDrawable(job: JobView): boolean {
  return job.view.kind === 'picture' && countPictureBytes(job) <= MAX_PICTURE_BYTES;
}

function countPictureBytes({ spec, view, grid }: JobView): number {
  const output = spec.stages[0]?.outputs[view.output];
  return output ? outputBytes(output.layout, grid[0] * grid[1] * grid[2]) : Number.POSITIVE_INFINITY;
}

export function createJobPicture(api: Api, onChange: () => void): JobPicture {
  const [pixels, setPixels] = createSignal<ImageData | null>(null);
  const painted = new Set<number>();
  const wanted = new Set<number>();
  const stop = new AbortController();
  let job: JobView | null = null;
  let picture: Picture | null = null;
  let running = 0;

  const paint = (index: number, bytes: Uint8Array): void => {
    if (!job || !picture) return;
    assemblePicture(job.view as PictureView, job.grid, job.workgroupsPerShard, index, bytes, picture);
    painted.add(index);
    const shown = pixels();
    if (shown) noteFresh(shown, index);
    onChange();
  };
  const fetchAll = async (of: JobView): Promise<void> => {
    const indices = [...wanted];
    wanted.clear();
    const { collectResults } = await loadCollect();
    const { bytes } = await collectResults(api, of, { signal: stop.signal });
    const shardBytes = bytesPerShard(of);
    for (const index of indices) paint(index, bytes.subarray(index * shardBytes, (index + 1) * shardBytes));
  };
  const fetchOne = async (of: JobView, index: number): Promise<void> => {
    wanted.delete(index);
    const [{ readShard }, { readShardOutput }] = await loadShards();
    const shard = await readShard(api, of.id, index, stop.signal);
    if (shard.verdict === 'final') paint(index, await readShardOutput(api, of.id, shard, of.view.output, stop.signal));
  };
  const pump = (): void => {
    if (!job || !picture) return;
    while (wanted.size > 0 && running < REQUESTS_AT_ONCE && !stop.signal.aborted) {
      const [index] = wanted as Set<number> & Iterable<number>;
      const work = wanted.size > MANY_SHARDS ? fetchAll(job) : fetchOne(job, index!);
      running += 1;
      // What cannot be fetched now stays a mark; the next snapshot asks for it again.
      work
        .catch(() => undefined)
        .finally(() => {
          running -= 1;
          pump();
        });
    }
  };
  return {
    pixels,
    painted: () => painted,
    paint,
    open(next) {
      job = next;
      if (picture || !isDrawable(next)) return;
      picture = createPicture(next.view as PictureView, next.grid);
      setPixels(new ImageData(picture.rgba, picture.width, picture.height));
    },
    want(indices) {
      for (const index of indices) if (!painted.has(index)) wanted.add(index);
      pump();
    },
    close: () => stop.abort(),
  };
}

export function bytesPerShard(job: JobView): number {
  const output = job.spec.stages[0]?.outputs[job.view.output];
  return output ? outputBytes(output.layout, job.workgroupsPerShard) : 0;
}
