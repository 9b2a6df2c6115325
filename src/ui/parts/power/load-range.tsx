// A slider for a share of an engine: it follows the finger at once and sets when it is let go.
import { createEffect, createSignal, createUniqueId, type JSX } from 'solid-js';

const STEP_PERCENT = 5;

export function LoadRange(props: {
  readonly label: string;
  readonly share: number;
  readonly isOff: boolean;
  readonly valueText: (percent: number) => string;
  readonly onSet: (share: number) => void;
}): JSX.Element {
  const id = createUniqueId();
  let range!: HTMLInputElement;
  const [dragged, setDragged] = createSignal<number | null>(null);
  const percent = () => dragged() ?? Math.round(props.share * 100);
  createEffect(() => {
    range.value = String(percent());
    range.style.setProperty('--share', String((percent() - STEP_PERCENT) / (100 - STEP_PERCENT)));
  });
  return (
    <div class="load">
      <label class="sr" for={id}>
        {props.label}
      </label>
      <input
        id={id}
        class="range"
        type="range"
        min={STEP_PERCENT}
        max="100"
        step={STEP_PERCENT}
        ref={range}
        disabled={props.isOff}
        aria-valuetext={props.valueText(percent())}
        onInput={(event) => setDragged(event.currentTarget.valueAsNumber)}
        onChange={(event) => {
          // Before the finger is forgotten: the slider would jump back first.
          props.onSet(event.currentTarget.valueAsNumber / 100);
          setDragged(null);
        }}
      />
      <output for={id} class="number">
        {percent()} %
      </output>
    </div>
  );
}
