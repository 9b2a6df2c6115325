// A Node thread that only computes, on the CPU engine. It may be killed at any moment.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort } from 'node:worker_threads';
import { expose, transfer } from 'comlink';

import { createEngine } from '../contributor/create-engine.ts';
import type { EngineApi, EngineNews } from '../contributor/engine-api.ts';
import { createCpuBackend } from '../engine/cpu/create-cpu-backend.ts';
import { createNodeEndpoint } from './node-endpoint.ts';

export interface ThreadEngineApi extends EngineApi {
  listen(listener: (news: EngineNews) => void): Promise<void>;
}

/** Two gibibytes less a page: what a WebAssembly memory and a typed array can hold everywhere. */
const MAX_BUFFER_BYTES = 2 ** 31 - 65_536;

let tell = (_news: EngineNews): void => {};

const engine = createEngine({
  async chooseEngine() {
    const backend = createCpuBackend();
    const why = 'Headless contributors compute on the CPU.';
    return { backend, start: { kind: 'cpu', label: backend.label, isFallback: false, why, maxBufferBytes: MAX_BUFFER_BYTES } };
  },
  nowMs: () => performance.now(),
  sleepMs: (ms) => setTimeout(ms),
  yieldTurn: () => setImmediate(),
  tell: (news) => tell(news),
});

const api: ThreadEngineApi = {
  ...engine,
  async listen(listener) {
    tell = listener;
  },
  async run(request) {
    const report = await engine.run(request);
    return report.kind === 'done'
      ? transfer(
          report,
          report.outputs.map(({ bytes }) => bytes.buffer as ArrayBuffer),
        )
      : report;
  },
};

if (!isMainThread && parentPort) expose(api, createNodeEndpoint(parentPort));
