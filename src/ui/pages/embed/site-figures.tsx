// What happens at a site: now, and over thirty days; counts of pages and presses, with no visitor in them.
import { createMemo, type JSX, Show } from 'solid-js';
import { SITE_FIGURES_DAYS, type SiteDay, type SiteView, WIDGET_MINUTE_MS } from '../../../protocol/api-sites.ts';
import { TimeChart } from '../../parts/time-chart.tsx';
import { createClock } from '../../state/create-clock.ts';
import { formatAgo, formatAmount, formatCount, formatPercent } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const DAY_MS = 86_400_000;

export function SiteLive(props: { readonly site: SiteView }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  const isActive = () => props.site.activeAtMs !== null && nowMs() - props.site.activeAtMs < 2 * WIDGET_MINUTE_MS;
  const isJustAgreed = () => props.site.agreedAtMs !== null && nowMs() - props.site.agreedAtMs < WIDGET_MINUTE_MS;
  const isLive = () => isActive() || isJustAgreed();
  return (
    <section class="card live" aria-labelledby="live" data-live={isLive()}>
      <h2 id="live">{words().live.title}</h2>
      <Show when={props.site.viewedAtMs} fallback={<p class="muted">{words().live.waiting}</p>}>
        {(viewedAtMs) => (
          <p class="row">
            <span class="badge" data-tone={isLive() ? 'live' : undefined}>
              {isLive() ? words().live.active : words().live.quiet}
            </span>
            <span class="muted">
              {words().live.seen(formatAgo(viewedAtMs(), nowMs()))}
              <Show when={props.site.agreedAtMs}>{(agreedAtMs) => <>, {words().live.agreed(formatAgo(agreedAtMs(), nowMs()))}</>}</Show>
            </span>
          </p>
        )}
      </Show>
      <p class="sr" role="status">
        {isLive() ? words().live.active : ''}
      </p>
    </section>
  );
}

export function SiteFigures(props: { readonly site: SiteView }): JSX.Element {
  const words = useWords(WORDS);
  const sum = (pick: (day: SiteDay) => number) => props.site.days.reduce((total, day) => total + pick(day), 0);
  const views = () => sum((day) => day.views);
  const agreed = () => sum((day) => day.agreed);
  const answers = () => agreed() + sum((day) => day.declined);
  return (
    <section class="card stack" aria-labelledby="figures">
      <h2 id="figures">{words().figures.title}</h2>
      <dl class="stats">
        <Figure label={words().figures.views} value={formatCount(views())} />
        <Figure label={words().figures.agreed} value={formatCount(agreed())} />
        <Figure label={words().figures.rate} value={answers() === 0 ? '–' : formatPercent(agreed() / Math.max(views(), agreed()))} />
        <Figure label={words().figures.minutes} value={formatCount(sum((day) => day.minutes))} />
        <Figure label={words().figures.held} value={formatAmount(props.site.held)} />
        <Figure label={words().figures.released} value={formatAmount(props.site.released)} />
        <Figure label={words().figures.blocked} value={formatCount(sum((day) => day.blocked))} />
      </dl>
      <Show when={props.site.days.length > 0} fallback={<p class="muted">{words().figures.none}</p>}>
        <DayChart days={props.site.days} />
        <p class="muted small">{words().figures.blockedHint}</p>
      </Show>
    </section>
  );
}

function Figure(props: { readonly label: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd class="number">{props.value}</dd>
    </div>
  );
}

function DayChart(props: { readonly days: readonly SiteDay[] }): JSX.Element {
  const words = useWords(WORDS);
  const today = Math.floor(Date.now() / DAY_MS);
  const shown = Array.from({ length: SITE_FIGURES_DAYS }, (_, at) => today - SITE_FIGURES_DAYS + 1 + at);
  const of = createMemo(() => new Map(props.days.map((day) => [day.day, day])));
  return (
    <TimeChart
      label={words().figures.chart}
      atMs={shown.map((day) => day * DAY_MS)}
      format={formatCount}
      heightPx={140}
      series={[
        { label: words().figures.views, values: shown.map((day) => of().get(day)?.views ?? 0), tone: 'muted', kind: 'bars' },
        { label: words().figures.agreed, values: shown.map((day) => of().get(day)?.agreed ?? 0), tone: 'clay', kind: 'line' },
      ]}
    />
  );
}
