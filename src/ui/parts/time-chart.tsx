// Figures over time: a canvas drawn in the colours of the page, a legend that reads the moment under the pointer, and the same as a table.
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import '../styles/time-chart.css';
import { formatClock, formatDay } from '../state/format.ts';
import { language } from '../state/language.ts';
import { readWords } from '../state/words.ts';
import type { ChartCanvas } from './chart/draw-chart.ts';
import { pickRows } from './chart/pick-rows.ts';
import { WORDS } from './chart/words.ts';

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly tone: 'clay' | 'verified' | 'disputed' | 'muted';
  readonly kind: 'line' | 'bars';
}

export interface TimeChartProps {
  /** Ascending, in milliseconds; each series has a value for each. */
  readonly atMs: readonly number[];
  readonly series: readonly ChartSeries[];
  /** What the chart shows, for its heading and for those who cannot see it. */
  readonly label: string;
  readonly format: (value: number) => string;
  readonly heightPx?: number;
}

const HEIGHT_PX = 180;

export function TimeChart(props: TimeChartProps): JSX.Element {
  const words = () => readWords(WORDS);
  const [readAt, setReadAt] = createSignal<number | null>(null);
  const shownAt = () => Math.min(readAt() ?? Number.POSITIVE_INFINITY, props.atMs.length - 1);
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-label">{props.label}</span>
        <span class="chart-moment muted number">{props.atMs.length > 0 ? formatMoment(props.atMs, shownAt()) : ''}</span>
      </figcaption>
      <Legend series={props.series} at={shownAt()} format={props.format} />
      <Canvas chart={props} onRead={setReadAt} />
      <Show when={props.atMs.length > 0} fallback={<p class="muted small">{words().empty}</p>}>
        <Table chart={props} />
      </Show>
    </figure>
  );
}

function Legend(props: {
  readonly series: readonly ChartSeries[];
  readonly at: number;
  readonly format: (value: number) => string;
}): JSX.Element {
  return (
    <ul class="chart-legend" role="list">
      <For each={props.series}>
        {(line) => (
          <li data-tone={line.tone} data-kind={line.kind}>
            <span class="swatch" aria-hidden="true" />
            {line.label} <b class="number">{formatValue(line.values[props.at], props.format)}</b>
          </li>
        )}
      </For>
    </ul>
  );
}

/** uPlot and what it needs come when the first chart is on a page. */
function Canvas(props: { readonly chart: TimeChartProps; readonly onRead: (at: number | null) => void }): JSX.Element {
  const words = () => readWords(WORDS);
  let place!: HTMLDivElement;
  const [canvas, setCanvas] = createSignal<ChartCanvas | null>(null);
  const height = () => props.chart.heightPx ?? HEIGHT_PX;
  // before the canvas is there its room is, so that nothing below it jumps
  createEffect(() => place.style.setProperty('--height', `${height()}px`));
  onMount(() => {
    let isGone = false;
    onCleanup(() => {
      isGone = true;
      canvas()?.destroy();
    });
    void import('./chart/draw-chart.ts').then(({ createChartCanvas }) => {
      if (!isGone) setCanvas(createChartCanvas(place, { height: height(), onRead: props.onRead }));
    });
  });
  createEffect(() => {
    language();
    canvas()?.draw({ atMs: props.chart.atMs, series: props.chart.series, format: props.chart.format });
  });
  const summary = createMemo(() => {
    const lines = props.chart.series.map(({ label, values }) => summarise(label, values));
    return `${props.chart.label}. ${lines.filter((line) => line !== null).join(' ')}`;
  });
  function summarise(label: string, values: readonly (number | null)[]): string | null {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return null;
    const { format } = props.chart;
    return words().summary(label, format(Math.min(...known)), format(Math.max(...known)), format(known.at(-1)!));
  }
  return <div class="chart-canvas" ref={place} role="img" aria-label={summary()} />;
}

/** Made only once somebody asks for it. */
function Table(props: { readonly chart: TimeChartProps }): JSX.Element {
  const words = () => readWords(WORDS);
  const [isOpen, setOpen] = createSignal(false);
  const rows = createMemo(on([isOpen, () => props.chart.atMs], ([open, atMs]) => (open ? pickRows(atMs.length) : [])));
  return (
    <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words().asTable}</summary>
      <section class="scroller" tabindex="0" aria-label={props.chart.label}>
        <table class="table">
          <thead>
            <tr>
              <th>{words().when}</th>
              <For each={props.chart.series}>{({ label }) => <th class="n">{label}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {(at) => (
                <tr>
                  <td class="number">{formatMoment(props.chart.atMs, at)}</td>
                  <For each={props.chart.series}>{({ values }) => <td class="n">{formatValue(values[at], props.chart.format)}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
    </details>
  );
}

const DAY_MS = 86_400_000;

/** Within two days the time of day says it, beyond them the day. */
function formatMoment(atMs: readonly number[], at: number): string {
  return (atMs.at(-1)! - atMs[0]! <= 2 * DAY_MS ? formatClock : formatDay)(atMs[at]!);
}

function formatValue(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}
