// Where one can go from anywhere, in the order of the bars, and which of them is current.
import type { IconName } from '../parts/icons.tsx';
import type { UiWords } from '../words.ts';

export type PlacePath = keyof UiWords['places'];

export interface Place {
  readonly href: PlacePath;
  readonly icon: IconName;
}

const PLACES: Readonly<Record<PlacePath, Place>> = {
  '/': { href: '/', icon: 'contribute' },
  '/jobs': { href: '/jobs', icon: 'jobs' },
  '/jobs/new': { href: '/jobs/new', icon: 'plus' },
  '/leaderboard': { href: '/leaderboard', icon: 'podium' },
  '/network': { href: '/network', icon: 'network' },
  '/embed': { href: '/embed', icon: 'embed' },
  '/settings': { href: '/settings', icon: 'sliders' },
  '/account': { href: '/account', icon: 'account' },
  '/operator': { href: '/operator', icon: 'operator' },
};

const pick = (...paths: readonly PlacePath[]): readonly Place[] => paths.map((path) => PLACES[path]);

/** The top bar; what does not fit goes under More, from the end. */
export const TOP_PLACES = pick('/', '/jobs', '/jobs/new', '/leaderboard', '/network', '/embed');
/** A thumb reaches four and More. */
export const BOTTOM_PLACES = pick('/', '/jobs', '/leaderboard', '/account');
export const BOTTOM_MORE = pick('/jobs/new', '/network', '/embed', '/settings');
export const OPERATOR_PLACE = PLACES['/operator'];
export const SETTINGS_PLACE = PLACES['/settings'];

/** "Jobs" is current on every job, but not on the form for a new one. */
export function isCurrent(path: string, href: PlacePath): boolean {
  if (href === '/jobs') return path === href || (path.startsWith('/jobs/') && path !== '/jobs/new');
  return path === href;
}

/** How many of these widths fit beside a button that holds the rest; all of them when they need no button. */
export function countFitting(widths: readonly number[], room: number, moreWidth: number): number {
  const all = widths.reduce((sum, width) => sum + width, 0);
  if (all <= room) return widths.length;
  let taken = moreWidth;
  const over = widths.findIndex((width) => {
    taken += width;
    return taken > room;
  });
  return over === -1 ? widths.length : over;
}
