// One input that is uploaded: its binding, its file, and how to be rid of it.
import { createEffect, createSignal, type JSX, on, Show } from 'solid-js';
import { describeFault } from '../../state/describe-fault.ts';
import { formatBytes } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { InputRow } from './create-inputs.ts';
import { Field } from './field.tsx';
import { WORDS } from './words.ts';

export function InputFile(props: {
  readonly row: InputRow;
  /** What the coordinator says against it. */
  readonly refusal: string | null;
  /** Throws when there cannot be such a name. */
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const [refusal, setRefusal] = createSignal<string | null>(null);
  // The rows move up when one is removed; what was said belongs to its name.
  createEffect(
    on(
      () => props.row.name,
      () => setRefusal(null),
      { defer: true },
    ),
  );
  const rename = (field: HTMLInputElement): void => {
    try {
      props.onRename(field.value.trim());
      setRefusal(null);
    } catch (error) {
      setRefusal(`${describeFault(error).sentence} ${words().inputs.stillNamed(props.row.name)}`);
      field.value = props.row.name;
    }
  };
  return (
    <li class="input-row" data-name={props.row.name}>
      <Field label={words().inputs.binding} refusal={refusal() ?? props.refusal}>
        {(field) => (
          <input
            id={field.id}
            class="input mono"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            aria-invalid={field.isInvalid}
            aria-describedby={field.describedBy}
            value={props.row.name}
            onChange={(event) => rename(event.currentTarget)}
          />
        )}
      </Field>
      <div class="what">
        <Show when={props.row.upload} fallback={<span class="muted">{words().inputs.typed}</span>}>
          {(upload) => (
            <>
              <span class="name">{upload().file}</span>
              <span class="muted number">{formatBytes(upload().bytes)}</span>
            </>
          )}
        </Show>
      </div>
      <button type="button" class="button is-small is-quiet" onClick={() => props.onRemove()}>
        {words().inputs.remove} <span class="sr">{props.row.name}</span>
      </button>
      <p class="digest muted">
        SHA-256 <code>{props.row.digest}</code>
      </p>
    </li>
  );
}
