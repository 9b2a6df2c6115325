// What the HTTP resources say of sites and of the widget they embed: the shapes of their JSON, and the limits of both.
import type { MicroText } from './api.ts';
import type { AccountId, JobId } from './ids.ts';

/** What the account of a site is called: its number stands in the snippet. */
export type SiteId = AccountId;

export const SITE_PROOFS = ['dns', 'file'] as const;
export type SiteProof = (typeof SITE_PROOFS)[number];

export const MAX_SITES_AN_ACCOUNT = 20;
export const MAX_DOMAIN_CHARACTERS = 253;
/** Days of figures that a site's page shows. */
export const SITE_FIGURES_DAYS = 30;

export interface SiteDay {
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  /** The frame was asked for by a page of the site. */
  readonly views: number;
  readonly agreed: number;
  readonly declined: number;
  /** Frames that did not come up, as far as their pages could say so. */
  readonly blocked: number;
  /** Minutes that visitors' devices computed. */
  readonly minutes: number;
  /** The site's share of that day's verified work. */
  readonly earned: MicroText;
}

/** GET /api/sites (a list), POST /api/sites {domain}, POST /api/sites/:id/check, DELETE /api/sites/:id: the owner's view. */
export interface SiteView {
  readonly id: SiteId;
  readonly domain: string;
  /** What the DNS record or the file must hold. */
  readonly code: string;
  readonly createdAtMs: number;
  readonly proof: SiteProof | null;
  readonly provedAtMs: number | null;
  readonly checkedAtMs: number | null;
  /** One sentence: why the last check did not find the code. */
  readonly refusal: string | null;
  /** Of the share, not yet its owner's. */
  readonly held: MicroText;
  readonly released: MicroText;
  readonly sharePercent: number;
  readonly viewedAtMs: number | null;
  readonly agreedAtMs: number | null;
  readonly activeAtMs: number | null;
  /** Newest first; days without anything are left out. */
  readonly days: readonly SiteDay[];
}

export interface RegisterSiteBody {
  readonly domain: string;
}

/** GET /api/widget?site=: what is shown before anybody agreed, to anybody. */
export interface WidgetView {
  readonly network: string;
  /** Null: there is no such site, and the widget says so. */
  readonly site: { readonly id: SiteId; readonly domain: string } | null;
  /** Of every payment, to the site; the rest is the visitor's. */
  readonly sharePercent: number;
  /** Where security people write to. */
  readonly contact: string | null;
  /** A job that runs now, as an example of what would be computed. */
  readonly job: { readonly id: JobId; readonly title: string; readonly requester: string } | null;
}

export const WIDGET_ANSWERS = ['yes', 'no', 'blocked'] as const;
/** POST /api/widget/answers: counted, and nothing about who said it. */
export interface WidgetAnswerBody {
  readonly site: SiteId;
  readonly answer: (typeof WIDGET_ANSWERS)[number];
}

/** How often a running widget says that it runs. */
export const WIDGET_MINUTE_MS = 60_000;

/** GET /widget/build.json: what this build of the widget is made of; the same files for everyone. */
export interface WidgetBuild {
  readonly build: string;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly gzipBytes: number;
    /** `sha384-…`, as `integrity` wants it. */
    readonly integrity: string;
    /** loader: on the host's page. before: in the frame, before Yes. after: fetched after it. */
    readonly when: 'loader' | 'before' | 'after';
  }[];
}
