// Keeps the rules' state in the page's IndexedDB; of two contributors that ever ran at once only the one that began last writes.
import type { KeptRules } from './kept-rules.ts';
import { openContributorDatabase } from './open-contributor-database.ts';
import type { RuleKeeper } from './watch-rules.ts';

const KEY = 'rules';

/** `owner`: a name that no other contributor has. A leader that was frozen and lost its lock must not undo a pause when it thaws. */
export function createRuleKeeper(owner: string): RuleKeeper {
  return {
    async read() {
      return await change((kept) => ({ ...kept, owner }));
    },
    async write(rules) {
      await change((kept) => (kept?.owner === owner ? { ...rules, owner } : null));
    },
  };
}

type Kept = Partial<KeptRules> & { readonly owner: string };

/** In one transaction; resolves with what was there before. */
async function change(next: (kept: Kept | undefined) => Kept | null): Promise<unknown> {
  const database = await openContributorDatabase();
  try {
    const transaction = database.transaction('remembered', 'readwrite', { durability: 'strict' });
    const kept = (await transaction.store.get(KEY)) as Kept | undefined;
    const changed = next(kept);
    if (changed) await transaction.store.put(changed, KEY);
    await transaction.done;
    return kept;
  } finally {
    database.close();
  }
}
