// Is the coordinator well, and does it hand out work? The one switch an operator has stands beside the answer.
import { For, type JSX, Show } from 'solid-js';
import type { OperatorView } from '../../../protocol/api-operator.ts';
import { createClock } from '../../state/create-clock.ts';
import { formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { AskedAct } from './act-dialog.tsx';
import { WORDS } from './words.ts';

export function HealthCard(props: {
  readonly view: OperatorView;
  readonly untilMs: number;
  readonly onAct: (act: AskedAct) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  const drain = (): void => {
    const { drain: said } = words().act;
    props.onAct({ path: '/api/operator/drain', ...said });
  };
  const undrain = (): void => {
    const { undrain: said } = words().act;
    props.onAct({ path: '/api/operator/undrain', ...said, word: null });
  };
  return (
    <section class="card stack" aria-labelledby="health">
      <div class="operator-head">
        <h2 id="health">
          {words().health.heading}{' '}
          <span class="badge" data-tone={props.view.health.status === 'ok' ? 'on' : 'wait'}>
            {words().health.status[props.view.health.status]}
          </span>
        </h2>
        <Show
          when={props.view.drained}
          fallback={
            <button type="button" class="button is-small" onClick={drain}>
              {words().health.drain}
            </button>
          }
        >
          <button type="button" class="button is-small is-main" onClick={undrain}>
            {words().health.undrain}
          </button>
        </Show>
      </div>
      <Show when={props.view.drained}>
        {(hold) => <p class="notice">{words().health.drained(formatMoment(hold().sinceMs, nowMs()), hold().reason)}</p>}
      </Show>
      <ul class="checks" role="list" lang="en">
        <For each={props.view.health.checks}>
          {(check) => (
            <li data-ok={check.ok}>
              <b>{check.name}</b> <span class="muted">{check.sentence}</span>
            </li>
          )}
        </For>
      </ul>
      <p class="muted small">{words().health.signedIn(formatMoment(props.untilMs, nowMs()))}</p>
    </section>
  );
}
