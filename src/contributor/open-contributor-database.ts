// The contributor's IndexedDB: results not yet settled, blobs with when they were used, and what the page remembers.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Digest } from '../protocol/ids.ts';
import type { BlobUse, KeptResult } from './contributor-store.ts';
import type { ContributorSettings } from './state.ts';

/** As this version writes it; remember.ts reads what earlier ones wrote. */
export interface Remembered {
  readonly v: 2;
  readonly settings: ContributorSettings;
  /** The user had it running, and did not stop it. */
  readonly wasOn: boolean;
}

export interface ContributorSchema extends DBSchema {
  results: { key: string; value: KeptResult };
  blobs: { key: Digest; value: Uint8Array };
  uses: { key: Digest; value: BlobUse };
  /** `contributor`: see remember.ts; `rules`: see kept-rules.ts. Read as unknown: another version may have written it. */
  remembered: { key: string; value: unknown };
}

const DATABASE = 'ostraka-contributor';

export function openContributorDatabase(): Promise<IDBPDatabase<ContributorSchema>> {
  return openDB<ContributorSchema>(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore('results', { keyPath: 'key' });
      database.createObjectStore('blobs');
      database.createObjectStore('uses', { keyPath: 'digest' });
      database.createObjectStore('remembered');
    },
  });
}
