// Is the coordinator there? Asks every few seconds while the page is seen, and says what it last knew and since when.
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Api } from '../../account/create-api.ts';
import type { NetworkView } from '../../protocol/api.ts';
import { describeFault } from './describe-fault.ts';

/** `offline`: this device has no network. `down`: it has, and the coordinator does not answer. */
export type Reach = 'unknown' | 'ok' | 'offline' | 'down';

export interface NetworkState {
  readonly view: Accessor<NetworkView | null>;
  readonly reach: Accessor<Reach>;
  /** When the coordinator last answered; null: not since this page opened. */
  readonly heardAtMs: Accessor<number | null>;
  readonly retryAtMs: Accessor<number | null>;
  refresh(): void;
}

const STEADY_MS = 10_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;

export function createNetworkState(api: Api): NetworkState {
  const [view, setView] = createSignal<NetworkView | null>(null);
  const [reach, setReach] = createSignal<Reach>('unknown');
  const [heardAtMs, setHeardAtMs] = createSignal<number | null>(null);
  const [retryAtMs, setRetryAtMs] = createSignal<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isEnded = false;

  const plan = (delayMs: number): void => {
    clearTimeout(timer);
    if (!isEnded) timer = setTimeout(() => void ask(), delayMs);
  };
  const ask = async (): Promise<void> => {
    if (document.visibilityState === 'hidden') return plan(STEADY_MS);
    try {
      setView(await api.readJson<NetworkView>('/api/network'));
      failures = 0;
      setHeardAtMs(Date.now());
      setReach('ok');
      setRetryAtMs(null);
      plan(STEADY_MS);
    } catch (error) {
      // A refusal is an answer: the coordinator is there.
      const isThere = describeFault(error).code !== 'offline';
      setReach(isThere ? 'ok' : navigator.onLine ? 'down' : 'offline');
      const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      failures += 1;
      setRetryAtMs(isThere ? null : Date.now() + delayMs);
      plan(isThere ? STEADY_MS : delayMs);
    }
  };
  const refresh = (): void => {
    clearTimeout(timer);
    void ask();
  };
  addEventListener('online', refresh);
  addEventListener('offline', refresh);
  onCleanup(() => {
    isEnded = true;
    clearTimeout(timer);
    removeEventListener('online', refresh);
    removeEventListener('offline', refresh);
  });
  refresh();
  return { view, reach, heardAtMs, retryAtMs, refresh };
}
