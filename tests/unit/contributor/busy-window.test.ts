// The measured load: overlapping reports of several workers, what falls out of the window, and the first moments.
import { expect, test } from 'vitest';
import { addBusy, makeBusyWindow, meanBusy, WINDOW_MS } from '../../../src/contributor/busy-window.ts';

test('is the mean of what workers report, each over its own span', () => {
  let window = makeBusyWindow(0);
  window = addBusy(window, { busyMs: 2_000, spanMs: 4_000 }, 4_000);
  window = addBusy(window, { busyMs: 4_000, spanMs: 4_000 }, 4_000);
  expect(meanBusy(window, 4_000)).toBe(1.5);
});

test('a span that began before the window counts with the part that lies in it', () => {
  const window = addBusy(makeBusyWindow(0), { busyMs: 6_000, spanMs: 8_000 }, 8_000);
  expect(meanBusy(window, 8_000)).toBe(0.75);
  expect(meanBusy(window, 10_000)).toBe(0.375);
  expect(meanBusy(window, 8_000 + WINDOW_MS)).toBe(0);
});

test('knows nothing of the time before it began, and little of its first quarter of a second', () => {
  expect(meanBusy(makeBusyWindow(1_000), 1_000)).toBe(0);
  expect(meanBusy(addBusy(makeBusyWindow(1_000), { busyMs: 500, spanMs: 1_000 }, 2_000), 2_000)).toBe(0.5);
  expect(meanBusy(addBusy(makeBusyWindow(1_000), { busyMs: 25, spanMs: 50 }, 1_050), 1_050)).toBe(0.1);
});

test('forgets old spans, and believes no worker that says it worked longer than time passed', () => {
  let window = makeBusyWindow(0);
  for (let atMs = 100; atMs <= 100_000; atMs += 100) window = addBusy(window, { busyMs: 900, spanMs: 100 }, atMs);
  expect(window.spans.length).toBeLessThanOrEqual(WINDOW_MS / 100 + 1);
  expect(meanBusy(window, 100_000)).toBeCloseTo(1, 5);
});
