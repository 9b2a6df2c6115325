// What this device does right now, and when it does nothing, which rule or reason and when it is looked at again.
import { type JSX, Match, Show, Switch } from 'solid-js';
import type { RuleName } from '../../../contributor/state.ts';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { isContributing, isPaused } from '../../state/create-contributor-controls.ts';
import { describeState } from '../../state/describe-state.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

/** Rules that a person may set aside until their cause is over. */
const OVERRULABLE: readonly RuleName[] = ['outside-hours', 'data-cap', 'user-active'];

export function WhyLine(): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const nowMs = createClock();
  const snapshot = contributor.snapshot;
  const isOverrulable = () => OVERRULABLE.some((name) => name === snapshot().rule?.name);
  const state = () => describeState(snapshot(), nowMs());
  return (
    <div class="why" data-rule={snapshot().rule?.name}>
      <span class="dot" classList={{ 'is-live': state().tone === 'on' }} data-tone={state().tone} aria-hidden="true" />
      {/* Only the headline is read out: the sentence counts seconds. */}
      <strong role="status">{state().headline}</strong>
      <Show when={state().sentence}>
        <p>
          {state().sentence}
          <Show when={isContributing(snapshot()) && snapshot().counts.unsent > 0}> {words().why.unsent(snapshot().counts.unsent)}</Show>
        </p>
      </Show>
      <div class="act">
        <Switch>
          <Match when={snapshot().state.kind === 'other-tab'}>
            <button type="button" class="button is-small" onClick={() => void contributor.start()}>
              {words().why.useThisTab}
            </button>
          </Match>
          <Match when={isPaused(snapshot())}>
            <button type="button" class="button is-small" onClick={() => void contributor.resume()}>
              {words().why.resume}
            </button>
          </Match>
          <Match when={isOverrulable()}>
            <button type="button" class="button is-small" onClick={() => void contributor.resume()}>
              {words().why.anyway}
            </button>
          </Match>
          <Match when={snapshot().rule?.name === 'finishing'}>
            <button type="button" class="button is-small" onClick={() => void contributor.resume()}>
              {words().why.goOn}
            </button>
          </Match>
        </Switch>
      </div>
    </div>
  );
}
