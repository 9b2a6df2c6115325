// Holds the owner's rules over time: gathers what is known of the device, decides anew when a fact or the hour changes, keeps what must outlive the page.
import { type Clock, sleep } from './clock.ts';
import { toLocalTime } from './hours.ts';
import { type KeptRules, makeKeptRules, readKeptRules } from './kept-rules.ts';
import {
  countBytes,
  type Decided,
  type Decision,
  decide,
  NO_RULES_YET,
  type Pause,
  pauseRules,
  type RuleFacts,
  type RuleState,
  resumeRules,
} from './rules.ts';
import type { ContributorSettings } from './state.ts';

/** Where the state lives between two runs of the contributor. */
export interface RuleKeeper {
  read(): Promise<unknown>;
  /** May fail silently: a private window keeps nothing. */
  write(kept: KeptRules): Promise<void>;
}

/** Bytes are counted with every message; losing this much of the count in a crash is no harm. */
export const KEEP_EVERY_MS = 10_000;
/** Storage answers in milliseconds, on a busy machine in a second. */
export const KEEPER_BUDGET_MS = 3_000;

export type DeviceFacts = Pick<RuleFacts, 'isOnBattery' | 'lastInputAtMs' | 'detector' | 'isGpuMissing'>;

export interface RuleWatch {
  readonly decision: Decision;
  readonly bytesToday: number;
  readonly isFinishing: boolean;
  /** Null: not paused, or until the person says. */
  readonly pausedUntilMs: number | null;
  /**
   * Decides from now on; resolves when what was kept is known. `isFresh`: the person starts anew, and no pause of earlier is left; a pause said while it is read stays.
   */
  begin(isFresh: boolean): Promise<void>;
  learn(facts: Partial<DeviceFacts>): void;
  countBytes(bytes: number): void;
  /** These resolve when it would survive the end of the page. */
  pause(untilMs: number | null): Promise<void>;
  resume(): Promise<void>;
  finish(): void;
  /** The settings changed. */
  look(): void;
  /** Keeps the state and looks at the clock no more; a pause stays. */
  end(): Promise<void>;
}

export interface RuleWatchOptions {
  readonly clock: Clock;
  /** What the clock on the wall is ahead of UTC, in milliseconds. */
  readonly utcOffsetMs: (nowMs: number) => number;
  readonly settings: () => ContributorSettings;
  readonly keeper: RuleKeeper | null;
  /** What another tab was last heard to say of a pause, which may be newer than what was kept. */
  readonly heardPause: Pause;
  /** Called when the decision changed. */
  readonly onChange: () => void;
}

export function createRuleWatch({ clock, utcOffsetMs, settings, keeper, heardPause, onChange }: RuleWatchOptions): RuleWatch {
  let device: DeviceFacts = { isOnBattery: false, lastInputAtMs: Number.NEGATIVE_INFINITY, detector: null, isGpuMissing: false };
  let state: RuleState = { ...NO_RULES_YET, pause: heardPause };
  let decision = decideNow().decision;
  let stopAlarm = (): void => {};
  let stopKeeping: (() => void) | null = null;
  let isOpen = false;
  let isRead = false;

  function decideNow(): Decided {
    const nowMs = clock.nowMs();
    return decide(settings(), { ...device, nowMs, local: toLocalTime(nowMs, utcOffsetMs(nowMs)) }, state);
  }

  const look = (): void => {
    // What is learnt before the beginning is no change that would have to be waited out.
    if (!isOpen) return;
    const before = JSON.stringify([decision.rule, decision.mayCompute]);
    ({ state, decision } = decideNow());
    stopAlarm();
    stopAlarm = clock.after(decision.nextLookAtMs - clock.nowMs(), look);
    if (JSON.stringify([decision.rule, decision.mayCompute]) !== before) onChange();
  };

  const keep = async (): Promise<void> => {
    stopKeeping?.();
    stopKeeping = null;
    if (keeper) await within(keeper.write(makeKeptRules(state)));
  };

  /** A frozen tab may hold the database: nothing stands still for it. */
  const within = <T>(call: Promise<T>): Promise<T | null> =>
    Promise.race([call.catch(() => null), sleep(clock, KEEPER_BUDGET_MS).then(() => null)]);

  const adopt = (kept: RuleState, isFresh: boolean): void => {
    const { pause, usage, battery } = state;
    const bytes = kept.usage.dayNumber === usage.dayNumber ? kept.usage.bytes + usage.bytes : usage.bytes;
    // On its battery at the first look, it rests at once: there is nothing to wait out.
    const seen = device.isOnBattery ? battery : kept.battery;
    state = { ...kept, battery: seen, pause: isFresh || pause.kind !== 'none' ? pause : kept.pause, usage: { ...usage, bytes } };
  };

  const keepSoon = (): void => {
    if (keeper) stopKeeping ??= clock.after(KEEP_EVERY_MS, () => void keep());
  };

  /** Kept before it is obeyed would be late for the ear, kept never would be a lie: both begin at once. */
  const apply = (next: RuleState): Promise<void> => {
    state = next;
    const kept = keep();
    look();
    return kept;
  };

  return {
    get decision() {
      return decision;
    },
    get bytesToday() {
      return state.usage.bytes;
    },
    get isFinishing() {
      return state.isFinishing;
    },
    get pausedUntilMs() {
      return state.pause.kind === 'until' ? state.pause.untilMs : null;
    },
    async begin(isFresh) {
      isOpen = true;
      if (isFresh) state = { ...state, pause: { kind: 'none' } };
      state = { ...state, isFinishing: false };
      look();
      // Also what was decided before anybody listened.
      onChange();
      if (!isRead && keeper) adopt(readKeptRules(await within(keeper.read()), clock.nowMs()), isFresh);
      isRead = true;
      look();
      if (isFresh) await keep();
    },
    learn(facts) {
      device = { ...device, ...facts };
      look();
    },
    countBytes(bytes) {
      state = countBytes(state, bytes);
      keepSoon();
      const { isOn, bytesADay } = settings().dataCap;
      if (isOn && state.usage.bytes >= bytesADay) look();
    },
    pause: (untilMs) => apply(pauseRules(state, untilMs, clock.nowMs())),
    resume: () => apply(resumeRules(state, decision.rule)),
    finish() {
      state = { ...state, isFinishing: true };
      look();
    },
    look,
    async end() {
      isOpen = false;
      state = { ...state, isFinishing: false };
      stopAlarm();
      await keep();
    },
  };
}
