// The owner's rules: each alone on both sides of its bound, their order, what a person overrules, and what no sequence of facts may ever do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustSettings } from '../../../src/contributor/adjust-settings.ts';
import { toLocalTime } from '../../../src/contributor/hours.ts';
import { makeKeptRules, readKeptRules } from '../../../src/contributor/kept-rules.ts';
import { DEFAULT_SETTINGS } from '../../../src/contributor/presets.ts';
import {
  BATTERY_OFF_MS,
  BATTERY_ON_MS,
  countBytes,
  type Decision,
  decide,
  LOOK_EVERY_MS,
  MAX_PAUSE_MS,
  NO_RULES_YET,
  pauseRules,
  type RuleFacts,
  type RuleState,
  resumeRules,
} from '../../../src/contributor/rules.ts';
import type { SettingsChange } from '../../../src/contributor/state.ts';

/** A Monday, 10:00 by the wall. */
const NOW = Date.UTC(2026, 10, 23, 10);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const factsAt = (nowMs: number, over: Partial<RuleFacts> = {}): RuleFacts => ({
  nowMs,
  local: toLocalTime(nowMs, 0),
  isOnBattery: false,
  lastInputAtMs: Number.NEGATIVE_INFINITY,
  detector: null,
  isGpuMissing: false,
  ...over,
});
const settingsOf = (change: SettingsChange = {}) => adjustSettings(DEFAULT_SETTINGS, change);
const ruleAt = (change: SettingsChange, facts: RuleFacts, state: RuleState = NO_RULES_YET) =>
  decide(settingsOf(change), facts, state).decision.rule?.name ?? null;

/** Facts one after another; the decision after each. */
function follow(change: SettingsChange, steps: readonly RuleFacts[], from: RuleState = NO_RULES_YET) {
  let state = from;
  const decisions: Decision[] = [];
  for (const facts of steps) {
    const decided = decide(settingsOf(change), facts, state);
    state = decided.state;
    decisions.push(decided.decision);
  }
  return { state, names: decisions.map(({ rule }) => rule?.name ?? null), decisions };
}

