// A Node thread that only computes, on the CPU engine. It may be killed at any moment.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort } from 'node:worker_threads';
import { type ChosenEngine, createEngine } from '../contributor/create-engine.ts';
import type { EngineWish } from '../contributor/engine-api.ts';
import { exposeEngine } from '../contributor/link-engine.ts';
import { createCpuBackend } from '../engine/cpu/create-cpu-backend.ts';
import { createNodeEndpoint } from './node-endpoint.ts';

/** Two gibibytes less a page: what a WebAssembly memory and a typed array can hold everywhere. */
const MAX_BUFFER_BYTES = 2 ** 31 - 65_536;

const NO_GPU = { backend: null, reason: 'no-webgpu', why: 'Headless contributors compute on the CPU alone.' } as const;

async function chooseEngine({ kind }: EngineWish): Promise<ChosenEngine> {
  if (kind === 'gpu') return NO_GPU;
  const backend = createCpuBackend();
  const why = 'Headless contributors compute on the CPU.';
  return {
    backend,
    view: { kind: 'cpu', label: backend.label, isFallback: false, reason: 'headless', why },
    maxBufferBytes: MAX_BUFFER_BYTES,
  };
}

if (!isMainThread && parentPort) {
  exposeEngine(
    (tell) =>
      createEngine({
        chooseEngine,
        nowMs: () => performance.now(),
        sleepMs: (ms) => setTimeout(ms),
        yieldTurn: () => setImmediate(),
        tell,
      }),
    createNodeEndpoint(parentPort),
  );
}
