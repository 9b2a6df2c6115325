// Whether the device runs on its battery, where the browser says so (Chromium does, Firefox and Safari do not).

/** The part of BatteryManager that is read; TypeScript's DOM no longer describes it. */
interface Battery extends EventTarget {
  /** True on the charger, when full, and where there is no battery. */
  readonly charging: boolean;
}

export interface BatteryWatch {
  /** False while nothing is known. */
  isOnBattery(): boolean;
  stop(): void;
}

export function watchBattery(onChange: (isOnBattery: boolean) => void): BatteryWatch {
  const { getBattery } = navigator as { readonly getBattery?: () => Promise<Battery> };
  const listening = new AbortController();
  const { signal } = listening;
  let isOnBattery = false;

  const watch = (battery: Battery): void => {
    const read = (): void => {
      if (signal.aborted || isOnBattery === !battery.charging) return;
      isOnBattery = !battery.charging;
      onChange(isOnBattery);
    };
    battery.addEventListener('chargingchange', read, { signal });
    read();
  };
  // A page may be forbidden to know; then it is as in a browser that cannot tell.
  getBattery?.call(navigator).then(watch, () => undefined);

  return { isOnBattery: () => isOnBattery, stop: () => listening.abort() };
}