describe('each rule', () => {
  test('nothing holds a device still by default', () => {
    expect(decide(DEFAULT_SETTINGS, factsAt(NOW), NO_RULES_YET).decision).toMatchObject({ mayCompute: true, mayAsk: true, rule: null });
  });

  test('both switches off, and a GPU that cannot be had with the CPU off', () => {
    const off = { gpu: { isOn: false }, cpu: { isOn: false } };
    expect(ruleAt(off, factsAt(NOW))).toBe('engines-off');
    expect(ruleAt({ cpu: { isOn: false } }, factsAt(NOW))).toBeNull();
    expect(ruleAt({ cpu: { isOn: false } }, factsAt(NOW, { isGpuMissing: true }))).toBe('no-gpu');
    expect(ruleAt({}, factsAt(NOW, { isGpuMissing: true }))).toBeNull();
    expect(ruleAt(off, factsAt(NOW, { isGpuMissing: true }))).toBe('engines-off');
  });

  test('the battery: five seconds before it stops, thirty before it goes on, at once when it begins so', () => {
    const unplugged = (atMs: number) => factsAt(NOW + atMs, { isOnBattery: true });
    const plugged = (atMs: number) => factsAt(NOW + atMs);
    expect(ruleAt({}, unplugged(0))).toBe('on-battery');
    const { names, decisions } = follow({}, [
      plugged(0),
      unplugged(1_000),
      unplugged(1_000 + BATTERY_OFF_MS - 1),
      unplugged(1_000 + BATTERY_OFF_MS),
      plugged(10_000),
      plugged(10_000 + BATTERY_ON_MS - 1),
      plugged(10_000 + BATTERY_ON_MS),
    ]);
    expect(names).toEqual([null, null, null, 'on-battery', 'on-battery', 'on-battery', null]);
    expect(decisions[1]?.nextLookAtMs).toBe(NOW + 1_000 + BATTERY_OFF_MS);
    expect(decisions[4]?.rule?.untilMs).toBe(NOW + 10_000 + BATTERY_ON_MS);
    expect(ruleAt({ pauseOnBattery: false }, unplugged(0))).toBeNull();
  });

  test('use of the device: at once off, on again when it was idle for as long as was set', () => {
    const change = { onlyWhenIdle: { isOn: true, afterMinutes: 5 } };
    const used = (sinceMs: number, over: Partial<RuleFacts> = {}) => factsAt(NOW, { lastInputAtMs: NOW - sinceMs, ...over });
    expect(ruleAt(change, used(0))).toBe('user-active');
    expect(ruleAt(change, used(5 * MINUTE - 1))).toBe('user-active');
    expect(ruleAt(change, used(5 * MINUTE))).toBeNull();
    expect(ruleAt(change, used(HOUR, { detector: 'active' }))).toBe('user-active');
    expect(ruleAt(change, used(HOUR, { detector: 'idle' }))).toBeNull();
    // Where the browser tells of the whole device, its word counts.
    expect(ruleAt(change, used(0, { detector: 'idle' }))).toBeNull();
    expect(ruleAt({}, used(0))).toBeNull();
    const { rule } = decide(settingsOf(change), used(MINUTE), NO_RULES_YET).decision;
    expect(rule?.untilMs).toBe(NOW + 4 * MINUTE);
    // A clock that was set back must not make it wait for years.
    expect(decide(settingsOf(change), used(-HOUR), NO_RULES_YET).decision.nextLookAtMs).toBe(NOW + 5 * MINUTE);
  });

  test('hours, exact to the millisecond', () => {
    const change = { hours: { isOn: true, ranges: [{ days: [1], fromMinute: 600, toMinute: 720 }] } };
    expect(ruleAt(change, factsAt(NOW - 1))).toBe('outside-hours');
    expect(ruleAt(change, factsAt(NOW))).toBeNull();
    expect(ruleAt(change, factsAt(NOW + 2 * HOUR - 1))).toBeNull();
    expect(ruleAt(change, factsAt(NOW + 2 * HOUR))).toBe('outside-hours');
    expect(decide(settingsOf(change), factsAt(NOW - 1), NO_RULES_YET).decision).toMatchObject({
      rule: { untilMs: NOW },
      nextLookAtMs: NOW,
    });
    expect(decide(settingsOf(change), factsAt(NOW), NO_RULES_YET).decision.nextLookAtMs).toBe(NOW + LOOK_EVERY_MS);
    expect(ruleAt({ hours: { isOn: true, ranges: [] } }, factsAt(NOW))).toBe('outside-hours');
  });

  test('the day’s data: to the byte, until midnight by the wall', () => {
    const change = { dataCap: { isOn: true, bytesADay: 2_000_000 } };
    const begun = decide(settingsOf(change), factsAt(NOW), NO_RULES_YET).state;
    expect(ruleAt(change, factsAt(NOW), countBytes(begun, 1_999_999))).toBeNull();
    const full = countBytes(begun, 2_000_000);
    expect(ruleAt(change, factsAt(NOW), full)).toBe('data-cap');
    expect(decide(settingsOf(change), factsAt(NOW), full).decision).toMatchObject({ rule: { untilMs: NOW + 14 * HOUR } });
    expect(ruleAt(change, factsAt(NOW + 14 * HOUR - 1), full)).toBe('data-cap');
    expect(ruleAt(change, factsAt(NOW + 14 * HOUR), full)).toBeNull();
    expect(ruleAt({ dataCap: { isOn: true, bytesADay: 2_000_001 } }, factsAt(NOW), full)).toBeNull();
    expect(ruleAt({ dataCap: { isOn: false, bytesADay: 2_000_000 } }, factsAt(NOW), full)).toBeNull();
  });

  test('a pause: until its time or until the person says, and never longer than a week by a clock', () => {
    const until = pauseRules(NO_RULES_YET, NOW + 15 * MINUTE, NOW);
    expect(ruleAt({}, factsAt(NOW), until)).toBe('paused-until');
    expect(decide(settingsOf(), factsAt(NOW), until).decision).toMatchObject({
      rule: { untilMs: NOW + 15 * MINUTE },
      nextLookAtMs: NOW + 15 * MINUTE,
    });
    expect(ruleAt({}, factsAt(NOW + 15 * MINUTE - 1), until)).toBe('paused-until');
    expect(ruleAt({}, factsAt(NOW + 15 * MINUTE), until)).toBeNull();
    expect(ruleAt({}, factsAt(NOW + 400 * 24 * HOUR), pauseRules(NO_RULES_YET, null, NOW))).toBe('paused');
    expect(pauseRules(NO_RULES_YET, NOW + MAX_PAUSE_MS, NOW).pause.kind).toBe('until');
    expect(pauseRules(NO_RULES_YET, NOW + MAX_PAUSE_MS + 1, NOW).pause.kind).toBe('for-good');
    expect(pauseRules(NO_RULES_YET, Number.NaN, NOW).pause.kind).toBe('for-good');
  });

  test('finishing lets what runs go on and asks for nothing', () => {
    const { decision } = decide(settingsOf(), factsAt(NOW), { ...NO_RULES_YET, isFinishing: true });
    expect(decision).toMatchObject({ mayCompute: true, mayAsk: false, rule: { name: 'finishing' } });
  });
});

