// What is refused while there is too much to do, and what goes on: at the HTTP door, at the upgrade, and in the watch between them.
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { watchLoad } from '../../../server/watch-load.ts';
import type { FaultCode } from '../../../src/protocol/fault.ts';
import { startWireServer } from '../../support/wire-server.ts';
import { startApp } from '../server/http/start-app.ts';

describe('while overloaded', () => {
  it.each([
    ['POST', '/api/jobs/quote'],
    ['POST', '/api/jobs'],
    ['PUT', '/api/blobs'],
    ['POST', '/api/session'],
    ['POST', '/api/session/challenge'],
    ['POST', '/api/session/ticket'],
    ['POST', '/api/session/attach'],
    ['GET', '/api/jobs/7/receipt'],
  ])('%s %s is refused with 503 and when to come back', async (method, path) => {
    const response = await startApp({ dependencies: { isOverloaded: () => true } }).request(path, { method });
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '3']);
    expect(await response.json()).toMatchObject({ code: 'overloaded', facts: { retryAfterMs: 3_000 } });
    const calm = await startApp().request(path, { method });
    expect(calm.status).not.toBe(503);
  });

  it.each([
    ['GET', '/api/health', 200],
    ['GET', '/metrics', 200],
    ['GET', '/api/network', 200],
    ['GET', '/api/jobs', 200],
    ['GET', '/api/session', 204],
    ['DELETE', '/api/session', 204],
    ['POST', '/api/jobs/7/cancel', 401],
  ])('%s %s goes on', async (method, path, status) => {
    expect((await startApp({ dependencies: { isOverloaded: () => true } }).request(path, { method })).status).toBe(status);
  });

  it('nobody new is let in at the upgrade, the ticket is not spent, and it is counted', async () => {
    const refused: FaultCode[] = [];
    let isOverloaded = true;
    const wire = await startWireServer({
      signalling: null,
      upgrade: { isOverloaded: () => isOverloaded, onRefused: (code) => refused.push(code) },
    });
    const { ticket } = wire.issueTicket();
    const url = `${wire.baseUrl.replace(/^http/, 'ws')}/transport?ticket=${ticket}`;
    const answer = new Promise<{ readonly status: number | undefined; readonly retryAfter: string | undefined }>((resolve) => {
      new WebSocket(url)
        .on('unexpected-response', (_, response) => resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] }))
        .on('error', () => {});
    });
    expect(await answer).toEqual({ status: 503, retryAfter: '5' });
    expect(refused).toEqual(['overloaded']);
    isOverloaded = false;
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.terminate();
    await wire.close();
  });
});

it('the watch tells the core and the log once when it becomes too much, and once when it is caught up', async () => {
  const backlog = { changes: 0, oldestMs: 5_000 };
  const events: unknown[] = [];
  const log: string[] = [];
  const write = (_facts: object, sentence?: string): void => void log.push(sentence ?? '');
  let tell = (): void => {};
  const told = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  const watch = watchLoad({
    runner: {
      post(event) {
        events.push(event);
        tell();
      },
      backlog: () => backlog,
    },
    log: { info: write, warn: write } as never,
    limits: { loopDelayMs: 1e9, oldestMs: 500, changes: 1e9, minChanges: 0, cpuShare: 1, riseMs: 0, fallMs: 0, calmShare: 0.5 },
  });
  await told();
  expect([events, watch.isOverloaded()]).toEqual([[{ type: 'overloaded', isOverloaded: true }], true]);
  const read = (name: string) => watch.figures.find((figure) => figure.name === name)?.read();
  expect([read('overloaded'), read('overloads_total')]).toEqual([1, { 'event-loop': 0, 'backlog-age': 1, 'backlog-size': 0 }]);
  backlog.oldestMs = 0;
  await told();
  expect([events.at(-1), watch.isOverloaded(), read('overloaded')]).toEqual([{ type: 'overloaded', isOverloaded: false }, false, 0]);
  expect(log).toEqual([expect.stringMatching(/Too much/), expect.stringMatching(/caught up/)]);
  watch.stop();
});
