// What the engine does, on every page; one click pauses it.
import { type JSX, Show } from 'solid-js';
import { useApp } from '../state/app-context.ts';
import { isContributing, isPaused } from '../state/create-contributor-controls.ts';
import { describeState } from '../state/describe-state.ts';
import { formatAmount } from '../state/format.ts';
import { uiWords } from '../words.ts';

export function EnginePill(): JSX.Element {
  const { contributor } = useApp();
  const words = () => describeState(contributor.snapshot(), 0);
  const verb = () => {
    const snapshot = contributor.snapshot();
    const { pill } = uiWords();
    if (!isContributing(snapshot)) return pill.press;
    return isPaused(snapshot) ? pill.resume : pill.pause;
  };
  return (
    <button
      type="button"
      class="pill"
      title={verb()}
      disabled={contributor.snapshot().state.kind === 'insecure'}
      onClick={() => void contributor.togglePause()}
    >
      <span class="dot" classList={{ 'is-live': words().tone === 'on' }} data-tone={words().tone} aria-hidden="true" />
      <span>{words().brief}</span>
      <Show when={contributor.snapshot().creditedMicro > 0n}>
        <span class="amount number">+{formatAmount(contributor.snapshot().creditedMicro, 2)}</span>
      </Show>
      <span class="sr">. {verb()}</span>
    </button>
  );
}
