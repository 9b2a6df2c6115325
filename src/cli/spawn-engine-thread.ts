// Starts an engine thread in Node and gives it the shape the pool knows.
import { Worker } from 'node:worker_threads';
import { proxy, wrap } from 'comlink';

import type { EngineWorkerHandle } from '../contributor/create-engine-pool.ts';
import type { ThreadEngineApi } from './engine-thread.ts';
import { createNodeEndpoint } from './node-endpoint.ts';

/** A thread reads TypeScript only by a loader registered inside of it: Node 20 applies `--import` to no thread's first file (measured, 20.20). */
const FIRST_LINES = `
  const { workerData } = require('node:worker_threads');
  import(workerData.loader).then(({ register }) => { register(); return import(workerData.engine); });
`;

const LOADER = import.meta.resolve('tsx/esm/api');
const ENGINE = new URL('./engine-thread.ts', import.meta.url).href;

export function spawnEngineThread(): EngineWorkerHandle {
  const worker = new Worker(FIRST_LINES, { eval: true, execArgv: [], workerData: { loader: LOADER, engine: ENGINE } });
  const remote = wrap<ThreadEngineApi>(createNodeEndpoint(worker));
  const handle: EngineWorkerHandle = {
    api: {
      start: async (wish) => {
        await remote.listen(proxy((news) => handle.onNews?.(news)));
        return await remote.start(wish);
      },
      load: (program) => remote.load(program),
      unload: (key) => remote.unload(key),
      run: (request) => remote.run(request),
      stop: () => remote.stop(),
      setRhythm: (rhythm) => remote.setRhythm(rhythm),
    },
    onNews: null,
    onCrash: null,
    terminate: () => void worker.terminate(),
  };
  worker.on('error', (error) => handle.onCrash?.(error.message));
  worker.on('exit', (code) => handle.onCrash?.(`it ended with code ${code}.`));
  return handle;
}
