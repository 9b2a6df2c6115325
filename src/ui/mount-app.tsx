// Puts the app onto a page: makes what the pages share, then draws.
import { createEffect, createRoot, on } from 'solid-js';
import { render } from 'solid-js/web';
import { createApi } from '../account/create-api.ts';
import { createInstallPrompt } from '../pwa/install.ts';
import { createStorageKeeper } from '../pwa/keep-storage.ts';
import { createAppUpdate } from '../pwa/update.ts';
import { AppView } from './app.tsx';
import { WORDS as CONTRIBUTE_WORDS } from './pages/contribute/words.ts';
import type { App } from './state/app-context.ts';
import { CONTRIBUTOR_WORDS } from './state/contributor-words.ts';
import { type ContributorHandle, createContributorControls } from './state/create-contributor-controls.ts';
import { wearRememberedMotion } from './state/create-motion.ts';
import { createNetworkState } from './state/create-network-state.ts';
import { createSessionState } from './state/create-session-state.ts';
import { wearRememberedTheme } from './state/create-theme.ts';
import { createToasts } from './state/create-toasts.ts';
import { readEngineMoment } from './state/engine-moment.ts';
import { followWallet } from './state/follow-wallet.ts';
import { language, wearLanguage } from './state/language.ts';
import { preloadWords, type WordTable } from './state/words.ts';
import { UI_WORDS, uiWords } from './words.ts';

export interface AppParts {
  readonly baseUrl: string;
  readonly build: string;
  readonly hasServiceWorker: boolean;
  readonly softwareGpu: App['softwareGpu'];
  readonly loadContributor: () => Promise<ContributorHandle>;
}

/** What the first drawing says. */
const FIRST_WORDS: readonly WordTable<object>[] = [UI_WORDS, CONTRIBUTOR_WORDS, CONTRIBUTE_WORDS];

/** Safari has no requestIdleCallback; a moment after the first drawing is as good. */
const FIRST_DRAWING_MS = 300;

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: 2_000 });
  else setTimeout(run, FIRST_DRAWING_MS);
}

/** The contributor signs in by itself, in its worker; the page hears of it when work begins. */
function followSignIn({ contributor, session }: App): void {
  createEffect(
    on(
      () => contributor.snapshot().transport !== null,
      (isConnected) => {
        if (isConnected && session.current().kind !== 'signed-in') void session.refresh();
      },
    ),
  );
}

/** Storage that the browser may not clear by itself is asked for when there is something to lose. */
function keepWhatIsEarned({ contributor }: App): void {
  const keepStorage = createStorageKeeper(navigator.storage);
  createEffect(() => contributor.snapshot().counts.verified > 0 && void keepStorage());
}

export function mountApp(root: HTMLElement, parts: AppParts): void {
  wearRememberedTheme();
  wearRememberedMotion();
  wearLanguage();
  createRoot(() => {
    const api = createApi({ baseUrl: parts.baseUrl });
    const contributor = createContributorControls(parts.loadContributor, whenIdle);
    const app = {
      api,
      build: parts.build,
      softwareGpu: parts.softwareGpu,
      contributor,
      session: createSessionState(api),
      network: createNetworkState(api),
      toasts: createToasts((run, delayMs) => void setTimeout(run, delayMs)),
      install: createInstallPrompt(window),
      update: createAppUpdate({
        release: contributor.release,
        isEnabled: parts.hasServiceWorker,
        build: parts.build,
        engine: () => readEngineMoment(contributor.snapshot()),
      }),
    };
    followSignIn(app);
    keepWhatIsEarned(app);
    followWallet(app, () => uiWords().shell.walletChanged);
    // Nothing is first drawn in the other language; without its words (the network is away) the app speaks English.
    const isReady = Promise.all(FIRST_WORDS.map((table) => preloadWords<object>(table, language()))).catch(() => undefined);
    if (language() === 'en') render(() => <AppView app={app} />, root);
    else void isReady.then(() => render(() => <AppView app={app} />, root));
  });
}
