// The mosaic: pixels below, marks above, one shard at a time under the arrow keys.
import { createEffect, createMemo, createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { uiWords } from '../../words.ts';
import { createSchemeCount } from './create-scheme-count.ts';
import { takeFresh } from './fresh-pixels.ts';
import {
  findShardAt,
  listShardBoxes,
  type MosaicLayout,
  type MosaicSource,
  type MosaicStep,
  makeMosaicLayout,
  stepShard,
} from './make-mosaic-layout.ts';
import { type OverlayScene, paintOverlay, readOverlayColours } from './paint-overlay.ts';
import type { ShardMark } from './shard-mark.ts';

export interface MosaicProps {
  readonly source: MosaicSource;
  readonly marks: readonly ShardMark[];
  /** The picture so far; null for jobs that make none. */
  readonly pixels: ImageData | null;
  readonly painted: ReadonlySet<number>;
  /** Changes whenever pixels, marks or sets changed in place. */
  readonly revision: number;
  readonly mode?: 'picture' | 'marks';
  readonly mine?: ReadonlySet<number>;
  readonly running?: ReadonlySet<number>;
  readonly selected?: number | null;
  readonly onSelect?: (index: number) => void;
  /** What a person who cannot see it is told. */
  readonly label: string;
}

const NOTHING: ReadonlySet<number> = new Set();
const STEPS: Readonly<Record<string, MosaicStep>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};
/** A canvas larger than this costs more than it shows. */
const MAX_OVERLAY_PIXELS = 2_048;
/** Above so many shards at once the whole picture is as quick. */
const MAX_FRESH = 64;

export function Mosaic(props: MosaicProps): JSX.Element {
  let frame!: HTMLDivElement;
  let overlay!: HTMLCanvasElement;
  let below: HTMLCanvasElement | undefined;
  /** What the canvas below holds already, but for what is fresh in it. */
  let drawn: ImageData | null = null;
  const layout = createMemo(() => makeMosaicLayout(props.source));
  const size = createFrameSize(() => frame);
  const scheme = createSchemeCount();
  const isCrisp = () => size().width / size().scale > layout().widthPixels * 2;

  createEffect(() => {
    const { widthPixels, heightPixels } = layout();
    frame.style.setProperty('--shape', `${widthPixels} / ${heightPixels}`);
    frame.style.setProperty('--ratio', String(widthPixels / heightPixels));
  });
  createEffect(() => {
    props.revision;
    if (!props.pixels || !below) return;
    drawPixels(below, props.pixels, drawn === props.pixels ? layout() : null);
    drawn = props.pixels;
  });
  createEffect(() => {
    props.revision;
    scheme();
    const { width, height, scale } = size();
    if (width === 0) return;
    overlay.width = width;
    overlay.height = height;
    paintOverlay(overlay.getContext('2d')!, makeScene(props, layout()), readOverlayColours(frame), scale);
  });

  const pickAt = (event: MouseEvent): void => {
    const box = overlay.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * layout().columns);
    const y = Math.floor(((event.clientY - box.top) / box.height) * layout().rows);
    const index = findShardAt(layout(), x, y);
    if (index !== null) props.onSelect?.(index);
  };
  const pickByKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (!step || !props.onSelect) return;
    event.preventDefault();
    props.onSelect(props.selected == null ? 0 : stepShard(layout(), props.selected, step));
  };

  return (
    <div class="mosaic" classList={{ 'is-pickable': Boolean(props.onSelect) }} ref={frame}>
      <Show when={props.pixels}>
        <canvas class="pixels" classList={{ 'is-crisp': isCrisp() }} ref={below} aria-hidden="true" />
      </Show>
      <Show when={props.onSelect} fallback={<canvas class="overlay" ref={overlay} role="img" aria-label={props.label} />}>
        <canvas
          class="overlay"
          ref={overlay}
          role="application"
          aria-roledescription={uiWords().mosaic.role}
          tabindex="0"
          aria-label={uiWords().mosaic.arrows(props.label)}
          onClick={pickAt}
          onKeyDown={pickByKey}
        />
      </Show>
    </div>
  );
}

function createFrameSize(frame: () => HTMLElement): () => ReturnType<typeof measureFrame> {
  const [size, setSize] = createSignal({ width: 0, height: 0, scale: 1 });
  onMount(() => {
    const observer = new ResizeObserver(() => setSize(measureFrame(frame())));
    observer.observe(frame());
    onCleanup(() => observer.disconnect());
  });
  return size;
}

function measureFrame(frame: HTMLElement): { width: number; height: number; scale: number } {
  const { width, height } = frame.getBoundingClientRect();
  const scale = Math.min(devicePixelRatio || 1, MAX_OVERLAY_PIXELS / Math.max(width, height, 1));
  return { width: Math.round(width * scale), height: Math.round(height * scale), scale };
}

/** The whole picture, or with a layout only what was painted since. */
function drawPixels(canvas: HTMLCanvasElement, pixels: ImageData, layout: MosaicLayout | null): void {
  const isSame = canvas.width === pixels.width && canvas.height === pixels.height;
  if (!isSame) {
    canvas.width = pixels.width;
    canvas.height = pixels.height;
  }
  const pen = canvas.getContext('2d')!;
  const fresh = takeFresh(pixels);
  if (!layout || !isSame || fresh.length > MAX_FRESH) {
    pen.putImageData(pixels, 0, 0);
    return;
  }
  const unit = { x: pixels.width / layout.columns, y: pixels.height / layout.rows };
  for (const index of fresh) {
    for (const { x, y, width, height } of listShardBoxes(layout, index))
      pen.putImageData(pixels, 0, 0, x * unit.x, y * unit.y, width * unit.x, height * unit.y);
  }
}

function makeScene(props: MosaicProps, layout: OverlayScene['layout']): OverlayScene {
  return {
    layout,
    marks: props.marks,
    mode: props.mode ?? 'picture',
    mine: props.mine ?? NOTHING,
    painted: props.painted,
    running: props.running ?? NOTHING,
    selected: props.selected ?? null,
  };
}
