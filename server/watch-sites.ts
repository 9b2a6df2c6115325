// Sites over time: writes down what was counted, asks proved domains again once a day, and releases what they earned.
import { randomBytes } from 'node:crypto';
import type { Config } from './config.ts';
import { createDomainChecker } from './http/check-domain.ts';
import type { SiteDependencies } from './http/site-dependencies.ts';
import { createSiteFigures } from './http/site-figures.ts';
import type { Log } from './observe/log.ts';
import type { Storage } from './open-storage.ts';

/** An owner who looks at the page sees the first visitor within seconds. */
const WRITE_MS = 2_000;
const RELEASE_MS = 600_000;
const PROOF_GOOD_MS = 24 * 3_600_000;
const SITES_A_TURN = 50;
const CODE_BYTES = 18;

export interface SiteWatch {
  readonly dependencies: SiteDependencies;
  /** What was counted and not written is written. */
  stop(): Promise<void>;
}

export function watchSites(
  config: Pick<Config, 'isLoopbackOnly' | 'widgetSitePercent' | 'contact'>,
  { sites: store }: Pick<Storage, 'sites'>,
  log: Pick<Log, 'warn'>,
): SiteWatch {
  const figures = createSiteFigures();
  const checker = createDomainChecker({ isLoopbackOnly: config.isLoopbackOnly });

  async function write(): Promise<void> {
    const gains = figures.take();
    if (gains.length > 0) await store.addGains(gains, Date.now());
  }

  /** A domain that lost its proof keeps what it earned until somebody proves it again. */
  async function releaseDue(): Promise<void> {
    for (const site of await store.listDue(Date.now() - PROOF_GOOD_MS, SITES_A_TURN)) {
      const { proof, refusal } = await checker.check(site);
      await store.noteCheck({ site: site.id, proof, refusal, nowMs: Date.now() });
      if (proof !== null) await store.release(site.id, Date.now());
    }
  }

  const guard = (work: () => Promise<void>, sentence: string) => () => work().catch((cause) => log.warn({ err: cause }, sentence));
  const writeSafely = guard(write, 'Figures of sites could not be written; those of two seconds are lost.');
  const timers = [
    setInterval(writeSafely, WRITE_MS),
    setInterval(guard(releaseDue, 'Shares of sites could not be released; it is tried again in ten minutes.'), RELEASE_MS),
  ];
  return {
    dependencies: {
      store,
      checker,
      figures,
      sharePercent: config.widgetSitePercent,
      contact: config.contact,
      makeCode: () => randomBytes(CODE_BYTES).toString('base64url'),
    },
    async stop() {
      timers.forEach((timer) => clearInterval(timer));
      await writeSafely();
    },
  };
}
