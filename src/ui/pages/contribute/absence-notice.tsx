// After the browser or the machine slept: how long, and that what was earned is safe.
import { A } from '@solidjs/router';
import { createSignal, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { readWords } from '../../state/words.ts';
import { RUN_WORDS } from './run-words.ts';

export function AbsenceNotice(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(RUN_WORDS);
  const [readUntilMs, setReadUntil] = createSignal(0);
  const absence = () => {
    const found = contributor.snapshot().absence;
    return found && found.toMs > readUntilMs() ? found : null;
  };
  return (
    <Show when={absence()}>
      {(found) => (
        <div class="notice is-plain" role="status">
          <p>{words().absence.sentence(found())}</p>
          <div class="row">
            <Show when={found().kind !== 'asleep'}>
              <A href="/settings#alive" class="small">
                {words().absence.tip}
              </A>
            </Show>
            <button type="button" class="button is-small is-quiet" onClick={() => setReadUntil(found().toMs)}>
              {words().absence.dismiss}
            </button>
          </div>
        </div>
      )}
    </Show>
  );
}