describe('a person', () => {
  test('ends a pause without overruling what lies under it', () => {
    const paused = pauseRules(NO_RULES_YET, null, NOW);
    const facts = factsAt(NOW, { isOnBattery: true });
    const { state, decision } = decide(settingsOf(), facts, paused);
    const resumed = decide(settingsOf(), facts, resumeRules(state, decision.rule));
    expect(resumed.decision.rule?.name).toBe('on-battery');
    expect(decide(settingsOf(), facts, resumeRules(resumed.state, resumed.decision.rule)).decision.rule).toBeNull();
  });

  test('overrules a rule until its cause has ended, and one rule at a time', () => {
    const change = { hours: { isOn: true, ranges: [{ days: [1], fromMinute: 720, toMinute: 780 }] }, onlyWhenIdle: { isOn: true } };
    const facts = factsAt(NOW, { lastInputAtMs: NOW });
    const first = decide(settingsOf(change), facts, NO_RULES_YET);
    expect(first.decision.rule?.name).toBe('outside-hours');
    const second = decide(settingsOf(change), facts, resumeRules(first.state, first.decision.rule));
    expect(second.decision.rule?.name).toBe('user-active');
    const third = decide(settingsOf(change), facts, resumeRules(second.state, second.decision.rule));
    expect(third.decision.rule).toBeNull();
    const { names } = follow(change, [factsAt(NOW + 2 * HOUR), factsAt(NOW + 3 * HOUR)], third.state);
    expect(names).toEqual([null, 'outside-hours']);
  });

  test('cannot overrule the switches', () => {
    const change = { gpu: { isOn: false }, cpu: { isOn: false } };
    const { state, decision } = decide(settingsOf(change), factsAt(NOW), NO_RULES_YET);
    expect(resumeRules(state, decision.rule)).toBe(state);
  });
});

