// What the operator sees: a log without secrets, metrics of plain numbers, health that never hangs.
import { describe, expect, test } from 'vitest';
import { createHealthReader, READING_MS, readHealth } from '../../../../server/observe/health.ts';
import { createLog } from '../../../../server/observe/log.ts';
import { createMetrics } from '../../../../server/observe/metrics.ts';

describe('the log', () => {
  const write = (options: { readonly isPretty?: boolean } = {}) => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    return { lines, log: createLog({ level: 'info', name: 'here', destination, ...options }) };
  };
  const parse = (line: string | undefined) => JSON.parse(line ?? '') as Record<string, unknown>;

  test('writes one JSON line an event, with name, time and level in words', () => {
    const { lines, log } = write();
    log.debug('too quiet');
    log.info({ account: 5, session: 6, job: 7, amount: 8n, bytes: new Uint8Array(9) }, 'Signed in.');
    log.error({ error: new TypeError('broken') }, 'Failed.');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    const facts = { account: 5, session: 6, job: 7, amount: '8', bytes: '9 bytes' };
    expect(parse(lines[0])).toMatchObject({
      level: 'info',
      name: 'here',
      msg: 'Signed in.',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      ...facts,
    });
    expect(parse(lines[1])).toMatchObject({
      level: 'error',
      error: { type: 'TypeError', message: 'broken', stack: expect.stringContaining('observe.test') },
    });
  });

  test('leaves secrets out by name, however deep, and in errors', () => {
    const { lines, log } = write();
    log.info({ token: 'SECRET', a: { b: [{ cookie: 'SECRET', host: 'h' }] }, databaseUrl: 'SECRET', mac: new Uint8Array(3) }, 'Facts.');
    log.error({ err: Object.assign(new Error('e'), { facts: { ticket: 'SECRET', job: 4 } }) }, 'Error.');
    expect(lines.join('')).not.toContain('SECRET');
    expect(parse(lines[0])).toMatchObject({ token: '[left out]', a: { b: [{ cookie: '[left out]', host: 'h' }] }, mac: '[left out]' });
    expect(parse(lines[1])).toMatchObject({ err: { message: 'e', facts: { ticket: '[left out]', job: 4 } } });
  });

  test.each([
    ['postgresql://ostraka:SECRET@db.example/net failed', 'postgresql://[left out]@db.example/net failed'],
    ['GET /transport?ticket=SECRET&v=2', 'GET /transport?ticket=[left out]&v=2'],
    ['with Bearer SECRET', 'with Bearer [left out]'],
    ['from 203.0.113.77:4711', 'from 203.0.113.x:4711'],
    ['from 127.0.0.1:80 and 203.0.113.0/24', 'from 127.0.0.1:80 and 203.0.113.0/24'],
    ['from 2001:db8:1:2:3:4:5:6', 'from 2001:db8:1::x'],
    ['at 14:05:09 and ::1', 'at 14:05:09 and ::1'],
  ])('scrubs text: %s', (text, left) => {
    const { lines, log } = write();
    log.info({ why: text }, text);
    expect(parse(lines[0])).toMatchObject({ msg: left, why: left });
  });

  test('is short for people', () => {
    const { lines, log } = write({ isPretty: true });
    log.warn({ job: 7, err: new Error('broken') }, 'Slow.');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}Slow\. job=7\nError: broken\n.*at /);
  });
});

describe('metrics', () => {
  test('are read when somebody looks, each registry its own', async () => {
    const [metrics, other] = [createMetrics(), createMetrics()];
    const counts = { live: 2, ended: { dead: 1, closed: 3 } };
    metrics.add([
      { name: 'sessions', kind: 'level', help: 'Live.', read: () => counts.live },
      { name: 'ended_total', kind: 'count', help: 'Ended.', label: 'why', read: () => counts.ended },
    ]);
    metrics.observeRequest({ method: 'GET', route: '/api/jobs/:id', status: 200, elapsedMs: 30 });
    const observe = metrics.addHistogram('commit_seconds', 'Commits.', [0.01, 1]);
    observe(0.5);
    counts.live = 7;
    counts.ended.dead = 4;
    const { text, contentType } = await metrics.read();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('\nostraka_sessions 7\n');
    expect(text).toContain('\nostraka_ended_total{why="dead"} 4\n');
    expect(text).toContain('ostraka_http_request_seconds_bucket{le="0.1",method="GET",route="/api/jobs/:id",status="200"} 1');
    expect(text).toContain('ostraka_http_request_seconds_bucket{le="0.02",method="GET",route="/api/jobs/:id",status="200"} 0');
    expect(text).toContain('\nostraka_commit_seconds_bucket{le="0.01"} 0\n');
    expect(text).toContain('\nostraka_commit_seconds_bucket{le="1"} 1\n');
    expect((await metrics.read()).text).toContain('\nostraka_ended_total{why="dead"} 4\n');
    expect((await other.read()).text).not.toContain('ostraka_sessions');
  });
});

describe('health', () => {
  const options = { build: '1.2.3', startedAtMs: 10, nowMs: () => 25, isDraining: () => false, timeoutMs: 5 };

  test('is ok when every check is, and says for how long', async () => {
    expect(await readHealth({ ...options, checks: [{ name: 'database', isVital: true, run: async () => 'Answers.' }] })).toEqual({
      status: 'ok',
      checks: [{ name: 'database', ok: true, sentence: 'Answers.' }],
      build: '1.2.3',
      upMs: 15,
    });
  });

  test('is not ready when a vital check fails, throws at once, or hangs; another one only degrades it', async () => {
    const fails = { name: 'fails', isVital: true, run: () => Promise.reject(new Error('No database.')) };
    const throws = {
      name: 'throws',
      isVital: true,
      run: () => {
        throw new Error('No disk.');
      },
    };
    const hangs = { name: 'hangs', isVital: true, run: () => new Promise<string>(() => undefined) };
    const read = (...checks: Parameters<typeof readHealth>[0]['checks']) => readHealth({ ...options, checks });
    expect(await read(fails)).toMatchObject({ status: 'not-ready', checks: [{ ok: false, sentence: 'No database.' }] });
    expect(await read(throws)).toMatchObject({ status: 'not-ready', checks: [{ ok: false, sentence: 'No disk.' }] });
    expect(await read(hangs)).toMatchObject({ status: 'not-ready', checks: [{ ok: false, sentence: 'No answer within 5 ms.' }] });
    expect(await read({ ...fails, isVital: false })).toMatchObject({ status: 'degraded', checks: [{ ok: false }] });
    expect(await read({ ...fails, isVital: false }, throws)).toMatchObject({ status: 'not-ready' });
  });

  test('is read once however many ask, until the reading is a second old; draining is told at once', async () => {
    let runs = 0;
    let nowMs = 0;
    let isDraining = false;
    const checks = [{ name: 'counted', isVital: true, run: () => String(++runs) }];
    const read = createHealthReader({ ...options, checks, nowMs: () => nowMs, isDraining: () => isDraining });
    await Promise.all([read(), read(), read()]);
    nowMs = READING_MS - 1;
    await read();
    expect(runs).toBe(1);
    isDraining = true;
    expect((await read()).status).toBe('draining');
    nowMs = READING_MS;
    await read();
    expect(runs).toBe(2);
  });

  test('is draining while the coordinator stops', async () => {
    expect((await readHealth({ ...options, checks: [], isDraining: () => true })).status).toBe('draining');
  });
});
