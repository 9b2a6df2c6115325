// How much of a device is lent, ready-made; a new device begins quiet, so that nobody notices it before it was asked for more. PURE.
import { NO_LIKES } from '../protocol/likes.ts';
import type { ContributorSettings, SettingsChange } from './state.ts';

export const PRESET_NAMES = ['quiet', 'balanced', 'full'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** What each says; switches, threads and rules stay as they are. At a duty of a quarter and less, slices are short as well (pace-slices.ts). */
export const PRESETS = {
  quiet: { gpu: { duty: 0.2 }, cpu: { share: 0.25 } },
  balanced: { gpu: { duty: 0.5 }, cpu: { share: 0.5 } },
  full: { gpu: { duty: 1 }, cpu: { share: 1 } },
} as const satisfies Readonly<Record<PresetName, SettingsChange>>;

/** The preset that these settings are; null when they were set by hand. */
export function presetOf({ gpu, cpu }: Pick<ContributorSettings, 'gpu' | 'cpu'>): PresetName | null {
  return PRESET_NAMES.find((name) => PRESETS[name].gpu.duty === gpu.duty && PRESETS[name].cpu.share === cpu.share) ?? null;
}

const GIGABYTE = 1_000_000_000;
const HOUR = 60;

/** Rules are off but for the battery; what they would say when switched on is here already. */
export const DEFAULT_SETTINGS: ContributorSettings = {
  gpu: { isOn: true, ...PRESETS.quiet.gpu },
  cpu: { isOn: true, ...PRESETS.quiet.cpu, threads: 2 },
  onlyWhenIdle: { isOn: false, afterMinutes: 5 },
  pauseOnBattery: true,
  hours: { isOn: false, ranges: [{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 22 * HOUR, toMinute: 7 * HOUR }] },
  dataCap: { isOn: false, bytesADay: GIGABYTE },
  likes: NO_LIKES,
};
