// Every page of the app by an address that fills it: what the checks of all pages and the pictures of them walk through.

export interface AppRoute {
  /** For a file name. */
  readonly name: string;
  readonly path: string;
}

export const APP_ROUTES: readonly AppRoute[] = [
  { name: 'contribute', path: '/' },
  { name: 'jobs', path: '/jobs' },
  { name: 'job-picture', path: '/jobs/41?shard=6' },
  { name: 'job-table', path: '/jobs/40' },
  { name: 'job-failed', path: '/jobs/37' },
  { name: 'new-job', path: '/jobs/new?template=fractal' },
  { name: 'new-job-blank', path: '/jobs/new?template=blank' },
  { name: 'leaderboard', path: '/leaderboard' },
  { name: 'network', path: '/network' },
  { name: 'embed', path: '/embed' },
  { name: 'settings', path: '/settings' },
  { name: 'account', path: '/account' },
  { name: 'operator', path: '/operator' },
  { name: 'security', path: '/security' },
  { name: 'not-found', path: '/nowhere' },
];
