// Puts the app onto a page: makes what the pages share, then draws.
import { createEffect, createRoot, on } from 'solid-js';
import { render } from 'solid-js/web';
import { createApi } from '../account/create-api.ts';
import { createInstallPrompt } from '../pwa/install.ts';
import { createAppUpdate } from '../pwa/update.ts';
import { AppView } from './app.tsx';
import type { App } from './state/app-context.ts';
import { type ContributorHandle, createContributorControls } from './state/create-contributor-controls.ts';
import { createNetworkState } from './state/create-network-state.ts';
import { createSessionState } from './state/create-session-state.ts';
import { wearRememberedTheme } from './state/create-theme.ts';
import { createToasts } from './state/create-toasts.ts';

export interface AppParts {
  readonly baseUrl: string;
  readonly build: string;
  readonly hasServiceWorker: boolean;
  readonly softwareGpu: App['softwareGpu'];
  readonly loadContributor: () => Promise<ContributorHandle>;
}

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

export function mountApp(root: HTMLElement, parts: AppParts): void {
  wearRememberedTheme();
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
      update: createAppUpdate({ release: contributor.release, isEnabled: parts.hasServiceWorker }),
    };
    followSignIn(app);
    render(() => <AppView app={app} />, root);
  });
}
