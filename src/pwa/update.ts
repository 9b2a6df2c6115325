// A new version waits until the person says so, or until nobody would notice; the engine lets go first, then the page reloads once.
import { type Accessor, createEffect, createMemo, createSignal } from 'solid-js';
import type { Workbox } from 'workbox-window';
import { isTyping } from './is-typing.ts';
import { pickUpdateMoment, type UpdateMoment } from './pick-update-moment.ts';
import type { UnseenAnswer } from './unseen.ts';

export interface AppUpdate {
  readonly isReady: Accessor<boolean>;
  apply(): Promise<void>;
}

export type EngineMoment = Pick<UpdateMoment, 'isComputing' | 'isTooOld'>;

export interface UpdateOptions {
  /** Stops the engine and hands its shards back; it goes on by itself in the next version. */
  readonly release: () => Promise<void>;
  readonly isEnabled: boolean;
  /** Of this page, so that a version which is still refused after an update is not loaded again and again. */
  readonly build: string;
  readonly engine: Accessor<EngineMoment>;
}

/** A tab that stays open for weeks still hears of new versions. */
const LOOK_AGAIN_MS = 60 * 60_000;
/** A service worker that never takes over must not leave the person on a dead button. */
const TAKEOVER_MS = 4_000;
const FORCED_KEY = 'ostraka-forced-from';

export function createAppUpdate({ release, isEnabled, build, engine }: UpdateOptions): AppUpdate {
  const [isReady, setReady] = createSignal(false);
  const isVisible = createVisibility();
  let workbox: Workbox | null = null;
  let workers: ServiceWorkerRegistration | null = null;
  /** The new version has taken over; only the reload is left. */
  let isTakenOver = false;
  let isApplying = false;
  let isReloading = false;

  const reload = async (): Promise<void> => {
    if (isReloading) return;
    isReloading = true;
    await release();
    location.reload();
  };

  const takenOver = (): void => {
    isTakenOver = true;
    // Another tab may have said yes while words were being typed in this one.
    if (isTyping(document)) setReady(true);
    else void reload();
  };

  const apply = async (): Promise<void> => {
    if (isApplying) return;
    isApplying = true;
    if (isTakenOver || !workers?.waiting) return await reload();
    await release();
    workbox?.messageSkipWaiting();
    setTimeout(() => void reload(), TAKEOVER_MS);
  };

  const applyUnseen = async (): Promise<void> => {
    if (workers?.waiting && (await askUnseen(workers.waiting)) === 'taken') setTimeout(() => void reload(), TAKEOVER_MS);
  };

  const lookForUpdate = async (): Promise<void> => {
    await workbox?.update().catch(() => undefined);
  };

  const watch = async (): Promise<void> => {
    const { Workbox } = await import('workbox-window');
    workbox = new Workbox('/service-worker.js');
    const found = await workbox.register();
    if (!found) return;
    workers = found;
    let isControlled = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      // The first one takes over an open page as well, and is no update.
      if (isControlled) takenOver();
      isControlled = true;
    });
    // Workbox itself stops listening after the first update that it did not cause, and a tab may be open for many.
    const look = (): void => void (found.waiting && found.active && setReady(true));
    found.addEventListener('updatefound', () => found.installing?.addEventListener('statechange', look));
    found.installing?.addEventListener('statechange', look);
    look();
    setInterval(lookForUpdate, LOOK_AGAIN_MS);
  };

  /** The coordinator demands another version: it is looked for at once, and where nothing waits for it, a reload is all there is to try. */
  const force = async (): Promise<void> => {
    if (sessionStorage.getItem(FORCED_KEY) === build) return;
    sessionStorage.setItem(FORCED_KEY, build);
    if (!isEnabled) return await reload();
    await watching;
    await lookForUpdate();
  };

  const watching = isEnabled ? watch().catch(() => undefined) : Promise.resolve();
  const isComputing = createMemo(() => engine().isComputing);
  const isTooOld = createMemo(() => engine().isTooOld);
  createEffect(() => {
    const moment = { isComputing: isComputing(), isTooOld: isTooOld(), isVisible: isVisible(), isTyping: isTyping(document) };
    const isWaiting = isReady();
    if (pickUpdateMoment(moment) === 'ask') return;
    if (!isWaiting) void (moment.isTooOld && force());
    else void (moment.isTooOld ? apply() : applyUnseen());
  });

  return { isReady, apply };
}

function createVisibility(): Accessor<boolean> {
  const read = (): boolean => document.visibilityState === 'visible';
  const [isVisible, setVisible] = createSignal(read());
  document.addEventListener('visibilitychange', () => setVisible(read()));
  return isVisible;
}

/** The waiting version alone knows whether any tab of this app is looked at. */
function askUnseen(waiting: ServiceWorker): Promise<UnseenAnswer> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<UnseenAnswer>) => resolve(data);
    waiting.postMessage({ type: 'SKIP_WAITING_IF_UNSEEN' }, [port2]);
  });
}
