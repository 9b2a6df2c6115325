// /api/network/…: the figures of now and as a stream, samples of the last hours, devices without names or places, look-ups.
import { NETWORK_LIMITS } from '../../src/protocol/api-network.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { addressKey } from './address-key.ts';
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { streamText } from './events.ts';
import type { LiveStreams } from './live-streams.ts';
import { parseWhole } from './parse-query.ts';
import { stringify } from './stringify.ts';

export function addNetworkPageRoutes(app: HttpApp, { network }: HttpDependencies, streams: LiveStreams): void {
  app.get('/api/network/live', async (c) => answerJson(c, await network.live()));

  app.get('/api/network/live/events', (c) => {
    const stream = streams.open(addressKey(c.var.address), c.var.isStranger, async () => `data: ${stringify(await network.live())}\n\n`);
    c.header('Content-Type', 'text/event-stream; charset=utf-8');
    c.header('Cache-Control', 'no-store');
    c.header('X-Accel-Buffering', 'no');
    return c.body(streamText(stream.texts, stream.close));
  });

  app.get('/api/network/samples', async (c) => {
    const { min, max, fallback } = NETWORK_LIMITS.sampleHours;
    return answerJson(c, await network.samples(parseWhole(c.req.query('hours'), 'hours', { min, max }, fallback)));
  });

  app.get('/api/network/devices', async (c) => answerJson(c, await network.devices()));

  app.get('/api/network/look-up', async (c) => {
    const wanted = (c.req.query('for') ?? '').trim();
    if (/^\d{1,15}$/.test(wanted) || /^[0-9a-f]{64}$/i.test(wanted)) return answerJson(c, await network.lookUp(wanted.toLowerCase()));
    throw new Fault('bad-request', 'Look up the number of a job, or a digest in 64 hexadecimal digits.', { facts: { field: 'for' } });
  });
}
