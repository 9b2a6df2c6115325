// One shard of a spec on this device, as the panel shows it.
import { Fault } from '../../../protocol/fault.ts';
import type { JobSpec, Size3, View } from '../../../protocol/job.ts';
import type { Client } from '../../../requester/create-client.ts';
import type { Trial, TryOptions } from '../../../requester/try-job.ts';

export interface Tried {
  readonly view: View;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  readonly index: number;
  /** The output that the job shows. */
  readonly bytes: Uint8Array;
  readonly elapsedMs: number;
  readonly engine: { readonly kind: 'gpu' | 'software' | 'cpu'; readonly label: string };
  readonly why: string;
  /** What was found of the program on the way; null when it has no form for a CPU. */
  readonly findings: Trial['findings'];
  /** Tells one try from the next. */
  readonly count: number;
}

/** The whole picture at its smallest size, as one shard: what a requester wants to see before anything else. */
export function makePreviewSpec(spec: JobSpec, grid: Size3): JobSpec {
  const stages = spec.stages.map((stage) => ({ ...stage, grid, workgroupsPerShard: grid[0] * grid[1] * grid[2] }));
  return { ...spec, stages };
}

export interface TryRequest {
  readonly index: number;
  readonly count: number;
  readonly softwareGpu: NonNullable<TryOptions['softwareGpu']>;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** The compiler and the engines come with this, so they are loaded only when somebody tries. */
export async function tryShard(client: Client, spec: JobSpec, request: TryRequest): Promise<Tried> {
  const { index, count, softwareGpu, signal, onProgress } = request;
  const { tryJob } = await import('../../../requester/try-job.ts');
  const trial = await tryJob(client, spec, { index, softwareGpu, signal, onProgress: (done, all) => onProgress(done / all) });
  const [stage] = spec.stages;
  const bytes = trial.outputs.get(spec.view.output);
  if (!stage || !bytes)
    throw new Fault('bad-spec', `The shard gave no output named ${spec.view.output}.`, { facts: { field: 'view.output' } });
  const { kind, label, isFallback, sentence } = trial.engine;
  const engine = { kind: kind === 'gpu' && isFallback ? ('software' as const) : kind, label };
  const { grid, workgroupsPerShard } = stage;
  return {
    view: spec.view,
    grid,
    workgroupsPerShard,
    index: trial.index,
    bytes,
    elapsedMs: trial.computeMs,
    engine,
    why: sentence,
    findings: trial.findings,
    count,
  };
}
