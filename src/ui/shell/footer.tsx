// The footer: whose network and which build, the quieter places, and how the app looks and speaks.
import { A } from '@solidjs/router';
import { createUniqueId, For, type JSX, Show } from 'solid-js';
import { useApp } from '../state/app-context.ts';
import { chooseTheme, parseTheme, THEMES, theme } from '../state/create-theme.ts';
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES, language, parseLanguage } from '../state/language.ts';
import { preloadWords } from '../state/words.ts';
import { UI_WORDS, uiWords } from '../words.ts';
import { OPERATOR_PLACE } from './places.ts';

export function Footer(props: { readonly onHelp: () => void }): JSX.Element {
  const { network, build, session } = useApp();
  const words = () => uiWords().shell;
  const isOperator = () => {
    const current = session.current();
    return current.kind === 'signed-in' && current.view.isOperator === true;
  };
  return (
    <footer class="footer">
      <span>{words().build(network.view()?.name ?? 'Ostraka', build)}</span>
      <span class="row">
        <Show when={isOperator()}>
          <A href={OPERATOR_PLACE.href}>{uiWords().places[OPERATOR_PLACE.href]}</A>
        </Show>
        <A href="/security">{words().security}</A>
        <button type="button" onClick={() => props.onHelp()}>
          {words().keys}
        </button>
        <ThemeChoice />
        <LanguageChoice />
      </span>
    </footer>
  );
}

function ThemeChoice(): JSX.Element {
  const id = createUniqueId();
  const words = () => uiWords().shell;
  return (
    <span class="choice">
      <label for={id}>{words().theme}</label>
      <select id={id} onChange={(event) => chooseTheme(parseTheme(event.currentTarget.value) ?? 'auto')}>
        <For each={THEMES}>
          {(each) => (
            <option value={each} selected={each === theme()}>
              {words().themes[each]}
            </option>
          )}
        </For>
      </select>
    </span>
  );
}

function LanguageChoice(): JSX.Element {
  const id = createUniqueId();
  const choose = async (value: string): Promise<void> => {
    const next = parseLanguage(value);
    if (!next) return;
    // Its words first, so that numbers and sentences change together.
    await preloadWords(UI_WORDS, next).catch(() => undefined);
    chooseLanguage(next);
  };
  return (
    <span class="choice">
      <label for={id}>{uiWords().shell.language}</label>
      <select id={id} onChange={(event) => void choose(event.currentTarget.value)}>
        <For each={LANGUAGES}>
          {(each) => (
            <option value={each} lang={each} selected={each === language()}>
              {LANGUAGE_NAMES[each]}
            </option>
          )}
        </For>
      </select>
    </span>
  );
}
