// How to tell each browser that this tab is not to be put to sleep.
import type { JSX } from 'solid-js';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function AliveSection(): JSX.Element {
  const words = useWords(WORDS);
  return (
    <>
      <p>{words().alive.sentence}</p>
      <ul class="plain-list">
        <li>{words().alive.chrome}</li>
        <li>{words().alive.edge}</li>
        <li>{words().alive.firefox}</li>
        <li>{words().alive.safari}</li>
      </ul>
      <p class="muted">{words().alive.lost}</p>
    </>
  );
}
