// A browser worker that only computes: WebGPU where the browser has it, else WebAssembly. It may be killed at any moment.
import { type OpenedGpu, openGpu } from '../engine/choose-backend.ts';
import { type ChosenEngine, createEngine } from './create-engine.ts';
import type { EngineWish } from './engine-api.ts';
import { exposeEngine } from './link-engine.ts';

const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => waiting.shift()?.();

/** Two gibibytes less a page: what every engine's WebAssembly memory and every typed array can hold. */
const CPU_BUFFER_BYTES = 2 ** 31 - 65_536;
/** WebGPU's guaranteed limit; what an adapter has beyond it is learnt when a job needs it. */
const GPU_BUFFER_BYTES = 2 ** 27;

const NO_GPU: Readonly<Record<Extract<OpenedGpu, { backend: null }>['reason'], string>> = {
  'no-webgpu': 'This browser has no WebGPU; a current Chrome, Edge, Firefox or Safari may have it.',
  'no-adapter': 'This browser has WebGPU but found no GPU to use; look whether hardware acceleration is switched on in its settings.',
  'no-device': 'The GPU was found but could not be opened; reload the page to try again.',
  'software-gpu-avoided': 'The browser offers a GPU made of software only, which is slower than the CPU itself.',
};

async function chooseEngine({ kind, ...wish }: EngineWish, onLost: (message: string) => void): Promise<ChosenEngine> {
  return kind === 'cpu' ? await openCpu() : await openBrowserGpu(wish, onLost);
}

async function openBrowserGpu(wish: Omit<EngineWish, 'kind'>, onLost: (message: string) => void): Promise<ChosenEngine> {
  const opened = await openGpu({ gpu: navigator.gpu, ...wish, onLost: ({ message }) => onLost(message) });
  if (opened.backend === null) return { backend: null, reason: opened.reason, why: NO_GPU[opened.reason] };
  const { backend, isFallback } = opened;
  const reason = isFallback ? 'software-gpu' : 'gpu';
  const why = isFallback ? 'Computing on a GPU made of software, which counts as a CPU.' : 'Computing on the GPU.';
  return { backend, view: { kind: 'gpu', label: backend.label, isFallback, reason, why }, maxBufferBytes: GPU_BUFFER_BYTES };
}

async function openCpu(): Promise<ChosenEngine> {
  const { createCpuBackend } = await import('../engine/cpu/create-cpu-backend.ts');
  const backend = createCpuBackend();
  const view = { kind: 'cpu', label: backend.label, isFallback: false, reason: 'cpu', why: 'Computing on the CPU.' } as const;
  return { backend, view, maxBufferBytes: CPU_BUFFER_BYTES };
}

/** A timer would be clamped to 4 ms; a message is not. */
const yieldTurn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    turns.port2.postMessage(null);
  });

exposeEngine((tell) =>
  createEngine({
    chooseEngine,
    nowMs: () => performance.now(),
    sleepMs: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    yieldTurn,
    tell,
  }),
);
