// What contributor.test.ts calls in a page: the host as the app uses it, and the IndexedDB store.
import type { ContributorStore } from '../../src/contributor/contributor-store.ts';
import { type Contributor, createContributor } from '../../src/contributor/host.ts';
import { openContributorDatabase } from '../../src/contributor/open-contributor-database.ts';
import { createStore } from '../../src/contributor/store.ts';

export interface ContributorHarness {
  readonly contributor: Promise<Contributor>;
  /** A store that shares the page's database and has no results and no blobs. */
  emptyStore(capBytes?: number): Promise<ContributorStore>;
  readonly stores: ContributorStore[];
}

let contributor: Promise<Contributor> | null = null;
let turnMs = 0;

globalThis.contributorHarness = {
  /** Made when first asked for: tests of the store want none. */
  get contributor() {
    contributor ??= createContributor({ baseUrl: location.origin });
    return contributor;
  },
  async emptyStore(capBytes) {
    const database = await openContributorDatabase();
    for (const name of ['results', 'blobs', 'uses'] as const) await database.clear(name);
    // Uses are told apart by time, and two reads may fall into one millisecond.
    const nowMs = (): number => {
      turnMs += 60_001;
      return turnMs;
    };
    return createStore({ database, nowMs, ...(capBytes === undefined ? {} : { capBytes }) });
  },
  stores: [],
};
