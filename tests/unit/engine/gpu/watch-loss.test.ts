// Waits end when the device goes, whichever comes first, and leave nothing behind on it.
import { expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/backend.ts';
import { watchLoss } from '../../../../src/engine/gpu/watch-loss.ts';

function setUp() {
  let lose = (_info: { reason: string; message: string }): void => {};
  const lost = new Promise((resolve) => {
    lose = resolve;
  });
  let listeners = 0;
  const device = {
    lost: {
      // biome-ignore lint/suspicious/noThenProperty: it stands in for the promise to count who listens
      then(use: (info: unknown) => void) {
        listeners++;
        return lost.then(use);
      },
    },
  };
  const watch = watchLoss(device as unknown as GPUDevice);
  return { watch, lose, listeners: () => listeners };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (fault: unknown) => (fault instanceof EngineError ? `${fault.code}: ${fault.message}` : 'another fault'),
  );
}

test('work that ends is passed through, however often, with one listener on the device', async () => {
  const { watch, listeners } = setUp();
  for (let i = 0; i < 100; i++) await watch.untilLost(Promise.resolve());
  expect(listeners()).toBe(1);
  expect(watch.fault()).toBeNull();
});

test('work that never ends is ended by the loss, with its message', async () => {
  const { watch, lose } = setUp();
  const waits = [watch.untilLost(new Promise(() => {})), watch.untilLost(new Promise(() => {}))].map(codeOf);
  lose({ reason: 'unknown', message: 'the driver was reset' });
  expect(await Promise.all(waits)).toEqual(Array(2).fill('device-lost: The GPU went away: the driver was reset'));
  expect(await codeOf(watch.untilLost(Promise.resolve()))).toMatch(/^device-lost/);
  expect(watch.fault()?.code).toBe('device-lost');
});

test('work that fails counts as a loss, and a loss without words gets some', async () => {
  const { watch, lose } = setUp();
  expect(await codeOf(watch.untilLost(Promise.reject(new DOMException('aborted', 'AbortError'))))).toBe('device-lost: The GPU went away.');
  lose({ reason: 'unknown', message: '' });
  expect(await codeOf(watch.untilLost(new Promise(() => {})))).toMatch(/gives no reason/);
});
