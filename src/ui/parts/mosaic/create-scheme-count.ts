// A number that changes when colours do: canvases do not follow a style sheet by themselves.
import { type Accessor, createSignal, onCleanup } from 'solid-js';

export function createSchemeCount(): Accessor<number> {
  const [count, setCount] = createSignal(0);
  const raise = (): void => void setCount((before) => before + 1);
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(raise);
  system.addEventListener('change', raise);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  onCleanup(() => {
    system.removeEventListener('change', raise);
    chosen.disconnect();
  });
  return count;
}
