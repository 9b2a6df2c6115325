// Puts the HTTP resources together.
import { Hono } from 'hono';
import { NETWORK_LIMITS } from '../../src/protocol/api-network.ts';
import { answerFault } from './answer.ts';
import { addBlobRoutes } from './blobs.ts';
import type { HttpApp, HttpEnvironment } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { addEventRoutes } from './events.ts';
import { createGuard } from './guard.ts';
import { createJobHub } from './job-hub.ts';
import { addJobRoutes } from './jobs.ts';
import { addLedgerRoutes } from './ledger.ts';
import { createLiveStreams } from './live-streams.ts';
import { addNetworkRoutes } from './network.ts';
import { addNetworkPageRoutes } from './network-page.ts';
import { createRequestOpener } from './open-request.ts';
import { addOperatorRoutes } from './operator.ts';
import { addProfileRoutes } from './profile.ts';
import { addResultRoutes } from './results.ts';
import { addAppRoutes } from './serve-app.ts';
import { addSessionRoutes } from './session.ts';
import { addSiteRoutes } from './sites.ts';
import { addStandingRoutes } from './standing.ts';
import { addTeamRoutes } from './teams.ts';
import { addWidgetRoutes } from './widget.ts';

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
  const live = createLiveStreams(NETWORK_LIMITS.liveMs);
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
  addNetworkPageRoutes(app, dependencies, live);
  addOperatorRoutes(app, dependencies);
  addStandingRoutes(app, dependencies);
  addProfileRoutes(app, dependencies);
  addTeamRoutes(app, dependencies);
  addSiteRoutes(app, dependencies);
  addWidgetRoutes(app, dependencies);
  addAppRoutes(app, dependencies);
  const closeStreams = (): void => {
    hub.closeAll();
    live.closeAll();
  };
  return { app, closeStreams, countWatchers: () => hub.watchers + live.size };
}
