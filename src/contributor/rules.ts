// Whether this device may compute now, by its owner's rules, and which rule says no. PURE. Woken by: a fact that changes, and `nextLookAtMs`.
import { DAY_MS, isWithinHours, type LocalTime, msToChange } from './hours.ts';
import { type ActiveRule, type ContributorSettings, type RuleName, sentenceFor } from './state.ts';

/** Unplugged for a moment, to move the laptop: nothing is stopped for that. */
export const BATTERY_OFF_MS = 5_000;
/** A loose plug must not start and stop the fan. */
export const BATTERY_ON_MS = 30_000;
/** Hours are looked at again this often: the clock on the wall may be set, or change for summer. */
export const LOOK_EVERY_MS = 15 * 60_000;

export type Pause = { readonly kind: 'none' } | { readonly kind: 'for-good' } | { readonly kind: 'until'; readonly untilMs: number };

/** Rules that a person may overrule for as long as their cause lasts. */
export const WAIVABLE = ['on-battery', 'outside-hours', 'data-cap', 'user-active'] as const;
export type WaivableRule = (typeof WAIVABLE)[number];

export interface RuleFacts {
  readonly nowMs: number;
  readonly local: LocalTime;
  /** As the browser says at this moment. */
  readonly isOnBattery: boolean;
  /** In this page; minus infinity when never. */
  readonly lastInputAtMs: number;
  /** Of the whole device, where the browser may tell; null where not. */
  readonly detector: 'active' | 'idle' | null;
  /** The GPU was asked for and cannot be had. */
  readonly isGpuMissing: boolean;
}

/** What was decided before and must be known again after a reload. */
export interface RuleState {
  readonly pause: Pause;
  readonly isFinishing: boolean;
  /** Null until the battery was looked at. `isHeld`: computing rests for it. */
  readonly battery: { readonly isOnBattery: boolean; readonly sinceMs: number; readonly isHeld: boolean } | null;
  readonly waived: readonly WaivableRule[];
  readonly usage: { readonly dayNumber: number; readonly bytes: number };
}

export interface Decision {
  readonly mayCompute: boolean;
  /** More work may be asked for: not while what runs is being finished. */
  readonly mayAsk: boolean;
  readonly rule: ActiveRule | null;
  /** When time alone may change the decision; null: never. */
  readonly nextLookAtMs: number;
}

export const NO_RULES_YET: RuleState = {
  pause: { kind: 'none' },
  isFinishing: false,
  battery: null,
  waived: [],
  usage: { dayNumber: 0, bytes: 0 },
};

export interface Decided {
  readonly decision: Decision;
  readonly state: RuleState;
}

export function decide(settings: ContributorSettings, facts: RuleFacts, before: RuleState): Decided {
  const held = findHeld(settings, facts, settle(facts, before));
  const state = dropWaivers(settings, facts, held.state);
  const active = held.rules.find((rule) => !isWaived(state, rule.name)) ?? null;
  const rule = active ?? (state.isFinishing ? makeRule('finishing', null) : null);
  return {
    state,
    decision: {
      mayCompute: active === null,
      mayAsk: rule === null,
      rule,
      nextLookAtMs: pickNextLook(settings, facts, state),
    },
  };
}

/** Time passes over what was remembered: a pause ends, a day begins, a plug stays in. */
function settle(facts: RuleFacts, state: RuleState): RuleState {
  const { nowMs, local } = facts;
  const isOver = state.pause.kind === 'until' && state.pause.untilMs <= nowMs;
  return {
    ...state,
    pause: isOver ? { kind: 'none' } : state.pause,
    battery: settleBattery(facts, state),
    usage: state.usage.dayNumber === local.dayNumber ? state.usage : { dayNumber: local.dayNumber, bytes: 0 },
  };
}

function settleBattery({ nowMs, isOnBattery }: RuleFacts, { battery, waived }: RuleState): NonNullable<RuleState['battery']> {
  // At first sight there is nothing to wait out.
  if (battery === null) return { isOnBattery, sinceMs: nowMs, isHeld: isOnBattery };
  // At the charger again after "compute anyway": there is nothing to go back to.
  if (!isOnBattery && waived.includes('on-battery')) return { isOnBattery, sinceMs: nowMs, isHeld: false };
  const sinceMs = battery.isOnBattery === isOnBattery ? Math.min(battery.sinceMs, nowMs) : nowMs;
  const isDue = nowMs - sinceMs >= graceMs(isOnBattery);
  return { isOnBattery, sinceMs, isHeld: isDue ? isOnBattery : battery.isHeld };
}

function graceMs(isOnBattery: boolean): number {
  return isOnBattery ? BATTERY_OFF_MS : BATTERY_ON_MS;
}

