// What the operator sees: a log without secrets, metrics of plain numbers, health that never hangs.
import { describe, expect, test } from 'vitest';
import { readHealth } from '../../../../server/observe/health.ts';
import { createLog } from '../../../../server/observe/log.ts';
import { createMetrics } from '../../../../server/observe/metrics.ts';

describe('the log', () => {
  test('writes one JSON line with name, time, level and error, and leaves secrets out', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', name: 'here', destination: { write: (line) => void lines.push(line) } });
    log.debug('too quiet');
    log.info({ account: 5, token: 'abc', headers: { cookie: 'def', host: 'h' } }, 'Signed in.');
    log.error({ error: new TypeError('broken') }, 'Failed.');
    expect(lines).toHaveLength(2);
    const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({
      name: 'here',
      msg: 'Signed in.',
      account: 5,
      token: '[left out]',
      headers: { cookie: '[left out]', host: 'h' },
    });
    expect(second).toMatchObject({ error: { type: 'TypeError', message: 'broken', stack: expect.stringContaining('observe.test') } });
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
    counts.live = 7;
    counts.ended.dead = 4;
    const { text, contentType } = await metrics.read();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('\nostraka_sessions 7\n');
    expect(text).toContain('\nostraka_ended_total{why="dead"} 4\n');
    expect(text).toContain('ostraka_http_request_seconds_bucket{le="0.1",method="GET",route="/api/jobs/:id",status="200"} 1');
    expect(text).toContain('ostraka_http_request_seconds_bucket{le="0.02",method="GET",route="/api/jobs/:id",status="200"} 0');
    expect((await metrics.read()).text).toContain('\nostraka_ended_total{why="dead"} 4\n');
    expect((await other.read()).text).not.toContain('ostraka_sessions');
  });
});

describe('health', () => {
  const options = { build: '1.2.3', startedAtMs: 10, nowMs: () => 25, isDraining: () => false, timeoutMs: 5 };

  test('is ok when every check is, and says for how long', async () => {
    expect(await readHealth({ ...options, checks: [{ name: 'database', run: async () => 'Answers.' }] })).toEqual({
      status: 'ok',
      checks: [{ name: 'database', ok: true, sentence: 'Answers.' }],
      build: '1.2.3',
      upMs: 15,
    });
  });

  test('is degraded by a check that fails, throws at once, or hangs', async () => {
    const checks = [
      { name: 'fails', run: () => Promise.reject(new Error('No database.')) },
      {
        name: 'throws',
        run: () => {
          throw new Error('No disk.');
        },
      },
      { name: 'hangs', run: () => new Promise<string>(() => undefined) },
    ];
    expect(await readHealth({ ...options, checks })).toMatchObject({
      status: 'degraded',
      checks: [
        { ok: false, sentence: 'No database.' },
        { ok: false, sentence: 'No disk.' },
        { ok: false, sentence: 'No answer within 5 ms.' },
      ],
    });
  });

  test('is draining while the coordinator stops', async () => {
    expect((await readHealth({ ...options, checks: [], isDraining: () => true })).status).toBe('draining');
  });
});
