// Counts what happens at sites, in memory, until it is written down: no visitor is in it, only how often.
import type { SiteId } from '../../src/protocol/api-sites.ts';
import type { SiteGain } from '../storage/site-store.ts';

export type SiteEvent = 'views' | 'agreed' | 'declined' | 'blocked' | 'minutes';

export interface SiteFigures {
  note(site: SiteId, event: SiteEvent): void;
  /** What was gained since the last time; it is forgotten here. */
  take(): readonly SiteGain[];
}

/** Somebody who invents sites fills no memory: what does not fit is not counted. */
export const MAX_COUNTED_SITES = 10_000;
const NOTHING = { views: 0, agreed: 0, declined: 0, blocked: 0, minutes: 0 } as const;

export function createSiteFigures(): SiteFigures {
  const gains = new Map<SiteId, Record<SiteEvent, number>>();
  return {
    note(site, event) {
      const known = gains.get(site);
      if (known) known[event]++;
      else if (gains.size < MAX_COUNTED_SITES) gains.set(site, { ...NOTHING, [event]: 1 });
    },
    take() {
      const taken = [...gains].map(([site, gain]) => ({ site, ...gain }));
      gains.clear();
      return taken;
    },
  };
}