const anySettings: fc.Arbitrary<SettingsChange> = fc.record({
  pauseOnBattery: fc.boolean(),
  onlyWhenIdle: fc.record({ isOn: fc.boolean(), afterMinutes: fc.integer({ min: 1, max: 60 }) }),
  hours: fc.record({ isOn: fc.boolean(), ranges: fc.constantFrom([], [{ days: [1, 2], fromMinute: 600, toMinute: 60 }]) }),
  dataCap: fc.record({ isOn: fc.boolean(), bytesADay: fc.constantFrom(1_000_000, 9_000_000) }),
});
const anyStep = fc.record({
  afterMs: fc.oneof(fc.nat(40_000), fc.nat(30 * HOUR)),
  isOnBattery: fc.boolean(),
  isUsed: fc.boolean(),
  detector: fc.constantFrom('active' as const, 'idle' as const, null),
  bytes: fc.nat(1_000_000),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

function play(
  change: SettingsChange,
  steps: readonly Step[],
  from: RuleState,
  visit: (facts: RuleFacts, decision: Decision, state: RuleState) => void,
) {
  let state = from;
  let nowMs = NOW;
  let lastInputAtMs = Number.NEGATIVE_INFINITY;
  for (const { afterMs, isUsed, bytes, ...rest } of steps) {
    nowMs += afterMs;
    if (isUsed) lastInputAtMs = nowMs;
    const facts = factsAt(nowMs, { lastInputAtMs, ...rest });
    const decided = decide(settingsOf(change), facts, countBytes(state, bytes));
    state = decided.state;
    visit(facts, decided.decision, state);
  }
}

describe('whatever happens', () => {
  test('what is paused for good never computes, and before its time neither does what is paused until then', () => {
    fc.assert(
      fc.property(anySettings, fc.array(anyStep, { maxLength: 30 }), fc.nat(MAX_PAUSE_MS), (change, steps, forMs) => {
        play(change, steps, pauseRules(NO_RULES_YET, null, NOW), (_, { mayCompute, mayAsk }) => expect(mayCompute || mayAsk).toBe(false));
        play(change, steps, pauseRules(NO_RULES_YET, NOW + forMs, NOW), ({ nowMs }, { mayCompute }) => {
          if (nowMs < NOW + forMs) expect(mayCompute).toBe(false);
        });
      }),
    );
  });

  test('the battery never stops it twice within its graces, however often a plug comes loose', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ afterMs: fc.nat(12_000), isOnBattery: fc.boolean() }), { maxLength: 60 }), (plugs) => {
        let state = decide(DEFAULT_SETTINGS, factsAt(NOW), NO_RULES_YET).state;
        let nowMs = NOW;
        let changedAtMs = Number.NEGATIVE_INFINITY;
        let was = true;
        for (const { afterMs, isOnBattery } of plugs) {
          nowMs += afterMs;
          const decided = decide(DEFAULT_SETTINGS, factsAt(nowMs, { isOnBattery }), state);
          state = decided.state;
          if (decided.decision.mayCompute === was) continue;
          was = !was;
          expect(nowMs - changedAtMs).toBeGreaterThanOrEqual(was ? BATTERY_ON_MS : BATTERY_OFF_MS);
          changedAtMs = nowMs;
        }
      }),
    );
  });

  test('until the next look, time alone changes nothing, and at it something may', () => {
    fc.assert(
      fc.property(
        anySettings,
        fc.array(anyStep, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (change, steps, share) => {
          play(change, steps, NO_RULES_YET, (facts, decision, state) => {
            expect(decision.nextLookAtMs).toBeGreaterThan(facts.nowMs);
            const nowMs = facts.nowMs + Math.floor((decision.nextLookAtMs - facts.nowMs) * share);
            const later = decide(settingsOf(change), { ...facts, nowMs, local: toLocalTime(nowMs, 0) }, state).decision;
            expect([later.rule?.name, later.mayCompute]).toEqual([decision.rule?.name, decision.mayCompute]);
          });
        },
      ),
    );
  });

  test('what was kept decides the same again', () => {
    fc.assert(
      fc.property(anySettings, fc.array(anyStep, { minLength: 1, maxLength: 12 }), fc.option(fc.nat(HOUR)), (change, steps, pauseMs) => {
        const from = pauseMs === null ? NO_RULES_YET : pauseRules(NO_RULES_YET, NOW + pauseMs, NOW);
        play(change, steps, from, (facts, decision, state) => {
          const kept = readKeptRules(structuredClone(makeKeptRules(state)), facts.nowMs);
          expect(decide(settingsOf(change), facts, kept).decision).toEqual(decision);
        });
      }),
    );
  });
});

describe('what was kept', () => {
  test.each([undefined, null, 'x', 3, {}, { v: 2 }, { v: 1, battery: 1, waived: 'all', usage: { dayNumber: 'x', bytes: -1 } }])(
    '%o is as good as nothing',
    (kept) => expect(readKeptRules(kept, NOW)).toEqual(NO_RULES_YET),
  );

  test('says paused: then it is, whatever else is wrong with it', () => {
    expect(readKeptRules({ v: 1, pause: { kind: 'for-good' } }, NOW).pause).toEqual({ kind: 'for-good' });
    expect(readKeptRules({ v: 1, pause: { kind: 'until', untilMs: 'x' } }, NOW).pause).toEqual({ kind: 'for-good' });
    expect(readKeptRules({ v: 1, pause: { kind: 'until', untilMs: NOW + MAX_PAUSE_MS } }, NOW).pause.kind).toBe('until');
    expect(readKeptRules({ v: 1, pause: { kind: 'until', untilMs: NOW + MAX_PAUSE_MS + 1 } }, NOW).pause.kind).toBe('for-good');
    expect(readKeptRules({ v: 1, pause: { kind: 'none' } }, NOW).pause).toEqual({ kind: 'none' });
  });
});
