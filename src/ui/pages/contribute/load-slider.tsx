// How much of this device may be used.
import { createEffect, createSignal, For, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';

const PRESETS = [
  { label: 'Gentle', share: 0.2 },
  { label: 'Balanced', share: 0.5 },
  { label: 'Full', share: 1 },
] as const;
const STEP_PERCENT = 5;

export function LoadSlider(): JSX.Element {
  const { contributor } = useApp();
  let range!: HTMLInputElement;
  const [dragged, setDragged] = createSignal<number | null>(null);
  const settings = () => contributor.snapshot().settings;
  const percent = () => dragged() ?? Math.round(settings().share * 100);
  createEffect(() => {
    range.value = String(percent());
    range.style.setProperty('--share', String((percent() - STEP_PERCENT) / (100 - STEP_PERCENT)));
  });
  const apply = (share: number): void => {
    setDragged(null);
    void contributor.setSettings({ share });
  };
  return (
    <div class="field">
      <div class="load-head">
        <label for="load">Load</label>
        <output for="load" class="number">
          {percent()} %
        </output>
      </div>
      <input
        id="load"
        class="range"
        type="range"
        min={STEP_PERCENT}
        max="100"
        step={STEP_PERCENT}
        ref={range}
        aria-valuetext={`${percent()} percent of this device`}
        onInput={(event) => setDragged(event.currentTarget.valueAsNumber)}
        onChange={(event) => apply(event.currentTarget.valueAsNumber / 100)}
      />
      <div class="row">
        <div class="segments">
          <For each={PRESETS}>
            {({ label, share }) => (
              <button type="button" aria-pressed={percent() === share * 100} onClick={() => apply(share)}>
                {label}
              </button>
            )}
          </For>
        </div>
        <ThreadPicker />
      </div>
    </div>
  );
}

/** A GPU runs one shard at a time; a CPU as many as it has threads for. */
function ThreadPicker(): JSX.Element {
  const { contributor } = useApp();
  const settings = () => contributor.snapshot().settings;
  const maxThreads = Math.max(1, navigator.hardwareConcurrency || 1);
  return (
    <Show when={contributor.snapshot().engine?.kind === 'cpu' && maxThreads > 1}>
      <label class="row small muted">
        Threads
        <select
          class="select"
          value={Math.min(settings().threads, maxThreads)}
          onChange={(event) => void contributor.setSettings({ threads: Number(event.currentTarget.value) })}
        >
          <For each={Array.from({ length: maxThreads }, (_, index) => index + 1)}>{(count) => <option value={count}>{count}</option>}</For>
        </select>
      </label>
    </Show>
  );
}