/** Every rule that says no, in the order in which they are told. */
function findHeld(
  settings: ContributorSettings,
  facts: RuleFacts,
  state: RuleState,
): { readonly state: RuleState; readonly rules: readonly ActiveRule[] } {
  const { pause, battery, usage } = state;
  const { nowMs, local } = facts;
  const rules: ActiveRule[] = [];
  if (pause.kind === 'for-good') rules.push(makeRule('paused', null));
  if (pause.kind === 'until') rules.push(makeRule('paused-until', pause.untilMs));
  if (!settings.gpu.isOn && !settings.cpu.isOn) rules.push(makeRule('engines-off', null));
  if (settings.gpu.isOn && !settings.cpu.isOn && facts.isGpuMissing) rules.push(makeRule('no-gpu', null));
  if (settings.pauseOnBattery && battery?.isHeld) {
    rules.push(makeRule('on-battery', battery.isOnBattery ? null : battery.sinceMs + BATTERY_ON_MS));
  }
  if (isOutsideHours(settings, local)) rules.push(makeRule('outside-hours', addMs(nowMs, msToChange(settings.hours.ranges, local))));
  if (isOverCap(settings, usage.bytes)) rules.push(makeRule('data-cap', nowMs + DAY_MS - local.msOfDay));
  if (isUserActive(settings, facts)) rules.push(makeRule('user-active', facts.detector === 'active' ? null : idleAtMs(settings, facts)));
  return { state, rules };
}

/** A rule overruled once is a rule again when its cause has come to an end. */
function dropWaivers(settings: ContributorSettings, facts: RuleFacts, state: RuleState): RuleState {
  const isCause: Readonly<Record<WaivableRule, boolean>> = {
    'on-battery': settings.pauseOnBattery && facts.isOnBattery,
    'outside-hours': isOutsideHours(settings, facts.local),
    'data-cap': isOverCap(settings, state.usage.bytes),
    'user-active': isUserActive(settings, facts),
  };
  const waived = state.waived.filter((name) => isCause[name]);
  return waived.length === state.waived.length ? state : { ...state, waived };
}

function isWaived({ waived }: RuleState, name: RuleName): boolean {
  return (waived as readonly RuleName[]).includes(name);
}

function isOutsideHours({ hours }: ContributorSettings, local: LocalTime): boolean {
  return hours.isOn && !isWithinHours(hours.ranges, local);
}

function isOverCap({ dataCap }: ContributorSettings, bytes: number): boolean {
  return dataCap.isOn && bytes >= dataCap.bytesADay;
}

function isUserActive(settings: ContributorSettings, facts: RuleFacts): boolean {
  if (!settings.onlyWhenIdle.isOn) return false;
  // The browser's own word covers this page too, and waits for as long as was set.
  return facts.detector === null ? facts.nowMs < idleAtMs(settings, facts) : facts.detector === 'active';
}

/** Input from the future, by a clock that was set back, counts as input of this moment. */
function idleAtMs({ onlyWhenIdle }: ContributorSettings, { lastInputAtMs, nowMs }: RuleFacts): number {
  return Math.min(lastInputAtMs, nowMs) + onlyWhenIdle.afterMinutes * 60_000;
}

function pickNextLook(settings: ContributorSettings, facts: RuleFacts, { pause, battery }: RuleState): number {
  const { nowMs, local } = facts;
  const looks = [nowMs + DAY_MS - local.msOfDay];
  if (pause.kind === 'until') looks.push(pause.untilMs);
  if (battery && battery.isHeld !== battery.isOnBattery) looks.push(battery.sinceMs + graceMs(battery.isOnBattery));
  if (settings.onlyWhenIdle.isOn && facts.detector === null && nowMs < idleAtMs(settings, facts)) looks.push(idleAtMs(settings, facts));
  if (settings.hours.isOn)
    looks.push(nowMs + LOOK_EVERY_MS, addMs(nowMs, msToChange(settings.hours.ranges, local)) ?? Number.POSITIVE_INFINITY);
  return Math.min(...looks);
}

function makeRule(name: RuleName, untilMs: number | null): ActiveRule {
  return { name, sentence: sentenceFor(name), untilMs };
}

function addMs(nowMs: number, ms: number | null): number | null {
  return ms === null ? null : nowMs + ms;
}

// -- what a person does ---------------------------------------------------------------------------------------------------------------

/** Longer than this is for good. */
export const MAX_PAUSE_MS = 7 * DAY_MS;

/** Null: until the person says. */
export function pauseRules(state: RuleState, untilMs: number | null, nowMs: number): RuleState {
  const isForGood = untilMs === null || !(untilMs - nowMs <= MAX_PAUSE_MS);
  return { ...state, pause: isForGood ? { kind: 'for-good' } : { kind: 'until', untilMs } };
}

/** Ends a pause or a finish; where a rule holds the device still, that rule is overruled for as long as its cause lasts. */
export function resumeRules(state: RuleState, rule: ActiveRule | null): RuleState {
  if (state.pause.kind !== 'none' || state.isFinishing) return { ...state, pause: { kind: 'none' }, isFinishing: false };
  const name = WAIVABLE.find((each) => each === rule?.name);
  return name === undefined || state.waived.includes(name) ? state : { ...state, waived: [...state.waived, name] };
}

export function countBytes(state: RuleState, bytes: number): RuleState {
  return { ...state, usage: { ...state.usage, bytes: state.usage.bytes + bytes } };
}
