// What a page remembers of its contributor: the settings, and whether it was on; what earlier versions kept is still read.
import { adjustSettings } from './adjust-settings.ts';
import { openContributorDatabase, type Remembered } from './open-contributor-database.ts';
import type { ContributorSettings, SettingsChange } from './state.ts';

const KEY = 'contributor';

/** Version 1 had one share for whichever engine computed. */
interface FirstVersion {
  readonly settings: { readonly share?: unknown; readonly threads?: unknown; readonly pauseOnBattery?: unknown };
  readonly wasOn: boolean;
}

/** `defaults` stand for what was not kept, or makes no sense. Null: nothing was kept. */
export function readRemembered(
  kept: unknown,
  defaults: ContributorSettings,
): { readonly settings: ContributorSettings; readonly wasOn: boolean } | null {
  if (typeof kept !== 'object' || kept === null || !('settings' in kept)) return null;
  const { settings, wasOn } = kept as Remembered;
  const change = 'v' in kept ? settings : migrateFirst(kept as FirstVersion);
  return { settings: adjustSettings(defaults, change ?? {}), wasOn: wasOn === true };
}

function migrateFirst({ settings }: FirstVersion): SettingsChange {
  const { share, threads, pauseOnBattery } = settings ?? {};
  return { gpu: { duty: share }, cpu: { share, threads }, pauseOnBattery } as SettingsChange;
}

/** Null at the first visit, and where the browser keeps nothing. */
export async function recall(defaults: ContributorSettings): Promise<ReturnType<typeof readRemembered>> {
  try {
    const database = await openContributorDatabase();
    try {
      return readRemembered(await database.get('remembered', KEY), defaults);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

export async function remember(remembered: Omit<Remembered, 'v'>): Promise<void> {
  try {
    const database = await openContributorDatabase();
    try {
      await database.put('remembered', { v: 2, ...remembered }, KEY);
    } finally {
      database.close();
    }
  } catch {
    // A private window: the next visit begins with the defaults.
  }
}
