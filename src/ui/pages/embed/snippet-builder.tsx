// The snippet with its few options, and the two lines that a strict policy needs.
import { A } from '@solidjs/router';
import { createUniqueId, For, type JSX } from 'solid-js';
import type { SiteView } from '../../../protocol/api-sites.ts';
import { useApp } from '../../state/app-context.ts';
import { useWords } from '../../state/words.ts';
import { MAX_PERCENT, MIN_PERCENT, makePolicyLines, makeSnippet, type SnippetOptions } from './make-snippet.ts';
import { WORDS } from './words.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
const LANGS = ['', 'en', 'de'] as const;

export function SnippetBuilder(props: {
  readonly site: SiteView;
  readonly options: SnippetOptions;
  readonly onOptions: (options: SnippetOptions) => void;
}): JSX.Element {
  const { api, toasts } = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const snippet = () => makeSnippet(api.origin, props.site.id, props.options);
  const change = (part: Partial<SnippetOptions>): void => props.onOptions({ ...props.options, ...part });
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(snippet());
      toasts.show(words().snippet.copied);
    } catch {
      toasts.show(words().snippet.notCopied);
    }
  };
  return (
    <section class="card stack snippet-card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{words().snippet.title}</h2>
      <pre class="snippet">
        <code>{snippet()}</code>
      </pre>
      <div>
        <button type="button" class="button is-main" onClick={() => void copy()}>
          {words().snippet.copy}
        </button>
      </div>
      <div class="snippet-options">
        <div class="field">
          <label for={`${id}-theme`}>{words().snippet.theme}</label>
          <select
            id={`${id}-theme`}
            class="select"
            onChange={(event) => change({ theme: THEMES.find((theme) => theme === event.currentTarget.value) ?? 'auto' })}
          >
            <For each={THEMES}>
              {(theme) => (
                <option value={theme} selected={theme === props.options.theme}>
                  {words().snippet.themes[theme]}
                </option>
              )}
            </For>
          </select>
        </div>
        <div class="field">
          <label for={`${id}-lang`}>{words().snippet.lang}</label>
          <select
            id={`${id}-lang`}
            class="select"
            onChange={(event) => change({ lang: LANGS.find((lang) => lang === event.currentTarget.value) ?? '' })}
          >
            <For each={LANGS}>
              {(lang) => (
                <option value={lang} selected={lang === props.options.lang}>
                  {words().snippet.langs[lang === '' ? 'browser' : lang]}
                </option>
              )}
            </For>
          </select>
        </div>
        <div class="field">
          <label for={`${id}-most`}>
            {words().snippet.most} <output class="number">{props.options.percent} %</output>
          </label>
          <input
            id={`${id}-most`}
            class="range"
            type="range"
            min={MIN_PERCENT}
            max={MAX_PERCENT}
            step="5"
            value={props.options.percent}
            ref={(input) => input.style.setProperty('--share', '1')}
            onInput={(event) => {
              const percent = Number(event.currentTarget.value);
              event.currentTarget.style.setProperty('--share', String((percent - MIN_PERCENT) / (MAX_PERCENT - MIN_PERCENT)));
              change({ percent });
            }}
          />
        </div>
      </div>
      <p class="muted small">{words().snippet.mostHint(props.options.percent)}</p>
      <details>
        <summary>{words().snippet.policy}</summary>
        <pre class="snippet">
          <code>{makePolicyLines(api.origin)}</code>
        </pre>
        <p class="muted small">
          {words().snippet.policyNone} <A href="/security">{words().snippet.security}</A>
        </p>
      </details>
    </section>
  );
}
