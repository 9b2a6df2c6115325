// What happens to the page that a contributor must know of: hidden or shown, in use, frozen and woken, back online.
import type { Surroundings } from '../engine/pace-slices.ts';

/** Slices are at their shortest while someone uses the page and for this long after. */
export const ACTIVE_MS = 2_000;

export interface PageEvents {
  onSurroundings(surroundings: Surroundings): void;
  /** The page was frozen, or the network away: connections may be dead without saying so. */
  onWake(): void;
  /** The browser is about to freeze the page: the last moment to write something down. */
  onFreeze?(): void;
  /** The page is about to end: closed, reloaded, left. */
  onLeave?(): void;
}

export interface PageWatch {
  surroundings(): Surroundings;
  stop(): void;
}

export function watchPage({ onSurroundings, onWake, onFreeze, onLeave }: PageEvents): PageWatch {
  const listening = new AbortController();
  const { signal } = listening;
  let isUserActive = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const surroundings = (): Surroundings => ({ isVisible: document.visibilityState === 'visible', isUserActive });
  const setActive = (next: boolean): void => {
    if (next !== isUserActive) {
      isUserActive = next;
      onSurroundings(surroundings());
    }
    if (!next) return;
    clearTimeout(timer);
    timer = setTimeout(() => setActive(false), ACTIVE_MS);
  };
  for (const type of ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const) {
    addEventListener(type, () => setActive(true), { passive: true, signal });
  }
  document.addEventListener('visibilitychange', () => onSurroundings(surroundings()), { signal });
  document.addEventListener('freeze', () => onFreeze?.(), { signal });
  document.addEventListener('resume', onWake, { signal });
  addEventListener('pagehide', (event) => event.persisted || onLeave?.(), { signal });
  addEventListener('pageshow', (event) => event.persisted && onWake(), { signal });
  addEventListener('online', onWake, { signal });
  addEventListener('offline', () => void askForSync().catch(() => undefined), { signal });
  navigator.serviceWorker?.addEventListener('message', ({ data }) => data?.type === 'ostraka-wake' && onWake(), { signal });
  return {
    surroundings,
    stop() {
      clearTimeout(timer);
      listening.abort();
    },
  };
}

/** Chromium's one-off sync: the service worker hears that the network is back even where this page's own events are held back. */
async function askForSync(): Promise<void> {
  const workers = (await navigator.serviceWorker?.ready) as { readonly sync?: { register(tag: string): Promise<void> } } | undefined;
  await workers?.sync?.register('ostraka-unsent');
}
