// Starts an engine worker in a browser and gives it the shape the pool knows.
import { proxy, wrap } from 'comlink';
import type { EngineWorkerHandle } from './create-engine-pool.ts';
import type { BrowserEngineApi } from './engine-worker.ts';

export function spawnEngineWorker(): EngineWorkerHandle {
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module', name: 'ostraka-engine' });
  const remote = wrap<BrowserEngineApi>(worker);
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
    terminate: () => worker.terminate(),
  };
  worker.onerror = (event) => handle.onCrash?.(event.message || 'it could not be loaded.');
  return handle;
}
