// What the resources of sites and of the widget are given; server/watch-sites.ts fills it in.
import type { SiteStore } from '../storage/site-store.ts';
import type { DomainChecker } from './check-domain.ts';
import type { SiteFigures } from './site-figures.ts';

export interface SiteDependencies {
  readonly store: SiteStore;
  readonly checker: DomainChecker;
  readonly figures: SiteFigures;
  /** Of each payment to a visitor, the site's. */
  readonly sharePercent: number;
  readonly contact: string | null;
  /** Unguessable; what the domain must hold. */
  makeCode(): string;
}
