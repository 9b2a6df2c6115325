// The states that every page has besides being full: loading, empty, failed. One component each.
import { For, type JSX, Show } from 'solid-js';
import type { FaultBody } from '../../protocol/fault.ts';
import { uiWords } from '../words.ts';

/** Bones of the real layout; seen only when loading takes longer than a blink. */
export function Loading(props: { readonly heights: readonly number[]; readonly label: string }): JSX.Element {
  return (
    <div class="stack late" role="status" aria-label={props.label}>
      <For each={props.heights}>{(height) => <div class="skeleton" ref={(bone) => bone.style.setProperty('height', `${height}px`)} />}</For>
    </div>
  );
}

export function Empty(props: { readonly title: string; readonly sentence: string; readonly children?: JSX.Element }): JSX.Element {
  return (
    <div class="state">
      <Sherds />
      <h2>{props.title}</h2>
      <p>{props.sentence}</p>
      {props.children}
    </div>
  );
}

export function Failed(props: { readonly fault: FaultBody; readonly safe?: string; readonly onRetry?: () => void }): JSX.Element {
  return (
    <div class="state" role="alert">
      <Sherds />
      <h2>{uiWords().states.failed}</h2>
      <p>
        <span lang="en">{props.fault.sentence}</span> {props.safe}
      </p>
      <Show when={props.onRetry}>
        {(retry) => (
          <button type="button" class="button is-main" onClick={() => retry()()}>
            {uiWords().states.retry}
          </button>
        )}
      </Show>
      <span class="code">{props.fault.code}</span>
    </div>
  );
}

/** Three sherds that do not yet fit together. */
function Sherds(): JSX.Element {
  return (
    <svg viewBox="0 0 88 88" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" aria-hidden="true" class="muted">
      <path d="M10 30 40 14l8 14-6 14-26 8z M13 38l30-13" />
      <path d="M54 16l22 10-2 22-18 4-8-12 7-12z M56 27l19 7" />
      <path d="M20 58l24-8 14 8-4 16-22 4-12-10z M21 64l35 0" />
    </svg>
  );
}
