// What this browser and its GPU are, as far as it tells a page: for people who help, and for bug reports.
import { LEADER_LOCK } from '../../../contributor/leader-tab.ts';

export interface Diagnostics {
  readonly browser: string;
  readonly threads: number;
  readonly isIsolated: boolean;
  readonly adapter: AdapterView | null;
  /** A tab of this browser computes. */
  readonly isLockHeld: boolean;
}

export interface AdapterView {
  readonly label: string;
  readonly isFallback: boolean;
  readonly maxBufferBytes: number;
  readonly maxInvocations: number;
  readonly features: readonly string[];
}

export async function readDiagnostics(): Promise<Diagnostics> {
  const [adapter, locks] = await Promise.all([readAdapter(), navigator.locks?.query()]);
  return {
    browser: navigator.userAgent,
    threads: navigator.hardwareConcurrency,
    isIsolated: globalThis.crossOriginIsolated,
    adapter,
    isLockHeld: locks?.held?.some(({ name }) => name === LEADER_LOCK) ?? false,
  };
}

/** Null where there is no WebGPU, and where it has no adapter for this page. */
async function readAdapter(): Promise<AdapterView | null> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return null;
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info as GPUAdapterInfo & {
    readonly isFallbackAdapter?: boolean;
  };
  return {
    label: [vendor, architecture, description].filter(Boolean).join(' ') || 'GPU',
    isFallback: isFallbackAdapter ?? false,
    maxBufferBytes: adapter.limits.maxStorageBufferBindingSize,
    maxInvocations: adapter.limits.maxComputeInvocationsPerWorkgroup,
    features: [...adapter.features].sort(),
  };
}
