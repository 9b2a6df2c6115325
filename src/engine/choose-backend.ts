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

export async function chooseBackend(wishes: BackendWishes): Promise<ChosenBackend> {
  if (wishes.want === 'cpu') return await chooseCpu(wishes, 'asked-for-cpu');
  if (wishes.gpu === undefined) return await chooseCpu(wishes, 'no-webgpu');
  // A browser whose GPU process crashed may throw here instead of giving null.
  const adapter = await wishes.gpu.requestAdapter({ powerPreference: wishes.powerPreference }).catch(() => null);
  if (adapter === null) return await chooseCpu(wishes, 'no-adapter');
  const isFallback = isFallbackAdapter(adapter);
  if (isFallback && wishes.softwareGpu === 'avoid') return await chooseCpu(wishes, 'software-gpu-avoided');
  try {
    const backend = await createGpuBackend({ adapter, onLost: wishes.onLost });
    const reason = isFallback ? 'software-gpu' : 'gpu';
    return { backend, deviceClass: isFallback ? 'cpu' : 'gpu', isFallback, reason, sentence: SENTENCES[reason] };
  } catch {
    return await chooseCpu(wishes, 'no-device');
  }
}

async function chooseCpu(wishes: BackendWishes, reason: BackendReason): Promise<ChosenBackend> {
  return { backend: await wishes.createCpu(), deviceClass: 'cpu', isFallback: false, reason, sentence: SENTENCES[reason] };
}
