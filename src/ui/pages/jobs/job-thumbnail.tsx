// The small mosaic of a job: its real pixels when it is a picture of modest size and seen, else how many shards are done.
import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount } from 'solid-js';
import type { JobSummary } from '../../../protocol/api.ts';
import { assemblePicture, createPicture } from '../../../requester/assemble-picture.ts';
import { type MosaicSource, makeMosaicLayout } from '../../parts/mosaic/make-mosaic-layout.ts';
import { Mosaic } from '../../parts/mosaic/mosaic.tsx';
import type { ShardMark } from '../../parts/mosaic/shard-mark.ts';
import { useApp } from '../../state/app-context.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

/** A list of thirty pictures of this size is 30 MB at most, and only what is seen is fetched. */
const MAX_THUMBNAIL_BYTES = 4 * 1024 * 1024;
const MAX_CELLS = 192;
/** A running picture is fetched again when this much of it is new. */
const FRESH_SHARE = 0.1;
const NOTHING: ReadonlySet<number> = new Set();

export function JobThumbnail(props: { readonly job: JobSummary }): JSX.Element {
  const words = useWords(WORDS);
  let frame!: HTMLDivElement;
  const [isSeen, setSeen] = createSignal(false);
  const pixels = createThumbnailPixels(() => props.job, isSeen);
  onMount(() => {
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true));
    watcher.observe(frame);
    onCleanup(() => watcher.disconnect());
  });
  const source = createMemo((): MosaicSource => makeCells(props.job));
  const marks = createMemo((): readonly ShardMark[] => {
    const cells = makeMosaicLayout(source()).shards;
    const done = Math.floor((props.job.finalShards / props.job.shards) * cells);
    return Array.from({ length: cells }, (_, index) => (index < done ? 'final' : 'pending'));
  });
  return (
    <div ref={frame}>
      <Mosaic
        source={pixels() ? wholePicture(props.job) : source()}
        marks={pixels() ? ['final'] : marks()}
        pixels={pixels()}
        painted={pixels() ? new Set([0]) : NOTHING}
        revision={props.job.finalShards}
        label={words().card.mosaicOf(props.job.title)}
      />
    </div>
  );
}

/** One shard that is the whole picture: nothing is drawn above the pixels. */
function wholePicture({ view, grid }: JobSummary): MosaicSource {
  return { view, grid, workgroupsPerShard: grid[0] * grid[1] * grid[2] };
}

function makeCells(job: JobSummary): MosaicSource {
  return { view: { kind: 'bytes', output: '' }, grid: [Math.min(job.shards, MAX_CELLS), 1, 1], workgroupsPerShard: 1 };
}

function createThumbnailPixels(job: () => JobSummary, isSeen: () => boolean): () => ImageData | null {
  const { api } = useApp();
  const [pixels, setPixels] = createSignal<ImageData | null>(null);
  const stop = new AbortController();
  let fetchedShards = 0;
  onCleanup(() => stop.abort());
  const load = async (of: JobSummary): Promise<void> => {
    if (of.view.kind !== 'picture') return;
    const response = await api.send(`/api/jobs/${of.id}/outputs/${encodeURIComponent(of.view.output)}`, { signal: stop.signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const picture = createPicture(of.view, of.grid);
    assemblePicture(of.view, of.grid, of.grid[0] * of.grid[1] * of.grid[2], 0, bytes, picture);
    setPixels(new ImageData(picture.rgba, picture.width, picture.height));
  };
  createEffect(
    on([isSeen, () => job().finalShards], ([seen, finalShards]) => {
      const of = job();
      const [x, y] = of.grid;
      const isSmall = of.view.kind === 'picture' && x * y * of.view.square[0] * of.view.square[1] * 4 <= MAX_THUMBNAIL_BYTES;
      const isFresh = finalShards - fetchedShards >= of.shards * FRESH_SHARE || (of.state === 'done' && finalShards > fetchedShards);
      if (!seen || !isSmall || finalShards === 0 || !isFresh) return;
      fetchedShards = finalShards;
      load(of).catch(() => undefined);
    }),
  );
  return pixels;
}
