// Credit of this session, counting up when the coordinator says that work was verified, never before.
import { createEffect, createSignal, type JSX, on, onCleanup, Show } from 'solid-js';
import { CountingAmount } from '../../parts/counting-amount.tsx';
import { useApp } from '../../state/app-context.ts';
import { formatAmount, formatCount } from '../../state/format.ts';

const GLOW_MS = 1_200;

export function Earnings(): JSX.Element {
  const { contributor } = useApp();
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
          credits verified in this session
          <Show when={snapshot().balanceMicro !== null}> · balance {formatAmount(snapshot().balanceMicro ?? 0n)}</Show>
        </span>
      </p>
      <dl class="stats">
        <Stat label="Shards computed" value={counts().computed} />
        <Stat label="Verified" value={counts().verified} tone="verified" />
        <Stat label="Vote still open" value={counts().waiting} />
        <Stat label="Outvoted" value={counts().outvoted} tone={counts().outvoted > 0 ? 'disputed' : undefined} />
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
