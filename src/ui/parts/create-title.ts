// The title of the tab (what the page is, and while this device computes, how far it is) and the page's sentence for search engines.
import { createEffect, onCleanup } from 'solid-js';
import { useApp } from '../state/app-context.ts';
import { formatCount } from '../state/format.ts';
import { uiWords } from '../words.ts';

export function createTitle(title: () => string, description: () => string = () => uiWords().shell.description): void {
  const { contributor } = useApp();
  createEffect(() => {
    const { state, counts } = contributor.snapshot();
    const live = state.kind === 'working' ? `▶ ${formatCount(counts.verified)} · ` : '';
    document.title = `${live}${title()} · Ostraka`;
  });
  createEffect(() => describePage(description()));
  onCleanup(() => {
    document.title = 'Ostraka';
    describePage(uiWords().shell.description);
  });
}

function describePage(sentence: string): void {
  document.querySelector<HTMLMetaElement>('meta[name="description"]')?.setAttribute('content', sentence);
}
