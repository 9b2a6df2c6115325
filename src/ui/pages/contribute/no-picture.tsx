// Where the picture will be, while there is none: bare tesserae, why, and the way on.
import { A } from '@solidjs/router';
import { type JSX, Match, Switch } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function NoPicture(props: {
  readonly isLoading: boolean;
  readonly fault: FaultBody | null;
  readonly onRetry: () => void;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <Switch>
      <Match when={props.isLoading}>
        <div class="stack late" role="status" aria-label={words().picture.loading}>
          <div class="skeleton bare" />
        </div>
      </Match>
      <Match when={props.fault}>
        {(fault) => (
          <div class="bare is-empty">
            <p>
              {words().picture.failed} <span lang="en">{fault().sentence}</span>
            </p>
            <button type="button" class="button" onClick={() => props.onRetry()}>
              {words().picture.retry}
            </button>
          </div>
        )}
      </Match>
      <Match when={true}>
        <div class="bare is-empty">
          <p>{words().picture.none}</p>
          <A href="/jobs/new" class="button">
            {words().picture.newJob}
          </A>
        </div>
      </Match>
    </Switch>
  );
}
