// The pool against a device that records: buffers come back cleared, of the right use and size, and are kept up to the limit only.
import { expect, test } from 'vitest';
import { createBufferPool } from '../../../../src/engine/gpu/create-buffer-pool.ts';
import { BUFFER_USAGE } from '../../../../src/engine/gpu/gpu-flags.ts';

const STORAGE = BUFFER_USAGE.storage | BUFFER_USAGE.copyTarget;
const READ = BUFFER_USAGE.mapRead | BUFFER_USAGE.copyTarget;

interface FakeBuffer {
  readonly size: number;
  readonly usage: number;
  isDestroyed: boolean;
  timesCleared: number;
  destroy(): void;
}

function setUp(maxKeptBytes: number, maxBufferSize = 2 ** 20) {
  const made: FakeBuffer[] = [];
  const device = {
    limits: { maxBufferSize },
    createBuffer({ size, usage }: { size: number; usage: number }) {
      const buffer: FakeBuffer = { size, usage, isDestroyed: false, timesCleared: 0, destroy: () => {} };
      buffer.destroy = () => {
        buffer.isDestroyed = true;
      };
      made.push(buffer);
      return buffer;
    },
    createCommandEncoder: () => ({
      clearBuffer(buffer: FakeBuffer) {
        buffer.timesCleared++;
      },
      finish: () => ({}),
    }),
    queue: { submit: () => {} },
  };
  return { pool: createBufferPool(device as unknown as GPUDevice, maxKeptBytes), made };
}

test('a buffer that was given is taken again, cleared once for each time', () => {
  const { pool, made } = setUp(2 ** 20);
  const first = pool.take(1_000, STORAGE);
  expect(first.size).toBe(1_024);
  pool.give(first);
  expect(pool.take(600, STORAGE)).toBe(first);
  pool.give(first);
  expect(pool.take(1_024, STORAGE)).toBe(first);
  expect(made).toHaveLength(1);
  expect(made[0]?.timesCleared).toBe(2);
});

test('another use or another size class gets another buffer', () => {
  const { pool, made } = setUp(2 ** 20);
  pool.give(pool.take(1_024, STORAGE));
  pool.take(1_025, STORAGE);
  pool.take(1_024, READ);
  pool.take(512, STORAGE);
  expect(made.map((buffer) => buffer.size)).toEqual([1_024, 2_048, 1_024, 512]);
});

test('a buffer for reading back is not cleared: it is overwritten before anyone sees it', () => {
  const { pool, made } = setUp(2 ** 20);
  pool.give(pool.take(256, READ));
  pool.take(256, READ);
  expect(made.map((buffer) => buffer.timesCleared)).toEqual([0]);
});

test('keeps exactly up to its limit and destroys the first byte beyond', () => {
  const { pool, made } = setUp(2_048);
  const buffers = [1_024, 1_024, 256].map((bytes) => pool.take(bytes, STORAGE));
  for (const buffer of buffers) pool.give(buffer);
  expect(pool.keptBytes()).toBe(2_048);
  expect(made.map((buffer) => buffer.isDestroyed)).toEqual([false, false, true]);
});

test('near the device’s limit no buffer is rounded up beyond it', () => {
  const { pool } = setUp(2 ** 20, 3_000);
  expect(pool.take(2_047, STORAGE).size).toBe(2_048);
  expect(pool.take(2_997, STORAGE).size).toBe(3_000);
});

test('destroys what it keeps', () => {
  const { pool, made } = setUp(2 ** 20);
  pool.give(pool.take(256, STORAGE));
  pool.destroy();
  expect(made[0]?.isDestroyed).toBe(true);
  expect(pool.keptBytes()).toBe(0);
});
