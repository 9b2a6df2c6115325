// A browser worker that only computes: WebGPU where the browser has it, else WebAssembly. It may be killed at any moment.
import { expose, transfer } from 'comlink';
import { chooseBackend } from '../engine/choose-backend.ts';
import { type ChosenEngine, createEngine } from './create-engine.ts';
import type { EngineApi, EngineNews, EngineWish } from './engine-api.ts';

export interface BrowserEngineApi extends EngineApi {
  listen(listener: (news: EngineNews) => void): Promise<void>;
}

let tell = (_news: EngineNews): void => {};

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

const engine = createEngine({
  chooseEngine,
  nowMs: () => performance.now(),
  sleepMs: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  // A timer would be clamped to 4 ms; a message is not.
  yieldTurn: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      turns.port2.postMessage(null);
    }),
  tell: (news) => tell(news),
});

const api: BrowserEngineApi = {
  ...engine,
  async listen(listener) {
    tell = listener;
  },
  async run(request) {
    const report = await engine.run(request);
    return report.kind === 'done'
      ? transfer(
          report,
          report.outputs.map(({ bytes }) => bytes.buffer),
        )
      : report;
  },
};

expose(api);
