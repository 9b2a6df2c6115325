// Bars under the top bar: offline, coordinator away, new version.
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import { useApp } from '../state/app-context.ts';
import { createClock } from '../state/create-clock.ts';
import { formatMoment } from '../state/format.ts';

export function StatusBars(): JSX.Element {
  return (
    <>
      <ReachBar />
      <UpdateBar />
    </>
  );
}

function ReachBar(): JSX.Element {
  const { network, contributor } = useApp();
  const nowMs = createClock();
  const unsent = () => {
    const { unsent: count } = contributor.snapshot().counts;
    return count === 0 ? '' : count === 1 ? ' One result waits here and is kept.' : ` ${count} results wait here and are kept.`;
  };
  const asOf = () => {
    const heardAtMs = network.heardAtMs();
    return heardAtMs === null ? '' : ` What you see is as of ${formatMoment(heardAtMs, nowMs())}.`;
  };
  const seconds = () => Math.max(0, Math.ceil(((network.retryAtMs() ?? 0) - nowMs()) / 1_000));
  return (
    <Switch>
      <Match when={network.reach() === 'offline'}>
        <div class="bar" role="status">
          <span>
            Offline. Work that is already here goes on.{unsent()}
            {asOf()}
          </span>
        </div>
      </Match>
      <Match when={network.reach() === 'down'}>
        <div class="bar" role="status">
          <span>
            The coordinator does not answer.{unsent()}
            {asOf()} <span aria-live="off">{seconds() > 0 ? `Next try in ${seconds()} s.` : 'Trying now.'}</span>
          </span>
          <button type="button" class="button is-small" onClick={network.refresh}>
            Try now
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
        <span>
          {isApplying() ? 'Letting the engine finish, then reloading…' : 'A new version is ready. Work in hand is handed back first.'}
        </span>
        <button type="button" class="button is-small" disabled={isApplying()} onClick={apply}>
          Update
        </button>
        <button type="button" class="button is-small is-quiet" disabled={isApplying()} onClick={() => setLater(true)}>
          Later
        </button>
      </div>
    </Show>
  );
}
