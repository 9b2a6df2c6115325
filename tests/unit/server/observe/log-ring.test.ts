// The last lines of the log: how many, which are found, and that what must not be written is not in them.
import { expect, test } from 'vitest';
import { createLog } from '../../../../server/observe/log.ts';
import { createLogRing } from '../../../../server/observe/log-ring.ts';

function writeInto(kept: number) {
  const ring = createLogRing(kept);
  return { ring, log: createLog({ level: 'debug', name: 'here', destination: { write: () => undefined }, onLine: ring.add }) };
}

const ALL = { level: 'debug', contains: '', limit: 100 };

test('keeps the newest lines, newest first, with their facts', () => {
  const { ring, log } = writeInto(3);
  for (let line = 1; line <= 5; line++) log.info({ line }, `Line ${line}.`);
  expect(ring.size).toBe(3);
  expect(ring.find(ALL).map(({ sentence }) => sentence)).toEqual(['Line 5.', 'Line 4.', 'Line 3.']);
  expect(ring.find({ ...ALL, limit: 1 })).toMatchObject([{ at: 4, level: 'info', facts: '{"line":5}', time: expect.stringMatching(/Z$/) }]);
});

test('finds by level and by what is in a line, in any case of letters', () => {
  const { ring, log } = writeInto(10);
  log.debug('Quiet.');
  log.warn({ device: 41 }, 'A banned device was sent away.');
  log.error('A commit failed.');
  expect(ring.find({ ...ALL, level: 'warn' }).map(({ level }) => level)).toEqual(['error', 'warn']);
  expect(ring.find({ ...ALL, contains: 'BANNED' })).toHaveLength(1);
  expect(ring.find({ ...ALL, contains: '"device":41' })).toHaveLength(1);
  expect(ring.find({ ...ALL, level: 'error', contains: 'banned' })).toEqual([]);
});

test('holds no secret, no whole address, and cuts what is too long', () => {
  const { ring, log } = writeInto(10);
  log.info({ token: 'SECRET', from: '203.0.113.77' }, 'Came with Bearer SECRET');
  log.info({ stack: 'at x '.repeat(4_000) }, 'Long.');
  const [long, short] = ring.find(ALL);
  expect(JSON.stringify(short)).not.toMatch(/SECRET|203\.0\.113\.77/);
  expect(long!.facts.length).toBeLessThan(8_300);
  expect(long!.level).toBe('info');
});
