// Is the widget seen? Watched inside the frame itself, because a host's page cannot be asked; unseen, nothing is computed.

/** Less than this much of it in view, or a frame lower than this, is not seen. */
const SEEN_SHARE = 0.5;
export const MIN_HEIGHT_PX = 48;
/** So long it must have been in plain view before a click on Yes counts: nothing can be pulled away from under a pointer. */
export const SETTLED_MS = 500;

/** With `trackVisibility` (Chromium) the browser also tells whether something lies over it or makes it transparent. */
type TrackedEntry = IntersectionObserverEntry & { readonly isVisible?: boolean };
type TrackedInit = IntersectionObserverInit & { readonly trackVisibility: boolean; readonly delay: number };

export interface SeenWatch {
  readonly isSeen: boolean;
  /** In plain view, for a moment at least, and as far as the browser can tell with nothing over it. */
  canBeClicked(nowMs: number): boolean;
}

export function watchSeen(onChange: (isSeen: boolean) => void): SeenWatch {
  let isInView = false;
  let isSeen = false;
  let isClear = false;
  let clearSinceMs = 0;

  const judge = (): void => {
    const next = isInView && innerHeight >= MIN_HEIGHT_PX && document.visibilityState === 'visible';
    if (next === isSeen) return;
    isSeen = next;
    onChange(isSeen);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      const last = entries.at(-1) as TrackedEntry;
      isInView = last.intersectionRatio >= SEEN_SHARE;
      const wasClear = isClear;
      isClear = isInView && last.isVisible !== false;
      if (isClear && !wasClear) clearSinceMs = performance.now();
      judge();
    },
    { threshold: [0, SEEN_SHARE, 0.75, 1], trackVisibility: true, delay: 100 } as TrackedInit,
  );
  observer.observe(document.documentElement);
  document.addEventListener('visibilitychange', judge);
  addEventListener('resize', judge);
  return {
    get isSeen() {
      return isSeen;
    },
    canBeClicked: (nowMs) => isClear && nowMs - clearSinceMs >= SETTLED_MS,
  };
}
