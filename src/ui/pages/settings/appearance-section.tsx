// Colours, motion and language, each as the system says until somebody chooses.
import { createUniqueId, For, type JSX } from 'solid-js';
import { chooseMotion, MOTIONS, motion } from '../../state/create-motion.ts';
import { chooseTheme, THEMES, theme } from '../../state/create-theme.ts';
import { chooseLanguage, chosenLanguage, LANGUAGE_NAMES, LANGUAGES, language } from '../../state/language.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function AppearanceSection(): JSX.Element {
  const words = useWords(WORDS);
  const id = createUniqueId();
  /** Read again when the language changes, which is when the choice does. */
  const chosen = () => {
    language();
    return chosenLanguage() ?? 'auto';
  };
  return (
    <div class="fields">
      <div class="field">
        <label for={`${id}-theme`}>{words().appearance.theme}</label>
        <select
          id={`${id}-theme`}
          class="select"
          value={theme()}
          onChange={(event) => chooseTheme(THEMES.find((name) => name === event.currentTarget.value) ?? 'auto')}
        >
          <For each={THEMES}>{(name) => <option value={name}>{words().appearance.themes[name]}</option>}</For>
        </select>
      </div>
      <div class="field">
        <label for={`${id}-motion`}>{words().appearance.motion}</label>
        <select
          id={`${id}-motion`}
          class="select"
          value={motion()}
          onChange={(event) => chooseMotion(MOTIONS.find((name) => name === event.currentTarget.value) ?? 'auto')}
        >
          <For each={MOTIONS}>{(name) => <option value={name}>{words().appearance.motions[name]}</option>}</For>
        </select>
      </div>
      <div class="field">
        <label for={`${id}-language`}>{words().appearance.language}</label>
        <select
          id={`${id}-language`}
          class="select"
          value={chosen()}
          onChange={(event) => chooseLanguage(LANGUAGES.find((name) => name === event.currentTarget.value) ?? null)}
        >
          <option value="auto">{words().appearance.languageAuto}</option>
          <For each={LANGUAGES}>
            {(name) => (
              <option value={name} lang={name}>
                {LANGUAGE_NAMES[name]}
              </option>
            )}
          </For>
        </select>
      </div>
    </div>
  );
}
