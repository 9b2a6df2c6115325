// Light, dark, or as the system says; remembered in this browser.
import { createSignal } from 'solid-js';
import { recall, remember } from './remember.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

function parseTheme(value: unknown): Theme | null {
  return THEMES.find((theme) => theme === value) ?? null;
}

function wear(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Before the first drawing, so that nothing flashes. */
export function wearRememberedTheme(): void {
  wear(recall('theme', parseTheme) ?? 'auto');
}

export function createTheme(): { readonly label: () => Theme; readonly next: () => void } {
  const [theme, setTheme] = createSignal<Theme>(recall('theme', parseTheme) ?? 'auto');
  return {
    label: theme,
    next() {
      const after = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]!;
      setTheme(after);
      remember('theme', after);
      wear(after);
    },
  };
}
