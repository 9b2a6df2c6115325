// The two ends of the wire between an engine and its pool, over whatever kind of worker: one exposes the engine, the other gives it the shape the pool knows.
import { type Endpoint, expose, proxy, transfer, wrap } from 'comlink';
import type { EngineWorkerHandle } from './create-engine-lane.ts';
import type { EngineApi, EngineNews } from './engine-api.ts';

interface LinkedEngineApi extends EngineApi {
  listen(listener: (news: EngineNews) => void): Promise<void>;
}

/** Inside the worker: calls come in, bytes go out without a copy. `endpoint` is the worker's own scope when not given. */
export function exposeEngine(makeEngine: (tell: (news: EngineNews) => void) => EngineApi, endpoint?: Endpoint): void {
  let tell = (_news: EngineNews): void => {};
  const engine = makeEngine((news) => tell(news));
  const api: LinkedEngineApi = {
    ...engine,
    async listen(listener) {
      tell = listener;
    },
    async run(request) {
      const report = await engine.run(request);
      if (report.kind !== 'done') return report;
      const buffers = report.outputs.map(({ bytes }) => bytes.buffer as ArrayBuffer);
      return transfer(report, buffers);
    },
  };
  expose(api, endpoint);
}

/** Outside of it. Who makes the worker tells `onCrash` of the handle when it ends. */
export function makeEngineHandle(endpoint: Endpoint, terminate: () => void): EngineWorkerHandle {
  const remote = wrap<LinkedEngineApi>(endpoint);
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
    terminate,
  };
  return handle;
}
