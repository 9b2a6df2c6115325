// A switch with its name, and what it says about itself.
import { createUniqueId, type JSX, Show } from 'solid-js';

export function SwitchRow(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly hint?: string | undefined;
  readonly children?: JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="switch-row" data-on={props.isOn}>
      <div class="switch-head">
        <label for={id}>{props.label}</label>
        {props.children}
        <input
          id={id}
          class="toggle"
          type="checkbox"
          role="switch"
          checked={props.isOn}
          aria-checked={props.isOn}
          aria-describedby={props.hint ? `${id}-hint` : undefined}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
      </div>
      <Show when={props.hint}>
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      </Show>
    </div>
  );
}
