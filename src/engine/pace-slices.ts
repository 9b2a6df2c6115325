// How many workgroups the next slice takes, so that a page stays smooth and no GPU watchdog fires; and how long to rest between slices.

export interface Pace {
  /** Workgroups of the next slice. */
  readonly workgroups: number;
  /** True until a slice was long enough to tell a workgroup's time from the cost of a dispatch. */
  readonly isProbing: boolean;
}

export interface Slice {
  readonly asked: number;
  /** Fewer than asked at the end of a row or of the shard. */
  readonly ran: number;
  readonly tookMs: number;
}

export const TARGET_VISIBLE_MS = 16;
export const TARGET_HIDDEN_MS = 50;
/** The user is doing something in this very page. */
export const TARGET_ACTIVE_MS = 8;
/** Chromium's GPU watchdog bites at 10 s, Windows' at 2 s; a slice that would be longer than this is cut at once. */
export const CAP_MS = 250;

/**
 * The first slice of a program nobody timed is small: 64 workgroups of a heavy program can be seconds on a weak GPU. Four-fold steps
 * reach 64 in three slices of a few milliseconds.
 */
const FIRST_WORKGROUPS = 1;
const PROBE_STEP = 4;
const MAX_WORKGROUPS = 2 ** 22;

export function makePace(workgroups: number = FIRST_WORKGROUPS): Pace {
  return { workgroups: Math.max(1, Math.floor(workgroups)), isProbing: true };
}

export function paceAfter(pace: Pace, slice: Slice, targetMs: number): Pace {
  const tookMs = Math.max(slice.tookMs, 0.01);
  if (tookMs > CAP_MS) return makeSteady((slice.ran * targetMs) / tookMs);
  if (slice.ran < slice.asked && tookMs < targetMs) {
    // A cut slice is mostly the cost of a dispatch: it can show that a full one is fast enough, never that it is too slow.
    const fullMs = (tookMs * slice.asked) / slice.ran;
    return fullMs > targetMs ? pace : stretch(pace, slice, fullMs, targetMs);
  }
  return stretch(pace, slice, (tookMs * slice.asked) / slice.ran, targetMs);
}

function stretch(pace: Pace, slice: Slice, fullMs: number, targetMs: number): Pace {
  if (pace.isProbing && fullMs < targetMs / PROBE_STEP) {
    return { workgroups: Math.min(MAX_WORKGROUPS, slice.asked * PROBE_STEP), isProbing: true };
  }
  const factor = Math.min(2, Math.max(0.25, targetMs / fullMs));
  // Half of the way only, or noise makes it swing.
  return makeSteady(slice.asked * (1 + (factor - 1) / 2));
}

/** Rounds to the nearest whole number, so that small slices neither shrink nor grow by rounding alone. */
function makeSteady(workgroups: number): Pace {
  return { workgroups: Math.min(MAX_WORKGROUPS, Math.max(1, Math.round(workgroups))), isProbing: false };
}

export interface Surroundings {
  readonly isVisible: boolean;
  readonly isUserActive: boolean;
}

/** Who lends no more than this wants not to notice it. */
export const QUIET_DUTY = 0.25;

export function pickTargetMs({ isVisible, isUserActive }: Surroundings, duty: number): number {
  if (!isVisible) return TARGET_HIDDEN_MS;
  return isUserActive || duty <= QUIET_DUTY ? TARGET_ACTIVE_MS : TARGET_VISIBLE_MS;
}

/** Rest after a slice so that work is `duty` (0 to 1) of the time; 1 rests not at all. */
export function dutySleepMs(tookMs: number, duty: number): number {
  const share = Math.min(1, Math.max(0.01, duty));
  return (tookMs * (1 - share)) / share;
}
