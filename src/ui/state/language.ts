// The language that people read here: chosen in Settings, else the browser's; one signal for words, numbers and dates alike.
import { createSignal } from 'solid-js';
import { forget, recall, remember } from './remember.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
/** As each calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export function parseLanguage(value: unknown): Language | null {
  return LANGUAGES.find((language) => language === value) ?? null;
}

/** The first wish that we speak; English when there is none. */
export function pickLanguage(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const spoken = parseLanguage(wish.split('-')[0]?.toLowerCase());
    if (spoken) return spoken;
  }
  return 'en';
}

const [language, setLanguage] = createSignal<Language>('en');

/** Reactive. */
export { language };

/** Null until somebody chose: then the browser's wish counts. */
export function chosenLanguage(): Language | null {
  return recall('language', parseLanguage);
}

/** Before the first drawing, and when the choice changes. */
export function wearLanguage(wishes: readonly string[] = navigator.languages): void {
  const next = chosenLanguage() ?? pickLanguage(wishes);
  document.documentElement.lang = next;
  setLanguage(next);
}

/** Null: as the browser says. */
export function chooseLanguage(choice: Language | null): void {
  if (choice === null) forget('language');
  else remember('language', choice);
  wearLanguage();
}
