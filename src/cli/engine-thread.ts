// A Node thread that only computes, on the CPU engine. It may be killed at any moment.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort } from 'node:worker_threads';
import { type ChosenEngine, createEngine } from '../contributor/create-engine.ts';
import { exposeEngine } from '../contributor/link-engine.ts';
import { createCpuBackend } from '../engine/cpu/create-cpu-backend.ts';
import { createNodeEndpoint } from './node-endpoint.ts';

/** Two gibibytes less a page: what a WebAssembly memory and a typed array can hold everywhere. */
const MAX_BUFFER_BYTES = 2 ** 31 - 65_536;

async function chooseEngine(): Promise<ChosenEngine> {
  const backend = createCpuBackend();
  const why = 'Headless contributors compute on the CPU.';
  return { backend, start: { kind: 'cpu', label: backend.label, isFallback: false, why, maxBufferBytes: MAX_BUFFER_BYTES } };
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
