// Draws a chart with uPlot in the colours that the page wears, and again whenever those or its width change.
import UPlot, { type AlignedData, type Options, type Series } from 'uplot';
import { formatClock, formatDay } from '../../state/format.ts';
import type { ChartSeries } from '../time-chart.tsx';

export interface ChartFigures {
  readonly atMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
}

export interface ChartCanvas {
  draw(figures: ChartFigures): void;
  destroy(): void;
}

const DAY_MS = 86_400_000;
const BAR_SHARE = 0.7;
const BAR_PX = 40;
const AXIS_PX = 28;
const FONT_PX = 12;
/** Room for the digits of the tallest label. */
const DIGIT_PX = 7;
const WHOLE_STEPS = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

export function createChartCanvas(
  place: HTMLElement,
  { height, onRead }: { readonly height: number; readonly onRead: (at: number | null) => void },
): ChartCanvas {
  let plot: UPlot | null = null;
  let last: ChartFigures | null = null;

  const draw = (figures: ChartFigures): void => {
    const isSame = last !== null && isAlike(last, figures);
    last = figures;
    const data = [figures.atMs, ...figures.series.map(({ values }) => values)] as unknown as AlignedData;
    if (plot !== null && isSame) return plot.setData(data);
    plot?.destroy();
    plot = null;
    const width = place.clientWidth;
    if (figures.atMs.length === 0 || width === 0) return;
    const look: Look = { width, height, colours: readColours(place), onRead };
    plot = new UPlot(
      makeOptions(() => last ?? figures, look),
      data,
      place,
    );
  };
  const again = (): void => {
    const figures = last;
    last = null;
    if (figures) draw(figures);
  };
  const sizes = new ResizeObserver(() => {
    if (plot === null) again();
    else if (place.clientWidth !== plot.width && place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height });
  });
  sizes.observe(place);
  const themes = new MutationObserver(again);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', again);
  return {
    draw,
    destroy() {
      plot?.destroy();
      sizes.disconnect();
      themes.disconnect();
      scheme.removeEventListener('change', again);
    },
  };
}

type Colours = Readonly<Record<ChartSeries['tone'] | 'line', string>>;

/** light-dark() stays unresolved in a plain custom property, so each colour is worn once and read back. */
function readColours(place: HTMLElement): Colours {
  const probe = document.createElement('span');
  place.append(probe);
  const read = (name: string): string => {
    probe.style.setProperty('color', `var(--${name})`);
    return getComputedStyle(probe).color;
  };
  const colours: Colours = {
    clay: read('clay'),
    verified: read('verified'),
    disputed: read('disputed'),
    muted: read('muted'),
    line: read('line'),
  };
  probe.remove();
  return colours;
}

interface Look {
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
  readonly onRead: (at: number | null) => void;
}

/** The same lines with other figures. */
function isAlike(one: ChartFigures, other: ChartFigures): boolean {
  const name = ({ series }: ChartFigures): string => series.map(({ label, tone, kind }) => `${label} ${tone} ${kind}`).join();
  return other.atMs.length > 0 && name(one) === name(other);
}

function makeOptions(figures: () => ChartFigures, { width, height, colours, onRead }: Look): Options {
  const axis = { stroke: colours.muted, font: `${FONT_PX}px ${getComputedStyle(document.body).fontFamily}`, ticks: { show: false } };
  return {
    width,
    height,
    ms: 1,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { range: () => spanMoments(figures()) }, y: { range: () => spanValues(figures()) } },
    axes: [
      { ...axis, size: AXIS_PX, space: 64, grid: { show: false }, values: (_plot, splits) => labelMoments(splits) },
      {
        ...axis,
        grid: { stroke: colours.line, width: 1 },
        space: 32,
        ...(isWhole(figures()) ? { incrs: WHOLE_STEPS } : {}),
        size: (_plot, values) => 14 + DIGIT_PX * Math.max(1, ...(values ?? []).map((text) => text.length)),
        values: (_plot, splits) => splits.map((value) => figures().format(value)),
      },
    ],
    series: [{}, ...figures().series.map((line) => makeSeries(line, colours[line.tone]))],
    hooks: { setCursor: [(plot) => onRead(isPointedAt(plot) ? (plot.cursor.idx ?? null) : null)] },
  };
}

/** Bars stand around their moment and need half a step of room. */
function spanMoments({ atMs, series }: ChartFigures): [number, number] {
  const [from, to] = [atMs[0] ?? 0, atMs.at(-1) ?? 0];
  const step = atMs.length > 1 ? atMs[1]! - from : DAY_MS;
  if (series.some(({ kind }) => kind === 'bars')) return [from - step / 2, to + step / 2];
  return [from, to === from ? from + step : to];
}

/** Half a shard is never marked. */
function isWhole({ series }: ChartFigures): boolean {
  return series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)));
}

/** From zero: a share of a share must not look like a cliff. */
function spanValues({ series }: ChartFigures): [number, number] {
  const top = Math.max(0, ...series.map(({ values }) => values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)));
  return [0, top > 0 ? top * 1.08 : 1];
}

function isPointedAt({ cursor }: UPlot): boolean {
  return (cursor.left ?? -1) >= 0;
}

function makeSeries({ kind, label }: ChartSeries, colour: string): Series {
  if (kind === 'line') return { label, stroke: colour, width: 2, points: { show: false }, spanGaps: false };
  const bars = UPlot.paths.bars?.({ size: [BAR_SHARE, BAR_PX], radius: 0.2 });
  return { label, fill: colour, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) };
}

/** Midnight is told by its day. */
function labelMoments(splits: readonly number[]): string[] {
  const isByDay = (splits[1] ?? 0) - (splits[0] ?? 0) >= DAY_MS;
  return splits.map((atMs) => {
    const at = new Date(atMs);
    return (isByDay || (at.getHours() === 0 && at.getMinutes() === 0) ? formatDay : formatClock)(atMs);
  });
}
