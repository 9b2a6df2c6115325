// The mosaic: pixels below, marks above, one shard at a time under the arrow keys.
import { createEffect, createMemo, createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { createSchemeCount } from './create-scheme-count.ts';
import { findShardAt, type MosaicSource, type MosaicStep, makeMosaicLayout, stepShard } from './make-mosaic-layout.ts';
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

export function Mosaic(props: MosaicProps): JSX.Element {
  let frame!: HTMLDivElement;
  let overlay!: HTMLCanvasElement;
  let below: HTMLCanvasElement | undefined;
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
    if (props.pixels && below) drawPixels(below, props.pixels);
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
          aria-roledescription="mosaic"
          tabindex="0"
          aria-label={`${props.label} Arrow keys choose a shard.`}
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

function drawPixels(canvas: HTMLCanvasElement, pixels: ImageData): void {
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
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
