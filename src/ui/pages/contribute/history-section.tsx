// What came before: verified shards by day and hour, the streak, the team, what it cost in energy, and what was rejected.
import { A } from '@solidjs/router';
import { createEffect, createSignal, type JSX, Match, on, Show, Switch } from 'solid-js';
import type { HistoryView, ProfileView } from '../../../protocol/api-standing.ts';
import { readProfile } from '../../../requester/profile.ts';
import { readHistory } from '../../../requester/read-history.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { TimeChart } from '../../parts/time-chart.tsx';
import { useApp } from '../../state/app-context.ts';
import { sumBusy } from '../../state/busy-log.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { DEFAULT_ENERGY, estimateEnergy, parseEnergyChoice } from '../../state/estimate-energy.ts';
import { formatAmount, formatCount, formatDecimal, formatWork } from '../../state/format.ts';
import { recall } from '../../state/remember.ts';
import { readWords } from '../../state/words.ts';
import { HISTORY_WORDS } from './history-words.ts';
import { RejectionList } from './rejection-list.tsx';

const HISTORY_DAYS = 30;
/** While this device computes, so often is enough to see the bars grow. */
const REFRESH_AFTER_SHARDS = 25;

export function HistorySection(): JSX.Element {
  const { api, contributor } = useApp();
  const history = createAnswer((signal) => readHistory(api, HISTORY_DAYS, signal));
  const profile = createAnswer((signal) => readProfile(api, signal));
  const words = () => readWords(HISTORY_WORDS);
  const step = () => Math.floor((contributor.snapshot().counts.verified + REFRESH_AFTER_SHARDS - 1) / REFRESH_AFTER_SHARDS);
  createEffect(on(step, () => history.load(), { defer: true }));
  return (
    <section class="past" aria-label={words().history.title}>
      <section class="card stack" aria-labelledby="history">
        <h2 id="history">{words().history.title}</h2>
        <Switch>
          <Match when={history.value()}>{(view) => <History view={view()} />}</Match>
          <Match when={history.fault()}>{(fault) => <Failed fault={fault()} onRetry={history.load} />}</Match>
          <Match when={true}>
            <Loading heights={[32, 180, 48]} label={words().history.loading} />
          </Match>
        </Switch>
      </section>
      <Show when={profile.value()}>{(view) => <Team view={view()} />}</Show>
      <RejectionList />
    </section>
  );
}

function History(props: { readonly view: HistoryView }): JSX.Element {
  const words = () => readWords(HISTORY_WORDS).history;
  const [span, setSpan] = createSignal<'days' | 'hours'>('days');
  const points = () => props.view[span()];
  const totals = () => props.view.totals;
  return (
    <Show when={totals().verifiedShards > 0} fallback={<p class="muted">{words().empty}</p>}>
      <Streak view={props.view} />
      <fieldset class="segments">
        <legend class="sr">{words().span}</legend>
        <button type="button" aria-pressed={span() === 'days'} onClick={() => setSpan('days')}>
          {words().days}
        </button>
        <button type="button" aria-pressed={span() === 'hours'} onClick={() => setSpan('hours')}>
          {words().hours}
        </button>
      </fieldset>
      <TimeChart
        atMs={points().map(({ atMs }) => atMs)}
        series={[{ label: words().shards, values: points().map(({ verifiedShards }) => verifiedShards), tone: 'verified', kind: 'bars' }]}
        label={words().chart}
        format={formatCount}
      />
      <dl class="stats is-wide">
        <div>
          <dt>{words().totalShards}</dt>
          <dd class="number">{formatCount(totals().verifiedShards)}</dd>
        </div>
        <div>
          <dt>{words().totalCredit}</dt>
          <dd class="number">{formatAmount(totals().creditMicro)}</dd>
        </div>
        <div>
          <dt>{words().work}</dt>
          <dd class="number">{formatWork(totals().work)}</dd>
        </div>
        <div>
          <dt>{words().gpuAndCpu}</dt>
          <dd class="number">{[totals().gpuShards, totals().cpuShards, totals().phoneShards].map(formatCount).join(' · ')}</dd>
        </div>
      </dl>
      <Energy />
    </Show>
  );
}

function Streak(props: { readonly view: HistoryView }): JSX.Element {
  const words = () => readWords(HISTORY_WORDS).history;
  const streak = () => props.view.streak;
  return (
    <p>
      <Show when={streak().days > 0} fallback={<span class="muted">{words().noStreak}</span>}>
        <strong>{words().streak(streak().days)}</strong>{' '}
        <span class="muted">
          · {words().best(streak().bestDays)} · {streak().isTodayDone ? words().today : words().notToday}
        </span>
      </Show>
    </p>
  );
}

function Energy(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(HISTORY_WORDS).history;
  const choice = recall('energy', parseEnergyChoice) ?? DEFAULT_ENERGY;
  const estimate = () => estimateEnergy(choice, sumBusy(contributor.busy()));
  return <p class="small muted">{words().energy(formatDecimal(estimate().wattHours, 1), formatDecimal(estimate().cents / 100, 2))}</p>;
}

function Team(props: { readonly view: ProfileView }): JSX.Element {
  const words = () => readWords(HISTORY_WORDS).team;
  return (
    <section class="card team" aria-labelledby="team">
      <h2 id="team">{words().title}</h2>
      <Show
        when={props.view.team}
        fallback={
          <p>
            <span class="muted">{words().none}</span> <A href="/leaderboard?by=teams">{words().find}</A>
          </p>
        }
      >
        {(team) => (
          <p>
            <strong>{team().name}</strong> <span class="muted">· {words().members(team().members)}</span>{' '}
            <A href="/leaderboard?by=teams">{words().open}</A>
          </p>
        )}
      </Show>
    </section>
  );
}
