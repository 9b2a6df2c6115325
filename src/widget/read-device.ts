// What the browser tells of the device, read after Yes only.
import type { DeviceFacts } from './judge-device.ts';

interface HintingNavigator {
  readonly getBattery?: () => Promise<{ readonly charging: boolean }>;
  readonly connection?: { readonly saveData?: boolean };
  readonly userAgentData?: { readonly mobile?: boolean };
}

/** The shorter side of a screen that only a phone has. */
const PHONE_WIDTH_PX = 500;

export async function readDevice(): Promise<DeviceFacts> {
  const hints = navigator as unknown as HintingNavigator;
  // A frame may be forbidden to know; then it is as in a browser that cannot tell.
  const battery = await Promise.resolve(hints.getBattery?.call(navigator)).catch(() => undefined);
  const isSmall = Math.min(screen.width, screen.height) < PHONE_WIDTH_PX && matchMedia('(pointer: coarse)').matches;
  return {
    isOnBattery: battery?.charging === false,
    savesData: hints.connection?.saveData === true || matchMedia('(prefers-reduced-data: reduce)').matches,
    cores: navigator.hardwareConcurrency,
    isPhone: hints.userAgentData?.mobile ?? isSmall,
  };
}
