// Decides what computes on this device: a GPU, a software GPU, or the CPU, and says why in one sentence.
import type { Backend } from './backend.ts';
import { createGpuBackend, type GpuLoss, isFallbackAdapter } from './gpu/create-gpu-backend.ts';

/**
 * 'avoid' leaves a GPU made of software alone. Measured on one machine, SwiftShader on two cores against WebAssembly on one: bunny 11 s to 2.3 s,
 * fractal 2.3 s to 0.9 s, collatz (barriers) 12 s to 1.5 s. 'use' is for programs that only a GPU can run, and for tests.
 */
export type SoftwareGpu = 'use' | 'avoid';

export interface BackendWishes {
  /** `navigator.gpu`, or undefined where the browser has none. */
  readonly gpu: GPU | undefined;
  /** 'cpu': the user switched the GPU off, or it was lost twice. */
  readonly want: 'any' | 'cpu';
  readonly softwareGpu: SoftwareGpu;
  readonly powerPreference: GPUPowerPreference;
  readonly onLost: (loss: GpuLoss) => void;
  readonly createCpu: () => Backend | Promise<Backend>;
}

export type BackendReason = 'gpu' | 'software-gpu' | 'asked-for-cpu' | 'no-webgpu' | 'no-adapter' | 'no-device' | 'software-gpu-avoided';

export interface ChosenBackend {
  readonly backend: Backend;
  /** How the device may be ranked and priced: a software GPU is a CPU. */
  readonly deviceClass: 'gpu' | 'cpu';
  readonly isFallback: boolean;
  readonly reason: BackendReason;
  readonly sentence: string;
}

const SENTENCES: Readonly<Record<BackendReason, string>> = {
  gpu: 'Computing on the GPU.',
  'software-gpu': 'The browser offers a GPU made of software only, so this device counts as a CPU.',
  'software-gpu-avoided': 'The browser offers a GPU made of software only, which is slower than the CPU itself, so the CPU computes.',
  'asked-for-cpu': 'Computing on the CPU, as asked.',
  'no-webgpu': 'This browser has no WebGPU, so the CPU computes.',
  'no-adapter': 'This browser has WebGPU but found no GPU to use, so the CPU computes.',
  'no-device': 'The GPU was found but could not be opened, so the CPU computes.',
};

export type GpuWishes = Pick<BackendWishes, 'gpu' | 'softwareGpu' | 'powerPreference' | 'onLost'>;

export type OpenedGpu =
  | { readonly backend: Backend; readonly isFallback: boolean }
  | { readonly backend: null; readonly reason: 'no-webgpu' | 'no-adapter' | 'no-device' | 'software-gpu-avoided' };

/** Only a GPU, or why there is none. */
export async function openGpu({ gpu, softwareGpu, powerPreference, onLost }: GpuWishes): Promise<OpenedGpu> {
  if (gpu === undefined) return { backend: null, reason: 'no-webgpu' };
  // A browser whose GPU process crashed may throw here instead of giving null.
  const adapter = await gpu.requestAdapter({ powerPreference }).catch(() => null);
  if (adapter === null) return { backend: null, reason: 'no-adapter' };
  const isFallback = isFallbackAdapter(adapter);
  if (isFallback && softwareGpu === 'avoid') return { backend: null, reason: 'software-gpu-avoided' };
  try {
    return { backend: await createGpuBackend({ adapter, onLost }), isFallback };
  } catch {
    return { backend: null, reason: 'no-device' };
  }
}

export async function chooseBackend(wishes: BackendWishes): Promise<ChosenBackend> {
  if (wishes.want === 'cpu') return await chooseCpu(wishes, 'asked-for-cpu');
  const opened = await openGpu(wishes);
  if (opened.backend === null) return await chooseCpu(wishes, opened.reason);
  const { backend, isFallback } = opened;
  const reason = isFallback ? 'software-gpu' : 'gpu';
  return { backend, deviceClass: isFallback ? 'cpu' : 'gpu', isFallback, reason, sentence: SENTENCES[reason] };
}

async function chooseCpu(wishes: BackendWishes, reason: BackendReason): Promise<ChosenBackend> {
  return { backend: await wishes.createCpu(), deviceClass: 'cpu', isFallback: false, reason, sentence: SENTENCES[reason] };
}
