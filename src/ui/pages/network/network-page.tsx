// Network: what the coordinator counts of itself, for everyone; live while somebody looks.
import { type JSX, Match, Show, Switch } from 'solid-js';
import '../../styles/network.css';
import type { NetworkNow } from '../../../protocol/api-network.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { formatCount, formatDuration, formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { createLiveFigures, type LiveFigures } from './create-live-figures.ts';
import { DeviceTable } from './device-table.tsx';
import { FigureGrid } from './figure-grid.tsx';
import { LookUp } from './look-up.tsx';
import { NetworkCharts } from './network-charts.tsx';
import { ShardTicker } from './shard-ticker.tsx';
import { WireShare } from './wire-share.tsx';
import { WORDS } from './words.ts';

export function NetworkPage(): JSX.Element {
  const words = useWords(WORDS);
  const { api } = useApp();
  createTitle(
    () => words().title,
    () => words().description,
  );
  const figures = createLiveFigures(api);
  return (
    <>
      <PageHead title={words().title} lead={words().lead}>
        <Show when={figures.live()}>{(live) => <Freshness figures={figures} atMs={live().now.atMs} />}</Show>
      </PageHead>
      <Switch>
        <Match when={figures.live()}>
          {(live) => (
            <div class="network">
              <StatusStrip now={live().now} />
              <FigureGrid now={live().now} />
              <NetworkCharts />
              <div class="network-halves">
                <ShardTicker recent={live().recent} />
                <div class="stack">
                  <WireShare wires={live().now.transports} />
                  <LookUp receiptKey={live().now.coordinator.receiptKey} />
                </div>
              </div>
              <DeviceTable />
            </div>
          )}
        </Match>
        <Match when={figures.fault()}>{(fault) => <Failed fault={fault()} onRetry={figures.retry} />}</Match>
        <Match when={true}>
          <Loading heights={[56, 180, 320, 320]} label={words().loading} />
        </Match>
      </Switch>
    </>
  );
}

/** What stands still says since when. */
function Freshness(props: { readonly figures: LiveFigures; readonly atMs: number }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  return (
    <Show
      when={props.figures.isFlowing()}
      fallback={<span class="badge">{words().asOf(formatMoment(props.figures.heardAtMs() ?? props.atMs, nowMs()))}</span>}
    >
      <span class="badge live-badge" data-tone="on">
        {words().live}
      </span>
    </Show>
  );
}

function StatusStrip(props: { readonly now: NetworkNow }): JSX.Element {
  const words = useWords(WORDS);
  const coordinator = () => props.now.coordinator;
  return (
    <p class="status-strip">
      <b>{coordinator().name}</b>
      <span class="badge" data-tone={coordinator().status === 'ok' ? 'on' : 'wait'}>
        {words().status[coordinator().status]}
      </span>
      <span class="muted">{words().build(coordinator().build, formatCount(coordinator().epoch))}</span>
      <span class="muted">{words().up(formatDuration(coordinator().upMs / 1_000))}</span>
      <Show when={coordinator().others > 0}>
        <span class="muted">{words().others(formatCount(coordinator().others))}</span>
      </Show>
    </p>
  );
}
