// A request is named once, in its answer and in the log.
import { expect, test } from 'vitest';
import { startApp } from './start-app.ts';

const given = { headers: { 'X-Request-Id': 'from-the-proxy.1' } };

test('its own name, whatever a stranger sends', async () => {
  const { request } = startApp();
  const [one, two] = [await request('/api/network', given), await request('/api/network')];
  expect(one.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(two.headers.get('X-Request-Id')).not.toBe(one.headers.get('X-Request-Id'));
});

test('a trusted proxy’s, where it is a plain word, in the log too', async () => {
  const lines: { readonly facts: object; readonly sentence: string }[] = [];
  const write = (facts: object, sentence: string) => void lines.push({ facts, sentence });
  const { request } = startApp({
    settings: { trustProxy: true },
    dependencies: {
      log: { debug: write, error: write },
      readHealth: () => Promise.reject(new Error('a bug')),
    },
  });
  const answer = await request('/api/health', given);
  expect(answer.status).toBe(500);
  expect(answer.headers.get('X-Request-Id')).toBe('from-the-proxy.1');
  expect(lines).toMatchObject([
    { facts: { request: 'from-the-proxy.1', path: '/api/health' } },
    { facts: { request: 'from-the-proxy.1', route: '/api/health', status: 500 }, sentence: 'Answered.' },
  ]);
  const odd = await request('/api/health', { headers: { 'X-Request-Id': 'two words' } });
  expect(odd.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
});
