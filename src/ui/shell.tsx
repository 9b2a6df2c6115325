// What stands around every page: skip link, bars, top bar, bottom nav, toasts, the list of keys.
import { A, type RouteSectionProps, useLocation, useNavigate } from '@solidjs/router';
import { createEffect, createSignal, For, type JSX, on, Suspense } from 'solid-js';
import { Dialog } from './parts/dialog.tsx';
import { EnginePill } from './parts/engine-pill.tsx';
import { Icon, type IconName } from './parts/icons.tsx';
import { Loading } from './parts/page-state.tsx';
import { StatusBars } from './parts/status-bars.tsx';
import { useApp } from './state/app-context.ts';
import { createShortcuts, SHORTCUTS } from './state/create-shortcuts.ts';
import { createTheme } from './state/create-theme.ts';

const PLACES: readonly { readonly href: string; readonly label: string; readonly icon: IconName; readonly isExact: boolean }[] = [
  { href: '/', label: 'Contribute', icon: 'contribute', isExact: true },
  { href: '/jobs', label: 'Jobs', icon: 'jobs', isExact: false },
  { href: '/jobs/new', label: 'New job', icon: 'plus', isExact: true },
  { href: '/account', label: 'Account', icon: 'account', isExact: true },
];

export function Shell(props: RouteSectionProps): JSX.Element {
  const { contributor } = useApp();
  const location = useLocation();
  const navigate = useNavigate();
  const [isHelpOpen, setHelpOpen] = createSignal(false);
  let main!: HTMLElement;
  createShortcuts({ go: navigate, togglePause: () => void contributor.togglePause(), showHelp: () => setHelpOpen(true) });
  // After a change of page, reading goes on at its beginning.
  createEffect(
    on(
      () => location.pathname,
      () => main.focus({ preventScroll: true }),
      { defer: true },
    ),
  );
  return (
    <>
      {/* External to the router, which would take it for a change of page. */}
      <a class="skip" href="#main" rel="external">
        Skip to the page
      </a>
      <TopBar />
      <StatusBars />
      <main class="page" id="main" tabindex="-1" ref={main}>
        <Suspense fallback={<Loading heights={[56, 24, 420]} label="Loading the page" />}>{props.children}</Suspense>
      </main>
      <Footer onHelp={() => setHelpOpen(true)} />
      <BottomNav />
      <Toasts />
      <Dialog isOpen={isHelpOpen()} title="Keys" onClose={() => setHelpOpen(false)}>
        <dl class="keys">
          <For each={SHORTCUTS}>
            {({ keys, label }) => (
              <>
                <dt>
                  <For each={keys}>{(key) => <kbd>{key}</kbd>}</For>
                </dt>
                <dd>{label}</dd>
              </>
            )}
          </For>
        </dl>
        <div class="actions">
          <button type="button" class="button" onClick={() => setHelpOpen(false)}>
            Close
          </button>
        </div>
      </Dialog>
    </>
  );
}

/** "Jobs" is current on every job, but not on the form for a new one. */
function isCurrent(path: string, place: (typeof PLACES)[number]): boolean {
  if (place.isExact) return path === place.href;
  return path === place.href || (path.startsWith(`${place.href}/`) && path !== '/jobs/new');
}

function TopBar(): JSX.Element {
  const location = useLocation();
  return (
    <header class="topbar">
      <a class="brand" href="/" aria-label="Ostraka, home">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>Ostraka</span>
      </a>
      <nav class="topnav" aria-label="Pages">
        <For each={PLACES.slice(0, 3)}>
          {(place) => (
            <A
              href={place.href}
              end
              activeClass=""
              inactiveClass=""
              aria-current={isCurrent(location.pathname, place) ? 'page' : undefined}
            >
              {place.label}
            </A>
          )}
        </For>
      </nav>
      <div class="end">
        <EnginePill />
        <AccountChip />
      </div>
    </header>
  );
}

function AccountChip(): JSX.Element {
  const { session } = useApp();
  const name = () => {
    const current = session.current();
    return current.kind === 'signed-in' ? current.view.account.name : 'Account';
  };
  return (
    <A href="/account" class="pill" aria-label={name() === 'Account' ? 'Account' : `Account ${name()}`}>
      <Icon name="account" size={18} />
      <span class="account-chip">{name()}</span>
    </A>
  );
}

function BottomNav(): JSX.Element {
  const location = useLocation();
  return (
    <nav class="bottomnav" aria-label="Pages">
      <For each={PLACES}>
        {(place) => (
          <A href={place.href} end activeClass="" inactiveClass="" aria-current={isCurrent(location.pathname, place) ? 'page' : undefined}>
            <Icon name={place.icon} />
            {place.label}
          </A>
        )}
      </For>
    </nav>
  );
}

function Footer(props: { readonly onHelp: () => void }): JSX.Element {
  const { network, build } = useApp();
  const theme = createTheme();
  return (
    <footer class="footer">
      <span>
        {network.view()?.name ?? 'Ostraka'} · build {build}
      </span>
      <span class="row">
        <button type="button" onClick={theme.next}>
          Appearance: {theme.label()}
        </button>
        <button type="button" onClick={() => props.onHelp()}>
          Keys
        </button>
      </span>
    </footer>
  );
}

function Toasts(): JSX.Element {
  const { toasts } = useApp();
  return (
    <div class="toasts" role="status" aria-live="polite">
      <For each={toasts.list()}>
        {(toast) => (
          <div class="toast">
            <span>{toast.sentence}</span>
            <button type="button" aria-label="Dismiss" onClick={() => toasts.dismiss(toast.id)}>
              ×
            </button>
          </div>
        )}
      </For>
    </div>
  );
}
