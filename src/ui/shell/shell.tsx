// What stands around every page: skip link, bars, top bar, bottom nav, footer, toasts, the list of keys.
import { type RouteSectionProps, useLocation, useNavigate } from '@solidjs/router';
import { createEffect, createSignal, For, type JSX, on, Suspense } from 'solid-js';
import { Dialog } from '../parts/dialog.tsx';
import { Loading } from '../parts/page-state.tsx';
import { StatusBars } from '../parts/status-bars.tsx';
import { useApp } from '../state/app-context.ts';
import { createShortcuts, SHORTCUTS } from '../state/create-shortcuts.ts';
import { uiWords } from '../words.ts';
import { BottomNav } from './bottom-nav.tsx';
import { Footer } from './footer.tsx';
import { TopBar } from './top-bar.tsx';

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
        {uiWords().shell.skip}
      </a>
      <TopBar />
      <StatusBars />
      <main class="page" id="main" tabindex="-1" ref={main}>
        <Suspense fallback={<Loading heights={[56, 24, 420]} label={uiWords().shell.loadingPage} />}>{props.children}</Suspense>
      </main>
      <Footer onHelp={() => setHelpOpen(true)} />
      <BottomNav />
      <Toasts />
      <Keys isOpen={isHelpOpen()} onClose={() => setHelpOpen(false)} />
    </>
  );
}

function Keys(props: { readonly isOpen: boolean; readonly onClose: () => void }): JSX.Element {
  const words = () => uiWords().shortcuts;
  return (
    <Dialog isOpen={props.isOpen} title={uiWords().shell.keys} onClose={() => props.onClose()}>
      <dl class="keys">
        <For each={SHORTCUTS}>
          {({ keys, what }) => (
            <>
              <dt>
                <For each={keys}>{(key) => <kbd>{key === ' ' ? words().spaceKey : key}</kbd>}</For>
              </dt>
              <dd>{words()[what]}</dd>
            </>
          )}
        </For>
      </dl>
      <div class="actions">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {uiWords().shell.close}
        </button>
      </div>
    </Dialog>
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
            <button type="button" aria-label={uiWords().shell.dismiss} onClick={() => toasts.dismiss(toast.id)}>
              ×
            </button>
          </div>
        )}
      </For>
    </div>
  );
}
