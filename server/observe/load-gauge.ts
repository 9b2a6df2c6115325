// Whether the coordinator has more to do than it can: judged from how late its event loop runs and how long decided work waits to be written. PURE.

export interface LoadReading {
  readonly atMs: number;
  /** How late timers ran since the last reading, at the median. */
  readonly loopDelayMs: number;
  /** Age of the oldest decision that is not durable yet. */
  readonly oldestMs: number;
  /** Decisions that are not durable yet. */
  readonly changes: number;
  /** Of one core, used by this process since the last reading. */
  readonly cpuShare: number;
}

/** Which of the three is over its limit. */
export const LOAD_SIGNS = ['event-loop', 'backlog-age', 'backlog-size'] as const;
export type LoadSign = (typeof LOAD_SIGNS)[number];

export interface LoadLimits {
  readonly loopDelayMs: number;
  readonly oldestMs: number;
  readonly changes: number;
  /** With less than this to write, and less than this share of a core used, it is not our work that is slow but the machine. */
  readonly minChanges: number;
  readonly cpuShare: number;
  /** So long something must be over its limit: one large job or one slow fsync is no overload. */
  readonly riseMs: number;
  /** So long everything must be below `calmShare` of its limit before work is taken again. */
  readonly fallMs: number;
  readonly calmShare: number;
}

/**
 * The promise is a receipt within two seconds. When work stops being handed out, what devices hold still comes: up to a second of it at full
 * speed. So a decision that waits for half a second is the sign to stop, and one commit that is slow by itself is not.
 */
export const LOAD_LIMITS: LoadLimits = {
  loopDelayMs: 300,
  oldestMs: 500,
  changes: 100_000,
  minChanges: 2_000,
  cpuShare: 0.7,
  riseMs: 200,
  fallMs: 500,
  calmShare: 0.5,
};

export interface LoadGauge {
  readonly isOverloaded: boolean;
  /** What made it so, while it is. */
  readonly sign: LoadSign | null;
  /** True when this reading changed the judgement. */
  read(reading: LoadReading): boolean;
}

export function createLoadGauge(limits: LoadLimits = LOAD_LIMITS): LoadGauge {
  let sign: LoadSign | null = null;
  /** Since when the readings have spoken against the present judgement. */
  let sinceMs: number | null = null;
  return {
    get isOverloaded() {
      return sign !== null;
    },
    get sign() {
      return sign;
    },
    read(reading) {
      const over = findSign(reading, limits, 1);
      const speaksAgainst = sign === null ? over !== null : findSign(reading, limits, limits.calmShare) === null;
      if (!speaksAgainst) {
        sinceMs = null;
        return false;
      }
      sinceMs ??= reading.atMs;
      if (reading.atMs - sinceMs < (sign === null ? limits.riseMs : limits.fallMs)) return false;
      sign = over;
      sinceMs = null;
      return true;
    },
  };
}

function findSign({ loopDelayMs, oldestMs, changes, cpuShare }: LoadReading, limits: LoadLimits, share: number): LoadSign | null {
  if (changes >= limits.changes * share) return 'backlog-size';
  if (changes < limits.minChanges * share && cpuShare < limits.cpuShare * share) return null;
  if (oldestMs >= limits.oldestMs * share) return 'backlog-age';
  return loopDelayMs >= limits.loopDelayMs * share ? 'event-loop' : null;
}
