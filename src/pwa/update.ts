// A new version waits until the person says so; the engine lets go first, then the page reloads once.
import { type Accessor, createSignal } from 'solid-js';

export interface AppUpdate {
  readonly isReady: Accessor<boolean>;
  apply(): Promise<void>;
}

export interface UpdateOptions {
  /** Stops the engine and hands its shards back. */
  readonly release: () => Promise<void>;
  readonly isEnabled: boolean;
}

/** A tab that stays open for weeks still hears of new versions. */
const LOOK_AGAIN_MS = 60 * 60_000;
/** A service worker that never takes over must not leave the person on a dead button. */
const TAKEOVER_MS = 4_000;

export function createAppUpdate({ release, isEnabled }: UpdateOptions): AppUpdate {
  const [isReady, setReady] = createSignal(false);
  let activate: (() => void) | null = null;
  const watch = async (): Promise<void> => {
    const { Workbox } = await import('workbox-window');
    const workbox = new Workbox('/service-worker.js');
    workbox.addEventListener('waiting', () => setReady(true));
    workbox.addEventListener('controlling', (event) => {
      if (event.isUpdate) location.reload();
    });
    activate = () => workbox.messageSkipWaiting();
    await workbox.register();
    setInterval(() => void workbox.update().catch(() => undefined), LOOK_AGAIN_MS);
  };
  if (isEnabled) void watch().catch(() => undefined);
  return {
    isReady,
    async apply() {
      await release();
      activate?.();
      setTimeout(() => location.reload(), TAKEOVER_MS);
    },
  };
}
