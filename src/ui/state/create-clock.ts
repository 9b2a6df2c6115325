// The time, once a second while somebody looks: for countdowns and "a minute ago".
import { type Accessor, createSignal, onCleanup } from 'solid-js';

const TICK_MS = 1_000;

export function createClock(): Accessor<number> {
  const [nowMs, setNowMs] = createSignal(Date.now());
  const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
  onCleanup(() => clearInterval(timer));
  return nowMs;
}
