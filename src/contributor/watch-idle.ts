// Whether someone uses this device: input in this page, and, where the browser may tell, input anywhere.
import type { IdleDetection } from './state.ts';

/** Every movement of a pointer is an event; the first is told at once, the rest of a second is not. */
export const TELL_EVERY_MS = 1_000;
/** The browser's own floor. */
const SHORTEST_THRESHOLD_MS = 60_000;

/** The part of the Idle Detection API that is used; TypeScript's DOM does not describe it yet. */
interface Detector extends EventTarget {
  readonly userState: 'active' | 'idle' | null;
  readonly screenState: 'locked' | 'unlocked' | null;
  start(options: { readonly threshold: number; readonly signal: AbortSignal }): Promise<void>;
}

interface DetectorClass {
  new (): Detector;
  requestPermission(): Promise<'granted' | 'denied'>;
}

export interface IdleEvents {
  onInput(atMs: number): void;
  /** Null: the browser does not tell, or no longer. */
  onDetector(state: 'active' | 'idle' | null): void;
  onPermission(detection: IdleDetection): void;
}

export interface IdleWatch {
  readonly lastInputAtMs: number;
  readonly detector: 'active' | 'idle' | null;
  readonly detection: IdleDetection;
  /** Needs a click under way. */
  ask(): Promise<'granted' | 'denied' | 'unavailable'>;
  /** Null: nobody wants to know now. */
  setMinutes(afterMinutes: number | null): void;
  stop(): void;
}

export function watchIdle(on: IdleEvents): IdleWatch {
  const { IdleDetector } = globalThis as { readonly IdleDetector?: DetectorClass };
  const listening = new AbortController();
  const { signal } = listening;
  // Who has just opened or reloaded the page is there.
  let lastInputAtMs = document.visibilityState === 'visible' ? Date.now() : Number.NEGATIVE_INFINITY;
  let detector: 'active' | 'idle' | null = null;
  let detection: IdleDetection = IdleDetector ? 'can-ask' : 'unsupported';
  let minutes: number | null = null;
  let detecting: AbortController | null = null;

  const input = (): void => {
    const nowMs = Date.now();
    if (nowMs - lastInputAtMs < TELL_EVERY_MS && nowMs >= lastInputAtMs) return;
    lastInputAtMs = nowMs;
    on.onInput(nowMs);
  };
  for (const type of ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const) {
    addEventListener(type, input, { passive: true, capture: true, signal });
  }
  const shown = (): void => {
    if (document.visibilityState === 'visible') input();
  };
  document.addEventListener('visibilitychange', shown, { signal });

  const setDetector = (next: typeof detector): void => {
    if (next === detector) return;
    detector = next;
    on.onDetector(next);
  };
  const setDetection = (next: IdleDetection): void => {
    if (next === detection) return;
    detection = next;
    on.onPermission(next);
  };

  const detect = async (): Promise<void> => {
    detecting?.abort();
    detecting = null;
    if (minutes === null || detection !== 'granted' || !IdleDetector || signal.aborted) return setDetector(null);
    const mine = new AbortController();
    detecting = mine;
    const watched = new IdleDetector();
    const read = (): void => {
      if (mine.signal.aborted || watched.userState === null) return;
      setDetector(watched.userState === 'idle' || watched.screenState === 'locked' ? 'idle' : 'active');
    };
    watched.addEventListener('change', read, { signal: mine.signal });
    try {
      await watched.start({ threshold: Math.max(SHORTEST_THRESHOLD_MS, minutes * 60_000), signal: mine.signal });
      read();
    } catch {
      // Taken back, or forbidden in a frame: what this page sees by itself is what there is.
      if (!mine.signal.aborted) setDetector(null);
    }
  };

  const followPermission = async (): Promise<void> => {
    if (!IdleDetector) return;
    const permission = await navigator.permissions.query({ name: 'idle-detection' as PermissionName });
    const read = (): void => {
      setDetection(permission.state === 'prompt' ? 'can-ask' : permission.state);
      void detect();
    };
    permission.addEventListener('change', read, { signal });
    read();
  };
  followPermission().catch(() => setDetection('unsupported'));

  return {
    get lastInputAtMs() {
      return lastInputAtMs;
    },
    get detector() {
      return detector;
    },
    get detection() {
      return detection;
    },
    async ask() {
      if (!IdleDetector) return 'unavailable';
      try {
        const answer = await IdleDetector.requestPermission();
        setDetection(answer);
        await detect();
        return answer;
      } catch {
        // Without a click, or where a policy forbids it.
        return 'unavailable';
      }
    },
    setMinutes(afterMinutes) {
      if (afterMinutes === minutes) return;
      minutes = afterMinutes;
      void detect();
    },
    stop() {
      listening.abort();
      detecting?.abort();
    },
  };
}
