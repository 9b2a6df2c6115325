// The top bar: the places that fit, More for the rest, and at the end the engine, Settings and the account.
import { A, useLocation } from '@solidjs/router';
import { createEffect, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import { EnginePill } from '../parts/engine-pill.tsx';
import { Icon } from '../parts/icons.tsx';
import { useApp } from '../state/app-context.ts';
import { language } from '../state/language.ts';
import { uiWords } from '../words.ts';
import { MoreMenu } from './more-menu.tsx';
import { countFitting, isCurrent, type Place, SETTINGS_PLACE, TOP_PLACES } from './places.ts';

export function TopBar(): JSX.Element {
  return (
    <header class="topbar">
      <a class="brand" href="/" aria-label={uiWords().shell.home}>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>Ostraka</span>
      </a>
      <Places />
      <div class="end">
        <EnginePill />
        <SettingsLink />
        <AccountChip />
      </div>
    </header>
  );
}

/** "More" and its arrow, in both languages. */
const MORE_WIDTH_PX = 88;

/** Where the words are as wide as the language makes them, what fits is measured and not guessed from the window. */
function Places(): JSX.Element {
  let nav!: HTMLElement;
  let ruler!: HTMLDivElement;
  const [fitting, setFitting] = createSignal(TOP_PLACES.length);
  const measure = (): void => {
    if (nav.clientWidth === 0) return;
    const gap = Number.parseFloat(getComputedStyle(nav).columnGap) || 0;
    const widths = [...ruler.children].map((word) => word.getBoundingClientRect().width + gap);
    setFitting(countFitting(widths, nav.clientWidth, MORE_WIDTH_PX));
  };
  onMount(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(nav);
    onCleanup(() => observer.disconnect());
    // Other words are as wide as they are once their font is there.
    void document.fonts.ready.then(measure);
  });
  createEffect(on(language, () => queueMicrotask(measure), { defer: true }));
  return (
    <nav class="topnav" aria-label={uiWords().shell.pages} ref={nav}>
      {/* Measured here and never on what is seen: a menu that is open must not be taken away to see what fits. */}
      <div class="ruler" aria-hidden="true" ref={ruler}>
        <For each={TOP_PLACES}>{({ href }) => <span>{uiWords().places[href]}</span>}</For>
      </div>
      <For each={TOP_PLACES.slice(0, fitting())}>{(place) => <PlaceLink place={place} />}</For>
      <Show when={fitting() < TOP_PLACES.length}>
        <MoreMenu places={TOP_PLACES.slice(fitting())} class="more-button">
          {uiWords().shell.more}
        </MoreMenu>
      </Show>
    </nav>
  );
}

function PlaceLink(props: { readonly place: Place }): JSX.Element {
  const location = useLocation();
  const href = () => props.place.href;
  return (
    <A href={href()} end activeClass="" inactiveClass="" aria-current={isCurrent(location.pathname, href()) ? 'page' : undefined}>
      {uiWords().places[href()]}
    </A>
  );
}

function SettingsLink(): JSX.Element {
  const location = useLocation();
  const name = () => uiWords().places[SETTINGS_PLACE.href];
  return (
    <A
      href={SETTINGS_PLACE.href}
      class="pill is-round settings-link"
      activeClass=""
      inactiveClass=""
      aria-label={name()}
      title={name()}
      aria-current={isCurrent(location.pathname, SETTINGS_PLACE.href) ? 'page' : undefined}
    >
      <Icon name={SETTINGS_PLACE.icon} size={18} />
    </A>
  );
}

function AccountChip(): JSX.Element {
  const { session } = useApp();
  const location = useLocation();
  const known = () => {
    const current = session.current();
    return current.kind === 'signed-in' ? current.view.account.name : null;
  };
  return (
    <A
      href="/account"
      class="pill account-link"
      activeClass=""
      inactiveClass=""
      aria-label={known() === null ? uiWords().places['/account'] : uiWords().shell.accountOf(known() ?? '')}
      aria-current={isCurrent(location.pathname, '/account') ? 'page' : undefined}
    >
      <Icon name="account" size={18} />
      <span class="account-chip">{known() ?? uiWords().places['/account']}</span>
    </A>
  );
}
