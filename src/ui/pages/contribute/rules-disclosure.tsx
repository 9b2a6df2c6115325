// The rules behind one line that says how many are on; their panel is fetched when it is first opened.
import { createSignal, type JSX, lazy, Show, Suspense } from 'solid-js';
import { Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const RulesPanel = lazy(() => import('../../parts/power/rules-panel.tsx').then((room) => ({ default: room.RulesPanel })));

export function RulesDisclosure(): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const [isOpen, setOpen] = createSignal(false);
  const count = () => {
    const { onlyWhenIdle, pauseOnBattery, hours, dataCap } = contributor.snapshot().settings;
    return [onlyWhenIdle.isOn, pauseOnBattery, hours.isOn, dataCap.isOn].filter(Boolean).length;
  };
  return (
    <details class="card rules-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {words().power.rules} <span class="muted">· {count() === 0 ? words().power.noRules : words().power.rulesOn(count())}</span>
      </summary>
      <Show when={isOpen()}>
        <Suspense fallback={<Loading heights={[40, 40, 40, 40]} label={words().power.loadingRules} />}>
          <RulesPanel />
        </Suspense>
      </Show>
    </details>
  );
}
