// How much of this device may be used: presets, and each engine by itself.
import type { JSX } from 'solid-js';
import { readWords } from '../../state/words.ts';
import { EngineRows } from './engine-rows.tsx';
import { PresetBar } from './preset-bar.tsx';
import { POWER_WORDS } from './words.ts';

export function PowerPanel(): JSX.Element {
  const words = () => readWords(POWER_WORDS).power;
  return (
    <section class="card stack power" aria-labelledby="power">
      <h2 id="power">{words().title}</h2>
      <PresetBar label={words().presets} nameOf={(name) => words().preset(name)} />
      <EngineRows />
    </section>
  );
}
