// How much of this device is lent, in three steps; each engine by itself behind one line, which opens when it has something to show.
import { createSignal, type JSX, lazy, Show, Suspense } from 'solid-js';
import { Loading } from '../../parts/page-state.tsx';
import { PresetBar } from '../../parts/power/preset-bar.tsx';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const EngineRows = lazy(() => import('../../parts/power/engine-rows.tsx').then((room) => ({ default: room.EngineRows })));

export function PowerCard(props: { readonly isRunning: boolean }): JSX.Element {
  const words = useWords(WORDS);
  const [isOpen, setOpen] = createSignal(false);
  return (
    <section class="card stack power" aria-labelledby="power">
      <h2 id="power">{words().power.title}</h2>
      <PresetBar label={words().power.presets} nameOf={(name) => words().power.preset(name)} />
      <details open={props.isRunning} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{words().power.details}</summary>
        <Show when={isOpen()}>
          <Suspense fallback={<Loading heights={[52, 88]} label={words().power.loading} />}>
            <EngineRows />
          </Suspense>
        </Show>
      </details>
    </section>
  );
}
