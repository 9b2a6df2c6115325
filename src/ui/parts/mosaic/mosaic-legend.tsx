// What the marks of the mosaic mean, drawn with the very same patterns, and how many there are of each.
import { createEffect, For, type JSX } from 'solid-js';
import { formatCount } from '../../state/format.ts';
import { uiWords } from '../../words.ts';
import { createSchemeCount } from './create-scheme-count.ts';
import { makeMarkTile, readOverlayColours } from './paint-overlay.ts';
import { SHARD_MARKS, type ShardMark } from './shard-mark.ts';

export function MosaicLegend(props: {
  readonly counts: Readonly<Record<ShardMark, number>>;
  /** The job has ended: what waits, waits no more. */
  readonly isOver: boolean;
}): JSX.Element {
  const label = (mark: ShardMark): string => {
    const { marks, neverComputed } = uiWords().mosaic;
    return props.isOver && mark === 'pending' ? neverComputed : marks[mark];
  };
  return (
    <ul class="legend" role="list" aria-label={uiWords().mosaic.legend}>
      <For each={SHARD_MARKS.filter((mark) => mark === 'final' || props.counts[mark] > 0)}>
        {(mark) => (
          <li>
            <Swatch mark={mark} />
            <span>
              <span class="number">{formatCount(props.counts[mark])}</span> {label(mark)}
            </span>
          </li>
        )}
      </For>
    </ul>
  );
}

function Swatch(props: { readonly mark: ShardMark }): JSX.Element {
  let canvas!: HTMLCanvasElement;
  const scheme = createSchemeCount();
  createEffect(() => {
    scheme();
    const tile = makeMarkTile(props.mark, readOverlayColours(canvas), 1);
    canvas.width = 16;
    canvas.height = 16;
    const pen = canvas.getContext('2d')!;
    pen.fillStyle = pen.createPattern(tile, 'repeat')!;
    pen.fillRect(0, 0, 16, 16);
  });
  return <canvas ref={canvas} aria-hidden="true" />;
}
