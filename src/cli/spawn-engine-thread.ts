// Starts an engine thread in Node.
import { Worker } from 'node:worker_threads';

import type { EngineWorkerHandle } from '../contributor/create-engine-lane.ts';
import { makeEngineHandle } from '../contributor/link-engine.ts';
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
  const handle = makeEngineHandle(createNodeEndpoint(worker), () => void worker.terminate());
  worker.on('error', (error) => handle.onCrash?.(error.message));
  worker.on('exit', (code) => handle.onCrash?.(`it ended with code ${code}.`));
  return handle;
}
