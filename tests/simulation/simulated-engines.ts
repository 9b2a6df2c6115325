// The engines of a simulated device: they take their time, compute a few bytes for each workgroup, and lie or break as their owner does.
import type { EngineReport } from '../../src/contributor/engine-api.ts';
import type { EnginePool, PoolRequest } from '../../src/contributor/engine-pool.ts';
import type { EngineView } from '../../src/contributor/state.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import type { StageManifest } from '../../src/protocol/job.ts';
import type { ContributorPlan } from './plan.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { computeBytes, versionOf } from './truth.ts';

export interface EngineOptions {
  readonly plan: ContributorPlan;
  readonly process: SimulatedProcess;
  readonly random: Random;
  readonly manifestOf: (digest: Digest) => StageManifest;
}

export function createSimulatedEngines({ plan, process, random, manifestOf }: EngineOptions): EnginePool {
  const view: EngineView = { kind: plan.engine, label: 'simulated', isFallback: false, reason: plan.engine, why: 'A simulation.' };
  const none = { reason: 'not-opened', why: 'A simulation.' } as const;
  const compute = ({ program, shard }: PoolRequest, computeMs: number): EngineReport => {
    const manifest = manifestOf(program.key);
    if (plan.character === 'failing' && random.isTrue(0.7))
      return { kind: 'failed', code: 'program-trap', message: 'It failed on purpose.' };
    if (plan.character === 'breaking' && random.isTrue(0.3)) return { kind: 'failed', code: 'gpu-lost', message: 'The GPU went away.' };
    const bytes = computeBytes(manifest, shard, versionOf(plan.character), random);
    return { kind: 'done', outputs: [{ name: manifest.outputs[0]!.name, bytes }], computeMs };
  };
  return {
    onChange: null,
    gpuLoss: null,
    engines: { gpu: plan.engine === 'gpu' ? view : null, cpu: plan.engine === 'cpu' ? view : null },
    missing: { gpu: plan.engine === 'gpu' ? null : none, cpu: plan.engine === 'cpu' ? null : none },
    useOf: () => null,
    capabilities: [{ kind: plan.engine, label: 'simulated', isFallback: false, maxBufferBytes: 1 << 20 }],
    open: async () => undefined,
    run(request) {
      let resolve = (_report: EngineReport): void => {};
      const report = new Promise<EngineReport>((settle) => {
        resolve = settle;
      });
      // now and then one takes very long
      const takesMs = plan.shardMs * (random.isTrue(0.02) ? 20 : random.between(0.5, 1.5));
      process.after(Math.min(takesMs, request.timeoutMs), () => {
        const isLate = takesMs > request.timeoutMs;
        resolve(isLate ? { kind: 'failed', code: 'timed-out', message: 'It took too long.' } : compute(request, takesMs));
      });
      return { report, stop: () => resolve({ kind: 'stopped' }) };
    },
    setLoad: () => undefined,
    destroy: () => undefined,
  };
}
