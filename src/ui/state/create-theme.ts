// Light, dark, or as the system says; one signal for the footer and Settings, remembered in this browser.
import { createSignal } from 'solid-js';
import { recall, remember } from './remember.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function parseTheme(value: unknown): Theme | null {
  return THEMES.find((theme) => theme === value) ?? null;
}

const [theme, setTheme] = createSignal<Theme>('auto');

/** Reactive. */
export { theme };

function wear(next: Theme): void {
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  setTheme(next);
}

/** Before the first drawing, so that nothing flashes. */
export function wearRememberedTheme(): void {
  wear(recall('theme', parseTheme) ?? 'auto');
}

export function chooseTheme(next: Theme): void {
  remember('theme', next);
  wear(next);
}
