// What this device does right now, and when it does nothing, why.
import { type JSX, Match, Show, Switch } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { isContributing, isPaused } from '../../state/create-contributor-controls.ts';
import { describeState } from '../../state/describe-state.ts';

export function WhyLine(): JSX.Element {
  const { contributor } = useApp();
  const nowMs = createClock();
  const snapshot = contributor.snapshot;
  const words = () => describeState(snapshot(), nowMs());
  return (
    <div class="why">
      <span class="dot" classList={{ 'is-live': words().tone === 'on' }} data-tone={words().tone} aria-hidden="true" />
      <div class="row">
        {/* Only the headline is read out: the sentence counts seconds. */}
        <strong role="status">{words().headline}</strong>
        <Switch>
          <Match when={snapshot().state.kind === 'other-tab'}>
            <button type="button" class="button is-small" onClick={() => void contributor.start()}>
              Use this tab
            </button>
          </Match>
          <Match when={isPaused(snapshot())}>
            <button type="button" class="button is-small" onClick={() => void contributor.togglePause()}>
              Resume
            </button>
          </Match>
        </Switch>
      </div>
      <Show when={words().sentence}>
        <p>
          {words().sentence}
          <Show when={isContributing(snapshot()) && snapshot().counts.unsent > 0}>
            {' '}
            {snapshot().counts.unsent === 1 ? 'One result waits' : `${snapshot().counts.unsent} results wait`} to be sent.
          </Show>
        </p>
      </Show>
    </div>
  );
}
