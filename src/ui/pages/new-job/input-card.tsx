// The files that a blank job reads: one row for each, one for each binding that still wants one, and one to type a name into.
import { createEffect, createMemo, createSignal, For, Index, type JSX, on, Show } from 'solid-js';
import { JOB_LIMITS } from '../../../protocol/parse-job-spec.ts';
import { useWords } from '../../state/words.ts';
import type { DraftState } from './create-draft-state.ts';
import { createInputs } from './create-inputs.ts';
import { findInput } from './find-field.ts';
import { InputFile } from './input-file.tsx';
import { InputPicker } from './input-picker.tsx';
import { WORDS } from './words.ts';

export function InputCard(props: { readonly state: DraftState }): JSX.Element {
  const words = useWords(WORDS);
  const inputs = createInputs(props.state);
  const [isAdding, setAdding] = createSignal(false);
  const [news, setNews] = createSignal('');
  const refused = createMemo(() => {
    const fault = props.state.refusal();
    return fault ? findInput(fault) : null;
  });
  let card!: HTMLElement;
  let adder: HTMLButtonElement | undefined;
  // What had the focus may be gone with its row; it goes on where the row went.
  const moveFocus = (place: () => HTMLElement | null | undefined): void => {
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) (place() ?? card.querySelector<HTMLElement>('button, input'))?.focus();
    });
  };
  const added = (name: string): void => {
    setNews(words().inputs.uploaded(name));
    moveFocus(() => card.querySelector<HTMLElement>(`[data-name="${name}"] button`));
  };
  const removed = (name: string): void => {
    // What was said against it goes with it.
    if (refused() === name) props.state.refuse(null);
    inputs.remove(name);
    setNews(words().inputs.removed(name));
    moveFocus(() => adder);
  };
  createEffect(
    on(
      () => props.state.draft().source,
      () => setAdding(false),
      { defer: true },
    ),
  );
  return (
    <section class="card stack" aria-labelledby="inputs" ref={card}>
      <h2 id="inputs">{words().inputs.title}</h2>
      <p class="small muted">{words().inputs.about}</p>
      <Show when={inputs.rows().length + inputs.wanted().length > 0 || isAdding()}>
        <ul class="inputs" role="list">
          <Index each={inputs.rows()}>
            {(row) => (
              <InputFile
                row={row()}
                refusal={refused() === row().name ? (props.state.refusal()?.sentence ?? null) : null}
                onRename={(name) => inputs.rename(row().name, name)}
                onRemove={() => removed(row().name)}
              />
            )}
          </Index>
          <For each={inputs.wanted()}>{(name) => <InputPicker name={name} onFile={inputs.add} onAdded={added} onClose={null} />}</For>
          <Show when={isAdding()}>
            <InputPicker
              name=""
              onFile={inputs.add}
              onAdded={(name) => {
                setAdding(false);
                added(name);
              }}
              onClose={() => {
                setAdding(false);
                moveFocus(() => adder);
              }}
            />
          </Show>
        </ul>
      </Show>
      <Show when={!isAdding() && inputs.rows().length < JOB_LIMITS.inputs}>
        <div class="row">
          <button type="button" class="button is-small" ref={adder} onClick={() => setAdding(true)}>
            {words().inputs.add}
          </button>
          <Show when={inputs.rows().length + inputs.wanted().length === 0}>
            <span class="small muted">
              {words().inputs.none} <code class="mono">var&lt;storage, read&gt;</code> {words().inputs.noneThen}
            </span>
          </Show>
        </div>
      </Show>
      <p class="sr" role="status">
        {news()}
      </p>
    </section>
  );
}
