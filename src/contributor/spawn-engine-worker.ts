// Starts an engine worker in a browser.
import type { EngineWorkerHandle } from './create-engine-lane.ts';
import { makeEngineHandle } from './link-engine.ts';

export function spawnEngineWorker(): EngineWorkerHandle {
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module', name: 'ostraka-engine' });
  const handle = makeEngineHandle(worker, () => worker.terminate());
  worker.onerror = (event) => handle.onCrash?.(event.message || 'it could not be loaded.');
  return handle;
}
