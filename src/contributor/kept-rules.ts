// What outlives a page of the rules' state: read back from storage with the eye of a gate, since an earlier version may have written it. PURE.
import { MAX_PAUSE_MS, NO_RULES_YET, type Pause, type RuleState, WAIVABLE, type WaivableRule } from './rules.ts';

export interface KeptRules extends Omit<RuleState, 'isFinishing'> {
  readonly v: 1;
}

export function makeKeptRules({ isFinishing: _, ...state }: RuleState): KeptRules {
  return { v: 1, ...state };
}

/** What makes no sense is as if it had not been kept; but whatever says "paused" pauses. */
export function readKeptRules(kept: unknown, nowMs: number): RuleState {
  if (!isRecord(kept) || kept.v !== 1) return NO_RULES_YET;
  return {
    pause: readPause(kept.pause, nowMs),
    isFinishing: false,
    battery: readBattery(kept.battery),
    waived: Array.isArray(kept.waived) ? WAIVABLE.filter((name) => (kept.waived as WaivableRule[]).includes(name)) : [],
    usage: readUsage(kept.usage),
  };
}

function readPause(pause: unknown, nowMs: number): Pause {
  if (!isRecord(pause) || pause.kind === 'none') return { kind: 'none' };
  const { untilMs } = pause;
  // Further away than a pause can be: the clock was set back meanwhile.
  if (pause.kind === 'until' && isNumber(untilMs) && untilMs - nowMs <= MAX_PAUSE_MS) return { kind: 'until', untilMs };
  return { kind: 'for-good' };
}

function readBattery(battery: unknown): RuleState['battery'] {
  if (!isRecord(battery) || !isNumber(battery.sinceMs)) return null;
  return { isOnBattery: battery.isOnBattery === true, sinceMs: battery.sinceMs, isHeld: battery.isHeld === true };
}

function readUsage(usage: unknown): RuleState['usage'] {
  if (!isRecord(usage) || !isNumber(usage.dayNumber) || !isNumber(usage.bytes) || usage.bytes < 0) return NO_RULES_YET.usage;
  return { dayNumber: usage.dayNumber, bytes: usage.bytes };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
