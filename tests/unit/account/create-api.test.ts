// The client's calls: every way to fail is a Fault, and what is sent is what was meant.
import { describe, expect, test, vi } from 'vitest';
import { createApi } from '../../../src/account/create-api.ts';
import { Fault } from '../../../src/protocol/fault.ts';

function apiAnswering(answer: () => Response | Promise<Response>, baseUrl = 'http://host:1/') {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => answer());
  return { api: createApi({ baseUrl, fetch, token: 'secret' }), fetch };
}

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const fault = await call.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  return fault as Fault;
}

describe('a call', () => {
  test('carries the token and JSON with bigints as text', async () => {
    const { api, fetch } = apiAnswering(() => Response.json({ ok: 1 }));
    expect(await api.readJson('/api/x', { method: 'POST', json: { price: 12n, text: 'é' } })).toEqual({ ok: 1 });
    const [url, init] = fetch.mock.calls[0]!;
    expect([url, init.method, init.body]).toEqual(['http://host:1/api/x', 'POST', '{"price":"12","text":"é"}']);
    expect(init.headers).toEqual({ Authorization: 'Bearer secret', 'Content-Type': 'application/json' });
    expect([api.baseUrl, api.origin, api.withToken(null).token]).toEqual(['http://host:1', 'http://host:1', null]);
  });

  test('that is refused throws the coordinator’s own fault', async () => {
    const { api } = apiAnswering(() => Response.json({ code: 'quota-exceeded', sentence: 'Full.', facts: { left: 0 } }, { status: 429 }));
    expect(await faultOf(api.send('/x'))).toMatchObject({ code: 'quota-exceeded', message: 'Full.', facts: { left: 0 } });
  });

  test.each([
    [502, '<html>', 'offline'],
    [404, 'nothing', 'bad-request'],
    [400, '{"code":"made-up","sentence":"x"}', 'bad-request'],
    [500, '{"code":5}', 'offline'],
    [500, 'null', 'offline'],
  ])('that ends in %i %s is %s', async (status, body, code) => {
    const { api } = apiAnswering(() => new Response(body, { status }));
    expect(await faultOf(api.send('/x'))).toMatchObject({ code, facts: { status } });
  });

  test('whose body breaks off is offline, and whose body was stopped from here is cancelled', async () => {
    const answer = (reason: Error) => apiAnswering(() => new Response(new ReadableStream({ start: (body) => body.error(reason) })));
    expect(await faultOf(answer(new TypeError('terminated')).api.readJson('/x'))).toMatchObject({ code: 'offline' });
    expect(await faultOf(answer(new DOMException('stopped', 'AbortError')).api.readJson('/x'))).toMatchObject({ code: 'cancelled' });
  });

  test('that reaches nobody is offline, and that was stopped is cancelled', async () => {
    const { api } = apiAnswering(() => Promise.reject(new TypeError('fetch failed')));
    expect(await faultOf(api.send('/x'))).toMatchObject({ code: 'offline' });
    expect(await faultOf(api.send('/x', { signal: AbortSignal.abort() }))).toMatchObject({ code: 'cancelled' });
  });
});
