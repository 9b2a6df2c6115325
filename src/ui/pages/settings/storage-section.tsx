// What is kept in this browser, and clearing of it what can be fetched again.
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { createAnswer } from '../../state/create-answer.ts';
import { formatBytes, formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { clearCache, readStoredHere, type StoredHere } from './stored-here.ts';
import { WORDS } from './words.ts';

export function StorageSection(): JSX.Element {
  const words = useWords(WORDS);
  const stored = createAnswer(readStoredHere);
  return (
    <Switch>
      <Match when={stored.value()}>{(view) => <Stored view={view()} onChange={stored.load} />}</Match>
      <Match when={stored.fault()}>{(fault) => <Failed fault={fault()} onRetry={stored.load} />}</Match>
      <Match when={true}>
        <Loading heights={[24, 24, 44]} label={words().sections.storage} />
      </Match>
    </Switch>
  );
}

function Stored(props: { readonly view: StoredHere; readonly onChange: () => void }): JSX.Element {
  const words = useWords(WORDS);
  const [said, setSaid] = createSignal('');
  const clear = async (): Promise<void> => {
    await clearCache();
    setSaid(words().storage.cleared);
    props.onChange();
  };
  const persist = async (): Promise<void> => {
    const isGranted = await navigator.storage.persist();
    setSaid(isGranted ? words().storage.persisted : words().storage.refused);
    props.onChange();
  };
  return (
    <>
      <p>
        <Show when={props.view.usedBytes !== null && props.view.roomBytes !== null} fallback={words().storage.unknown}>
          {words().storage.used(formatBytes(props.view.usedBytes ?? 0), formatBytes(props.view.roomBytes ?? 0))}
        </Show>{' '}
        {props.view.isPersisted ? words().storage.persisted : words().storage.notPersisted}
      </p>
      <p>
        {words().storage.cache(formatCount(props.view.cachedBlobs), formatBytes(props.view.cachedBytes))}{' '}
        {words().storage.results(props.view.keptResults)}
      </p>
      <div class="row">
        <button type="button" class="button is-small" onClick={() => void clear()}>
          {words().storage.clear}
        </button>
        <Show when={!props.view.isPersisted}>
          <button type="button" class="button is-small is-quiet" onClick={() => void persist()}>
            {words().storage.persist}
          </button>
        </Show>
      </div>
      <p role="status" class="small">
        {said()}
      </p>
    </>
  );
}
