// An amount that counts up to its new value; at once where motion is unwelcome.
import { createEffect, createSignal, type JSX, on, onCleanup } from 'solid-js';
import type { MicroCredits } from '../../protocol/ids.ts';
import { isStill } from '../state/create-motion.ts';
import { formatAmount } from '../state/format.ts';

const COUNT_MS = 700;

export function CountingAmount(props: { readonly micro: MicroCredits; readonly class?: string }): JSX.Element {
  const [shown, setShown] = createSignal(props.micro);
  let frame = 0;
  createEffect(
    on(
      () => props.micro,
      (target) => {
        cancelAnimationFrame(frame);
        const from = shown();
        if (from === target || isStill()) {
          setShown(target);
          return;
        }
        const startedAtMs = performance.now();
        const step = (atMs: number): void => {
          const share = Math.min(1, Math.max(0, (atMs - startedAtMs) / COUNT_MS));
          const eased = 1 - (1 - share) ** 3;
          setShown(share === 1 ? target : from + BigInt(Math.round(Number(target - from) * eased)));
          if (share < 1) frame = requestAnimationFrame(step);
        };
        frame = requestAnimationFrame(step);
      },
      { defer: true },
    ),
  );
  onCleanup(() => cancelAnimationFrame(frame));
  return <span class={props.class}>{formatAmount(shown())}</span>;
}
