// The page's eye on its own absences: leaves a mark while it computes, and says after a freeze or a sleep how long it was away.
import { type Absence, makeAbsence } from './absence.ts';
import { type MarkStorage, readAliveMark, writeAliveMark } from './alive-mark.ts';
import type { Clock } from './clock.ts';
import type { ContributorSnapshot } from './state.ts';
import { watchGaps } from './watch-gaps.ts';

/** How old the mark of a tab that ends without a word may be; hidden pages tick once a minute. */
export const MARK_EVERY_MS = 30_000;
/** A hidden page's timers are held back for up to a minute. */
export const PAGE_GAP_MS = 90_000;

export interface AbsenceWatch {
  /** The page is hidden, and may be thrown away without another word. */
  hid(): void;
  /** The browser is about to freeze the page. */
  froze(): void;
  woke(): void;
  stop(): void;
}

export interface AbsenceOptions {
  readonly clock: Clock;
  readonly storage: MarkStorage;
  /** What is computed here; null while this tab does not compute. */
  readonly leading: () => Pick<ContributorSnapshot, 'balanceMicro'> | null;
  readonly onAbsence: (absence: Absence) => void;
}

export function watchAbsence({ clock, storage, leading, onAbsence }: AbsenceOptions): AbsenceWatch {
  let frozenAtMs: number | null = null;
  let wokeAtMs = Number.NEGATIVE_INFINITY;

  const mark = (): void => {
    const atMs = clock.nowMs();
    const snapshot = leading();
    if (snapshot) writeAliveMark(storage, { atMs, balanceMicro: snapshot.balanceMicro });
  };

  const tell = (kind: 'frozen' | 'asleep', atMs: number): void => {
    const snapshot = leading();
    const absence = snapshot && makeAbsence(kind, { atMs, balanceMicro: snapshot.balanceMicro }, clock.nowMs());
    if (absence) onAbsence(absence);
  };

  const woke = (): void => {
    const atMs = frozenAtMs;
    frozenAtMs = null;
    wokeAtMs = clock.nowMs();
    if (atMs !== null) tell('frozen', atMs);
  };

  const stopGaps = watchGaps({
    clock,
    everyMs: MARK_EVERY_MS,
    minGapMs: PAGE_GAP_MS,
    // A frozen page's timers come late as well, before or after it is told that it woke.
    onGap(fromMs) {
      if (frozenAtMs !== null) woke();
      else if (wokeAtMs < fromMs) tell('asleep', fromMs);
    },
    onTick: mark,
  });

  return {
    hid: mark,
    froze() {
      frozenAtMs = clock.nowMs();
      mark();
    },
    woke,
    stop: stopGaps,
  };
}

/** For a page that the browser had thrown away and loaded again; null when nothing was left running, or only just. */
export function absenceSinceDiscard(storage: MarkStorage, nowMs: number): Absence | null {
  const mark = readAliveMark(storage);
  return mark && makeAbsence('discarded', mark, nowMs);
}
