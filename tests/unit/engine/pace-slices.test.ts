// The slice controller against devices of known speed: it reaches its target, never goes far over it, and recovers from surprises.
import { describe, expect, test } from 'vitest';
import {
  CAP_MS,
  dutySleepMs,
  makePace,
  type Pace,
  paceAfter,
  pickTargetMs,
  QUIET_DUTY,
  TARGET_ACTIVE_MS,
  TARGET_HIDDEN_MS,
  TARGET_VISIBLE_MS,
} from '../../../src/engine/pace-slices.ts';

interface Device {
  readonly msPerWorkgroup: number;
  readonly dispatchMs: number;
}

function runSlices(
  device: Device,
  slices: number,
  targetMs: number,
  from: Pace = makePace(),
): { readonly pace: Pace; readonly took: readonly number[] } {
  let pace = from;
  const took: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const tookMs = device.dispatchMs + pace.workgroups * device.msPerWorkgroup;
    took.push(tookMs);
    pace = paceAfter(pace, { asked: pace.workgroups, ran: pace.workgroups, tookMs }, targetMs);
  }
  return { pace, took };
}

describe.each([
  ['a fast GPU', { msPerWorkgroup: 0.0005, dispatchMs: 0.3 }],
  ['a weak GPU', { msPerWorkgroup: 0.05, dispatchMs: 1 }],
  ['a CPU', { msPerWorkgroup: 2, dispatchMs: 0.05 }],
])('%s', (_name, device) => {
  test.each([TARGET_VISIBLE_MS, TARGET_HIDDEN_MS, TARGET_ACTIVE_MS])('settles at %d ms', (targetMs) => {
    const { took } = runSlices(device, 60, targetMs);
    const settled = took.slice(40);
    const mean = settled.reduce((sum, ms) => sum + ms, 0) / settled.length;
    expect(mean).toBeGreaterThan(targetMs * 0.7);
    expect(mean).toBeLessThan(targetMs * 1.3);
  });

  test('no slice on the way is longer than twice its target', () => {
    expect(Math.max(...runSlices(device, 60, TARGET_VISIBLE_MS).took)).toBeLessThan(TARGET_VISIBLE_MS * 2);
  });
});

test('a workgroup that alone takes longer than the cap stays at one', () => {
  expect(runSlices({ msPerWorkgroup: 900, dispatchMs: 1 }, 5, TARGET_VISIBLE_MS).pace.workgroups).toBe(1);
});

test('a slice over the cap is cut at once, not by quarters', () => {
  const pace = paceAfter({ workgroups: 1_000, isProbing: false }, { asked: 1_000, ran: 1_000, tookMs: CAP_MS * 8 }, TARGET_VISIBLE_MS);
  expect(pace.workgroups).toBe(8);
  const under = paceAfter({ workgroups: 1_000, isProbing: false }, { asked: 1_000, ran: 1_000, tookMs: CAP_MS }, TARGET_VISIBLE_MS);
  expect(under.workgroups).toBe(625);
});

test('a device that becomes thirty times slower is back near its target within three slices', () => {
  const { pace } = runSlices({ msPerWorkgroup: 0.01, dispatchMs: 0.3 }, 40, TARGET_VISIBLE_MS);
  const { took } = runSlices({ msPerWorkgroup: 0.3, dispatchMs: 0.3 }, 4, TARGET_VISIBLE_MS, pace);
  expect(took[3]).toBeLessThan(TARGET_VISIBLE_MS * 2);
});

test('a slice cut at the end of a row neither shrinks the pace nor makes it leap', () => {
  const steady: Pace = { workgroups: 400, isProbing: false };
  expect(paceAfter(steady, { asked: 400, ran: 3, tookMs: 1 }, TARGET_VISIBLE_MS).workgroups).toBe(400);
  expect(paceAfter(steady, { asked: 400, ran: 200, tookMs: 1 }, TARGET_VISIBLE_MS).workgroups).toBe(600);
});

test('the target follows what the user sees and does', () => {
  expect(pickTargetMs({ isVisible: true, isUserActive: false }, 1)).toBe(16);
  expect(pickTargetMs({ isVisible: true, isUserActive: true }, 1)).toBe(8);
  expect(pickTargetMs({ isVisible: false, isUserActive: true }, 1)).toBe(50);
});

test('who lends a quarter and less gets short slices, until nobody looks', () => {
  expect(pickTargetMs({ isVisible: true, isUserActive: false }, QUIET_DUTY)).toBe(8);
  expect(pickTargetMs({ isVisible: true, isUserActive: false }, QUIET_DUTY + 0.01)).toBe(16);
  expect(pickTargetMs({ isVisible: false, isUserActive: false }, QUIET_DUTY)).toBe(50);
});

test('the rest after a slice makes work the given share of the time', () => {
  expect(dutySleepMs(16, 1)).toBe(0);
  expect(dutySleepMs(16, 0.5)).toBe(16);
  expect(dutySleepMs(16, 0.2)).toBeCloseTo(64);
  // A duty of nothing would rest for ever; stopping is not the pace's business.
  expect(dutySleepMs(16, 0)).toBeCloseTo(16 * 99);
  expect(dutySleepMs(16, 2)).toBe(0);
});
