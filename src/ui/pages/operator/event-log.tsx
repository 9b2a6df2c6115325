// The last lines of the coordinator's own log, by level and by what they hold.
import { createEffect, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js';
import { LOG_LEVELS, type LogLevel, type LogLine, type LogView, OPERATOR_LIMITS } from '../../../protocol/api-operator.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { createPolled } from './create-polled.ts';
import { WORDS } from './words.ts';

const REFRESH_MS = 5_000;

export function EventLog(props: { readonly acts: number }): JSX.Element {
  const words = useWords(WORDS);
  const [level, setLevel] = createSignal<LogLevel>('info');
  const [contains, setContains] = createSignal('');
  const page = createPolled<LogView>(
    () => `/api/operator/log?level=${level()}&contains=${encodeURIComponent(contains())}&limit=100`,
    REFRESH_MS,
  );
  createEffect(on(() => props.acts, page.refresh, { defer: true }));
  return (
    <section class="card stack" aria-labelledby="log">
      <h2 id="log">{words().log.heading}</h2>
      <div class="log-filters">
        <div class="field">
          <label for="log-level">{words().log.level}</label>
          <select
            id="log-level"
            class="select"
            value={level()}
            onChange={(event) => setLevel(LOG_LEVELS.find((each) => each === event.currentTarget.value) ?? 'info')}
          >
            <For each={LOG_LEVELS}>{(each) => <option value={each}>{words().log.levels[each]}</option>}</For>
          </select>
        </div>
        <div class="field">
          <label for="log-contains">{words().log.contains}</label>
          <input
            id="log-contains"
            class="input"
            type="search"
            autocomplete="off"
            maxlength={OPERATOR_LIMITS.containsLetters}
            value={contains()}
            onInput={(event) => setContains(event.currentTarget.value)}
          />
        </div>
      </div>
      <Switch>
        <Match when={page.value()}>
          {(view) => (
            <>
              <Show when={view().lines.length > 0} fallback={<p class="muted">{words().log.none}</p>}>
                <section class="scroller log-lines" tabindex="0" aria-label={words().log.heading} lang="en">
                  <ol role="list">
                    <For each={view().lines}>{(line) => <Line line={line} />}</For>
                  </ol>
                </section>
              </Show>
              <p class="muted small">{words().log.kept(formatCount(view().kept))}</p>
            </>
          )}
        </Match>
        <Match when={page.fault()}>{(fault) => <Failed fault={fault()} onRetry={page.refresh} />}</Match>
        <Match when={true}>
          <Loading heights={[200]} label={words().log.loading} />
        </Match>
      </Switch>
    </section>
  );
}

function Line(props: { readonly line: LogLine }): JSX.Element {
  return (
    <li data-level={props.line.level}>
      <span class="muted">{props.line.time.slice(11, 19)}</span> <b>{props.line.level}</b> {props.line.sentence}{' '}
      <Show when={props.line.facts !== ''}>
        <span class="muted">{props.line.facts}</span>
      </Show>
    </li>
  );
}
