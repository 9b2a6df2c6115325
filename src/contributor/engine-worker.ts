// A browser worker that only computes: WebGPU where the browser has it, else WebAssembly. It may be killed at any moment.
import { chooseBackend } from '../engine/choose-backend.ts';
import { type ChosenEngine, createEngine } from './create-engine.ts';
import type { EngineWish } from './engine-api.ts';
import { exposeEngine } from './link-engine.ts';

const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => waiting.shift()?.();

/** Two gibibytes less a page: what every engine's WebAssembly memory and every typed array can hold. */
const CPU_BUFFER_BYTES = 2 ** 31 - 65_536;

async function chooseEngine({ want, softwareGpu }: EngineWish, onLost: (message: string) => void): Promise<ChosenEngine> {
  const chosen = await chooseBackend({
    gpu: navigator.gpu,
    want,
    softwareGpu,
    powerPreference: 'low-power',
    onLost: ({ message }) => onLost(message),
    createCpu: async () => (await import('../engine/cpu/create-cpu-backend.ts')).createCpuBackend(),
  });
  const { backend, isFallback, sentence } = chosen;
  // WebGPU's guaranteed limit; what an adapter has beyond it is learnt when a job needs it.
  const maxBufferBytes = backend.kind === 'gpu' ? 2 ** 27 : CPU_BUFFER_BYTES;
  return { backend, start: { kind: backend.kind, label: backend.label, isFallback, why: sentence, maxBufferBytes } };
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
