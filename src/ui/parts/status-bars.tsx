// Bars under the top bar: offline, coordinator away, new version.
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import { useApp } from '../state/app-context.ts';
import { createClock } from '../state/create-clock.ts';
import { formatMoment } from '../state/format.ts';
import { uiWords } from '../words.ts';

export function StatusBars(): JSX.Element {
  return (
    <>
      <ReachBar />
      <UpdateBar />
    </>
  );
}

const words = () => uiWords().bars;

function ReachBar(): JSX.Element {
  const { network, contributor } = useApp();
  const nowMs = createClock();
  const unsent = () => {
    const { unsent: count } = contributor.snapshot().counts;
    return count === 0 ? '' : ` ${words().unsent(count)}`;
  };
  const asOf = () => {
    const heardAtMs = network.heardAtMs();
    return heardAtMs === null ? '' : ` ${words().asOf(formatMoment(heardAtMs, nowMs()))}`;
  };
  const seconds = () => Math.max(0, Math.ceil(((network.retryAtMs() ?? 0) - nowMs()) / 1_000));
  return (
    <Switch>
      <Match when={network.reach() === 'offline'}>
        <div class="bar" role="status">
          <span>
            {words().offline}
            {unsent()}
            {asOf()}
          </span>
        </div>
      </Match>
      <Match when={network.reach() === 'down'}>
        <div class="bar" role="status">
          <span>
            {words().down}
            {unsent()}
            {asOf()} <span aria-live="off">{seconds() > 0 ? words().nextTry(seconds()) : words().trying}</span>
          </span>
          <button type="button" class="button is-small" onClick={network.refresh}>
            {words().tryNow}
          </button>
        </div>
      </Match>
    </Switch>
  );
}

function UpdateBar(): JSX.Element {
  const { update } = useApp();
  const [isLater, setLater] = createSignal(false);
  const [isApplying, setApplying] = createSignal(false);
  const apply = (): void => {
    setApplying(true);
    void update.apply();
  };
  return (
    <Show when={update.isReady() && !isLater()}>
      <div class="bar is-quiet" role="status">
        <span>{isApplying() ? words().updating : words().update}</span>
        <button type="button" class="button is-small" disabled={isApplying()} onClick={apply}>
          {words().apply}
        </button>
        <button type="button" class="button is-small is-quiet" disabled={isApplying()} onClick={() => setLater(true)}>
          {words().later}
        </button>
      </div>
    </Show>
  );
}
