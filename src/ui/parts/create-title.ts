// The title of the tab: what the page is, and while this device computes, how far it is.
import { createEffect, onCleanup } from 'solid-js';
import { useApp } from '../state/app-context.ts';
import { formatCount } from '../state/format.ts';

export function createTitle(title: () => string): void {
  const { contributor } = useApp();
  createEffect(() => {
    const { state, counts } = contributor.snapshot();
    const live = state.kind === 'working' ? `▶ ${formatCount(counts.verified)} · ` : '';
    document.title = `${live}${title()} · Ostraka`;
  });
  onCleanup(() => {
    document.title = 'Ostraka';
  });
}
