// Credit of this session, counting up when the coordinator says that work was verified, never before; and what an hour of it brings.
import { createEffect, createSignal, type JSX, on, onCleanup, Show } from 'solid-js';
import { CountingAmount } from '../../parts/counting-amount.tsx';
import { useApp } from '../../state/app-context.ts';
import { formatAmount, formatCount } from '../../state/format.ts';
import { readWords } from '../../state/words.ts';
import { RUN_WORDS } from './run-words.ts';

const GLOW_MS = 1_200;

export function Earnings(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(RUN_WORDS);
  const snapshot = contributor.snapshot;
  const [isUp, setUp] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(
      () => snapshot().creditedMicro,
      (credited, before) => {
        if (before === undefined || credited <= before) return;
        setUp(true);
        clearTimeout(timer);
        timer = setTimeout(() => setUp(false), GLOW_MS);
      },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  const counts = () => snapshot().counts;
  return (
    <div class="stack">
      <p class="earned">
        <span class="big" classList={{ 'is-up': isUp() }}>
          <CountingAmount micro={snapshot().creditedMicro} />
        </span>
        <span class="muted">
          {words().earned.unit}
          <Show when={snapshot().balanceMicro !== null}> · {words().earned.balance(formatAmount(snapshot().balanceMicro ?? 0n))}</Show>
          <Show when={contributor.hourly()}>
            {(hour) => (
              <span class="hourly number">{words().earned.hourly(formatAmount(hour().lowMicro), formatAmount(hour().highMicro))}</span>
            )}
          </Show>
        </span>
      </p>
      <dl class="stats">
        <Stat label={words().earned.computed} value={counts().computed} />
        <Stat label={words().earned.verified} value={counts().verified} tone="verified" />
        <Stat label={words().earned.waiting} value={counts().waiting} />
        <Stat label={words().earned.outvoted} value={counts().outvoted} tone={counts().outvoted > 0 ? 'disputed' : undefined} />
      </dl>
    </div>
  );
}

function Stat(props: { readonly label: string; readonly value: number; readonly tone?: 'verified' | 'disputed' | undefined }): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd class={`number ${props.tone ?? ''}`}>{formatCount(props.value)}</dd>
    </div>
  );
}
