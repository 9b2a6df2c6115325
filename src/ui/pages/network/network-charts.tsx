// Charts of the last day, week or month, from the samples that the coordinator takes each minute.
import { createEffect, createSignal, For, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import type { SamplesView } from '../../../protocol/api-network.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { TimeChart } from '../../parts/time-chart.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount, formatDecimal } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const SPANS = [
  { id: 'day', hours: 24 },
  { id: 'week', hours: 24 * 7 },
  { id: 'month', hours: 24 * 30 },
] as const;
type SpanId = (typeof SPANS)[number]['id'];
const REFRESH_MS = 60_000;
const HOUR_MS = 3_600_000;

export function NetworkCharts(): JSX.Element {
  const words = useWords(WORDS);
  const [span, setSpan] = createSignal<SpanId>('day');
  const samples = createSamples(() => SPANS.find(({ id }) => id === span())!.hours);
  return (
    <section class="card stack" aria-labelledby="charts">
      <div class="chart-head">
        <h2 id="charts">{words().charts.heading}</h2>
        <fieldset class="segments">
          <legend class="sr">{words().charts.spanLegend}</legend>
          <For each={SPANS}>
            {({ id }) => (
              <button type="button" aria-pressed={span() === id} onClick={() => setSpan(id)}>
                {words().charts.spans[id]}
              </button>
            )}
          </For>
        </fieldset>
      </div>
      <Switch>
        <Match when={samples.view()}>
          {(view) => (
            <Show when={view().atMs.length > 0} fallback={<p class="muted">{words().charts.none}</p>}>
              <Charts view={view()} />
            </Show>
          )}
        </Match>
        <Match when={samples.fault()}>{(fault) => <Failed fault={fault()} onRetry={samples.refresh} />}</Match>
        <Match when={true}>
          <Loading heights={[240]} label={words().charts.loading} />
        </Match>
      </Switch>
    </section>
  );
}

function Charts(props: { readonly view: SamplesView }): JSX.Element {
  const words = useWords(WORDS);
  const step = () => {
    const { stepMs } = props.view;
    return stepMs < HOUR_MS ? words().charts.minutes(formatCount(stepMs / 60_000)) : words().charts.hours(formatCount(stepMs / HOUR_MS));
  };
  return (
    <div class="charts">
      <TimeChart
        atMs={props.view.atMs}
        label={words().charts.verifiedLabel(step())}
        format={formatCount}
        series={[{ label: words().charts.verified, values: props.view.series.shardsFinal, tone: 'verified', kind: 'bars' }]}
      />
      <TimeChart
        atMs={props.view.atMs}
        label={words().charts.devices}
        format={formatLevel}
        series={[
          { label: words().charts.gpus, values: props.view.series.gpus, tone: 'clay', kind: 'line' },
          { label: words().charts.cpus, values: props.view.series.cpus, tone: 'muted', kind: 'line' },
        ]}
      />
      <TimeChart
        atMs={props.view.atMs}
        label={words().charts.outvoted}
        format={formatCount}
        series={[{ label: words().charts.outvoted, values: props.view.series.votesOutvoted, tone: 'disputed', kind: 'bars' }]}
      />
      <TimeChart
        atMs={props.view.atMs}
        label={words().charts.jobs}
        format={formatLevel}
        series={[{ label: words().charts.jobs, values: props.view.series.jobs, tone: 'clay', kind: 'line' }]}
      />
    </div>
  );
}

/** A mean of several minutes need not be whole. */
function formatLevel(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : formatDecimal(value, 1);
}

function createSamples(hours: () => number) {
  const { api } = useApp();
  const [view, setView] = createSignal<SamplesView | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  let stop = new AbortController();
  const load = async (signal: AbortSignal): Promise<void> => {
    try {
      const next = await api.readJson<SamplesView>(`/api/network/samples?hours=${hours()}`, { signal });
      if (signal.aborted) return;
      setView(next);
      setFault(null);
    } catch (error) {
      // what is drawn stays while the coordinator is away
      if (!signal.aborted) setFault(describeFault(error));
    }
  };
  const refresh = (): void => {
    stop.abort();
    stop = new AbortController();
    void load(stop.signal);
  };
  createEffect(on(hours, refresh));
  const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH_MS);
  onCleanup(() => {
    clearInterval(timer);
    stop.abort();
  });
  return { view, fault, refresh };
}
