// Puts the HTTP resources together.
import { Hono } from 'hono';
import { answerFault } from './answer.ts';
import { addBlobRoutes } from './blobs.ts';
import type { HttpApp, HttpEnvironment } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { addEventRoutes } from './events.ts';
import { createGuard } from './guard.ts';
import { createJobHub } from './job-hub.ts';
import { addJobRoutes } from './jobs.ts';
import { addLedgerRoutes } from './ledger.ts';
import { addNetworkRoutes } from './network.ts';
import { createRequestOpener } from './open-request.ts';
import { addResultRoutes } from './results.ts';
import { addAppRoutes } from './serve-app.ts';
import { addSessionRoutes } from './session.ts';

export interface CreatedApp {
  readonly app: HttpApp;
  /** Ends the streams of those who watch jobs; the server cannot close while one is open. */
  closeStreams(): void;
  /** Streams open now, for the metrics. */
  countWatchers(): number;
}

export function createApp(dependencies: HttpDependencies): CreatedApp {
  const app = new Hono<HttpEnvironment>();
  const hub = createJobHub((listener) => dependencies.coordinator.onNotices(listener));
  app.onError((error, c) => answerFault(c, error, dependencies.log));
  app.use(createRequestOpener(dependencies));
  app.use(createGuard(dependencies));
  addSessionRoutes(app, dependencies);
  addJobRoutes(app, dependencies);
  addResultRoutes(app, dependencies);
  addEventRoutes(app, dependencies, hub);
  addBlobRoutes(app, dependencies);
  addLedgerRoutes(app, dependencies);
  addNetworkRoutes(app, dependencies);
  addAppRoutes(app, dependencies);
  return { app, closeStreams: () => hub.closeAll(), countWatchers: () => hub.watchers };
}
