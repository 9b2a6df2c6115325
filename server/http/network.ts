// /api/network, /api/health, /metrics: what the coordinator says of itself to everyone, to probes and to its operator.
import type { NetworkView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/messages.ts';
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { isLoopbackAddress } from './site.ts';

export function addNetworkRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { settings, coordinator, pages } = dependencies;

  app.get('/api/network', async (c) => {
    const { contributors, devices, jobsRunning } = coordinator.counts();
    const { name, build, peer, isLoopbackOnly } = settings;
    const { shardsFinal } = await pages.totals();
    const view: NetworkView = {
      name,
      build,
      protocol: PROTOCOL_VERSION,
      contributors,
      devices,
      jobsRunning,
      shardsFinal,
      peer,
      isLoopbackOnly,
    };
    return answerJson(c, view);
  });

  app.get('/api/health', async (c) => {
    const health = await dependencies.readHealth();
    return answerJson(c, health, health.status === 'ok' || health.status === 'degraded' ? 200 : 503);
  });

  // the process lives and its event loop turns: nothing else is asked, so that no restart is made of a database that is away
  app.get('/api/health/live', (c) => answerJson(c, { status: 'live', build: settings.build }));

  app.get('/metrics', async (c) => {
    if (!isLoopbackAddress(c.var.address)) throw new Fault('forbidden', 'Metrics are read from the coordinator’s own machine only.');
    const { contentType, text } = await dependencies.readMetrics();
    c.header('Content-Type', contentType);
    c.header('Cache-Control', 'no-store');
    return c.body(text);
  });
}
