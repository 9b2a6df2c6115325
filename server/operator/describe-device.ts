// What everyone may know of a device: its kind and its maker's name, and an alias that lasts a day. Never an address, never the whole name of its adapter.

import type { AccountKind } from '../../src/protocol/api.ts';
import type { DeviceClass, PublicDevice } from '../../src/protocol/api-network.ts';
import type { Capabilities } from '../../src/protocol/messages.ts';

/** First match wins; a name that matches none is not told. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/swiftshader|llvmpipe|software|basic render/i, 'software GPU'],
  [/nvidia|geforce|quadro|rtx|gtx|tesla/i, 'NVIDIA'],
  [/\bamd\b|radeon|rdna|gcn/i, 'AMD'],
  [/apple|metal-\d/i, 'Apple'],
  [/adreno|qualcomm/i, 'Qualcomm'],
  [/mali|\barm\b|valhall|bifrost/i, 'ARM'],
  [/powervr|imagination|\bimg\b/i, 'Imagination'],
  [/intel|\bxe\b|iris|uhd graphics|gen-?\d+/i, 'Intel'],
];
const PHONE_MAKERS = ['Qualcomm', 'ARM', 'Imagination'];

export function describeEngine({ engines }: Capabilities): Pick<PublicDevice, 'engine' | 'label'> {
  const gpu = engines.find(({ kind }) => kind === 'gpu');
  if (!gpu) return { engine: 'cpu', label: 'CPU' };
  const maker = MAKERS.find(([pattern]) => pattern.test(gpu.label))?.[1];
  const label = gpu.isFallback ? 'software GPU' : maker === undefined ? 'GPU' : maker === 'software GPU' ? maker : `${maker} GPU`;
  return { engine: 'gpu', label };
}

export function classifyDevice(kind: AccountKind, capabilities: Capabilities): DeviceClass {
  if (kind === 'house') return 'house';
  if (kind === 'headless') return 'headless';
  const { label } = describeEngine(capabilities);
  return PHONE_MAKERS.some((maker) => label.startsWith(maker)) ? 'phone' : 'computer';
}

const DAY_MS = 86_400_000;

/** The day of a first visit says enough. */
export function startOfDay(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}
