// What computing here costs in electricity: an estimate, because no browser says what a device draws.

export const DEVICE_CLASSES = ['laptop', 'desktop', 'own'] as const;
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** Watts beyond idle at full load; `own` is what the person measured. */
export const CLASS_WATTS: Readonly<Record<Exclude<DeviceClass, 'own'>, number>> = { laptop: 15, desktop: 120 };
export const MIN_WATTS = 1;
export const MAX_WATTS = 2_000;
/** In hundredths of the person's currency for a kilowatt-hour. */
export const MAX_PRICE_CENTS = 1_000;

export interface EnergyChoice {
  readonly device: DeviceClass;
  readonly ownWatts: number;
  readonly centsPerKwh: number;
}

export const DEFAULT_ENERGY: EnergyChoice = { device: 'laptop', ownWatts: 60, centsPerKwh: 30 };

export interface EnergyEstimate {
  readonly wattHours: number;
  readonly cents: number;
}

export function wattsOf({ device, ownWatts }: EnergyChoice): number {
  return device === 'own' ? ownWatts : CLASS_WATTS[device];
}

/** `loadMs`: time at full load, so that an hour at a fifth is twelve minutes. */
export function estimateEnergy(choice: EnergyChoice, loadMs: number): EnergyEstimate {
  const wattHours = (wattsOf(choice) * loadMs) / 3_600_000;
  return { wattHours, cents: (wattHours / 1_000) * choice.centsPerKwh };
}

/** What was remembered, or null when it is not one of ours. */
export function parseEnergyChoice(value: unknown): EnergyChoice | null {
  const { device, ownWatts, centsPerKwh } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const known = DEVICE_CLASSES.find((name) => name === device);
  if (!known || !isWithin(ownWatts, MIN_WATTS, MAX_WATTS) || !isWithin(centsPerKwh, 0, MAX_PRICE_CENTS)) return null;
  return { device: known, ownWatts, centsPerKwh };
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}
