// What a page remembers of its contributor: the settings, and whether it was on.
import { openContributorDatabase, type Remembered } from './open-contributor-database.ts';

const KEY = 'contributor';

/** Null at the first visit, and where the browser keeps nothing. */
export async function recall(): Promise<Remembered | null> {
  try {
    const database = await openContributorDatabase();
    try {
      return (await database.get('remembered', KEY)) ?? null;
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

export async function remember(remembered: Remembered): Promise<void> {
  try {
    const database = await openContributorDatabase();
    try {
      await database.put('remembered', remembered, KEY);
    } finally {
      database.close();
    }
  } catch {
    // A private window: the next visit begins with the defaults.
  }
}
