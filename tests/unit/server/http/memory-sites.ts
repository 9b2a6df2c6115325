// Sites in memory, behind the interface of the real store, with a domain checker that finds what a test says.

import type { ProofVerdict } from '../../../../server/http/judge-proof.ts';
import type { SiteDependencies } from '../../../../server/http/site-dependencies.ts';
import { createSiteFigures } from '../../../../server/http/site-figures.ts';
import type { StoredSite } from '../../../../server/storage/site-store.ts';
import { Fault } from '../../../../src/protocol/fault.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';

export interface MemorySites {
  readonly dependencies: SiteDependencies;
  readonly sites: Map<AccountId, StoredSite>;
  /** Account → site. */
  readonly visitors: Map<AccountId, AccountId>;
  /** What the next checks find. */
  verdict: ProofVerdict;
}

export function createMemorySites(): MemorySites {
  const sites = new Map<AccountId, StoredSite>();
  const visitors = new Map<AccountId, AccountId>();
  const change = (id: AccountId, facts: Partial<StoredSite>): void => void sites.set(id, { ...sites.get(id)!, ...facts });
  const memory: MemorySites = {
    sites,
    visitors,
    verdict: { proof: null, refusal: 'nothing was found.' },
    dependencies: {
      figures: createSiteFigures(),
      sharePercent: 70,
      contact: 'mailto:security@example.net',
      makeCode: () => `code-${sites.size}`,
      checker: { check: async () => memory.verdict },
      store: {
        async register({ owner, domain, code, nowMs }) {
          const known = [...sites.values()].find((site) => site.owner === owner && site.domain === domain);
          const id = known?.id ?? ((500 + sites.size) as AccountId);
          if (!known) sites.set(id, makeStoredSite({ id, owner, domain, code, createdAtMs: nowMs }));
          return id;
        },
        listOf: async (owner) => [...sites.values()].filter((site) => site.owner === owner),
        find: async (id) => sites.get(id) ?? null,
        bindVisitor: async (account, site) => void visitors.set(account, site),
        async noteCheck({ site, proof, refusal, nowMs }) {
          change(site, { proof, refusal, checkedAtMs: nowMs, provedAtMs: proof === null ? null : nowMs });
        },
        async release(id) {
          const { held, released } = sites.get(id)!;
          change(id, { held: 0n, released: released + held });
          return held;
        },
        listDue: async () => [],
        addGains: async () => undefined,
        listDays: async () => [],
        async remove(id) {
          if (sites.get(id)!.held > 0n) throw new Fault('conflict', 'This site still holds credit.');
          sites.delete(id);
        },
      },
    },
  };
  return memory;
}

export function makeStoredSite(facts: Partial<StoredSite> = {}): StoredSite {
  return {
    id: 500 as AccountId,
    owner: 1 as AccountId,
    domain: 'example.net',
    code: 'code',
    createdAtMs: 0,
    proof: null,
    provedAtMs: null,
    checkedAtMs: null,
    refusal: null,
    held: 0n,
    released: 0n,
    viewedAtMs: null,
    agreedAtMs: null,
    activeAtMs: null,
    ...facts,
  };
}
