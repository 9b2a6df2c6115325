// A labelled field with its hint and, when it was refused, the sentence that says why.
import { createUniqueId, type JSX, Show } from 'solid-js';

export interface FieldControl {
  readonly id: string;
  /** For aria-describedby. */
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
}

export function Field(props: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly refusal?: string | null;
  readonly class?: string;
  readonly children: (control: FieldControl) => JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  const control: FieldControl = {
    id,
    get describedBy() {
      return [props.hint ? `${id}-hint` : '', props.refusal ? `${id}-refusal` : ''].filter(Boolean).join(' ') || undefined;
    },
    get isInvalid() {
      return Boolean(props.refusal);
    },
  };
  return (
    <div class={`field ${props.class ?? ''}`}>
      <label for={id}>{props.label}</label>
      {props.children(control)}
      <Show when={props.hint}>
        <span class="hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      </Show>
      <Refusal id={`${id}-refusal`} sentence={props.refusal ?? null} />
    </div>
  );
}

export function Refusal(props: { readonly id?: string; readonly sentence: string | null }): JSX.Element {
  return (
    <Show when={props.sentence}>
      <p class="refusal" id={props.id} role="alert">
        <span>{props.sentence}</span>
      </p>
    </Show>
  );
}
