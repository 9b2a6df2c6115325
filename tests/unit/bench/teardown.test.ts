// The bench leaves nothing running: what it started is ended once each, newest first, whatever happens meanwhile.
import { expect, test, vi } from 'vitest';
import { createTeardown } from '../../bench/teardown.ts';

test('everything is ended, newest first', async () => {
  const ended: string[] = [];
  const teardown = createTeardown();
  teardown.add(async () => void ended.push('database'));
  teardown.add(async () => void ended.push('coordinator'));
  await teardown.all();
  expect(ended).toEqual(['coordinator', 'database']);
});

test('what was ended by hand is not ended again', async () => {
  const end = vi.fn(async () => undefined);
  const teardown = createTeardown();
  await teardown.add(end)();
  await teardown.all();
  expect(end).toHaveBeenCalledTimes(1);
});

test('one that fails does not keep the others alive', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const end = vi.fn(async () => undefined);
  const teardown = createTeardown();
  teardown.add(end);
  teardown.add(() => Promise.reject(new Error('stuck')));
  await teardown.all();
  expect(end).toHaveBeenCalledTimes(1);
  expect(said).toHaveBeenCalledTimes(1);
  said.mockRestore();
});

test('what is started while everything is being ended is ended at once', async () => {
  const late = vi.fn(async () => undefined);
  const teardown = createTeardown();
  teardown.add(async () => void teardown.add(late));
  await teardown.all();
  expect(late).toHaveBeenCalledTimes(1);
});
