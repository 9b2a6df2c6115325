// What every page can reach: made once in the composition root, handed down by context.
import { createContext, useContext } from 'solid-js';
import type { Api } from '../../account/create-api.ts';
import type { InstallPrompt } from '../../pwa/install.ts';
import type { AppUpdate } from '../../pwa/update.ts';
import type { TryOptions } from '../../requester/try-job.ts';
import type { ContributorControls } from './create-contributor-controls.ts';
import type { NetworkState } from './create-network-state.ts';
import type { SessionState } from './create-session-state.ts';
import type { Toasts } from './create-toasts.ts';

export interface App {
  readonly api: Api;
  readonly build: string;
  /** Of trials on this page; the contributor has been told already. */
  readonly softwareGpu: NonNullable<TryOptions['softwareGpu']>;
  readonly session: SessionState;
  readonly network: NetworkState;
  readonly contributor: ContributorControls;
  readonly toasts: Toasts;
  readonly install: InstallPrompt;
  readonly update: AppUpdate;
}

export const AppContext = createContext<App>();

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp() is called outside of the app.');
  return app;
}
