// A contributor's settings for tests: everything on and at full, one thread, no rule but the battery's.
import { adjustSettings } from '../../src/contributor/adjust-settings.ts';
import { DEFAULT_SETTINGS } from '../../src/contributor/presets.ts';
import type { ContributorSettings, SettingsChange } from '../../src/contributor/state.ts';

const FULL = adjustSettings(DEFAULT_SETTINGS, { gpu: { duty: 1 }, cpu: { share: 1, threads: 1 } });

export function makeTestSettings(change: SettingsChange = {}): ContributorSettings {
  return adjustSettings(FULL, change);
}
