// PURE. Reasons why a visitor's device is not used although its owner said Yes: each can be overruled by the owner, and by nobody else.

export const HOLD_REASONS = ['on-battery', 'saving-data', 'few-cores', 'phone'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export const MIN_CORES = 4;

export interface DeviceFacts {
  readonly isOnBattery: boolean;
  /** The browser's data saver, or the system's wish for less. */
  readonly savesData: boolean;
  readonly cores: number;
  readonly isPhone: boolean;
}

/** The first that applies, the gravest first; null: it may be used. `overruled` are those the owner said yes to. */
export function judgeDevice(facts: DeviceFacts, overruled: ReadonlySet<HoldReason>): HoldReason | null {
  const applies: Readonly<Record<HoldReason, boolean>> = {
    'on-battery': facts.isOnBattery,
    'saving-data': facts.savesData,
    'few-cores': facts.cores < MIN_CORES,
    phone: facts.isPhone,
  };
  return HOLD_REASONS.find((reason) => applies[reason] && !overruled.has(reason)) ?? null;
}
