// Three ready-made answers to how much of this device is lent.
import { createMemo, For, type JSX } from 'solid-js';
import { PRESET_NAMES, PRESETS, type PresetName, presetOf } from '../../../contributor/presets.ts';
import { useApp } from '../../state/app-context.ts';

/** Its words are the page's, so that the first page need not fetch this room's table. */
export function PresetBar(props: { readonly label: string; readonly nameOf: (preset: PresetName) => string }): JSX.Element {
  const { contributor } = useApp();
  const chosen = createMemo(() => presetOf(contributor.snapshot().settings));
  return (
    <fieldset class="segments">
      <legend class="sr">{props.label}</legend>
      <For each={PRESET_NAMES}>
        {(name) => (
          <button type="button" aria-pressed={chosen() === name} onClick={() => void contributor.setSettings(PRESETS[name])}>
            {props.nameOf(name)}
          </button>
        )}
      </For>
    </fieldset>
  );
}
