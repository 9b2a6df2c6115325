// Runs one shard of a job on this device before anything is paid: what it gives, how long it takes, on which engine.
import type { BoundProgram, BufferInit, PreparedProgram, ProgramSource } from '../engine/backend.ts';
import type { ChosenBackend, SoftwareGpu } from '../engine/choose-backend.ts';
import { Fault } from '../protocol/fault.ts';
import type { JobSpec, StageSpec } from '../protocol/job.ts';
import { countShards, outputBytes, rangeOfShard } from '../protocol/shard.ts';
import type { Client } from './create-client.ts';
import { lintTrial, type TrialFindings } from './lint-trial.ts';
import { makeTrialFault } from './make-trial-fault.ts';
import { readBlob } from './read-blob.ts';

export interface TryOptions {
  /** Which shard; the middle one when not given, where pictures have something to show. */
  readonly index?: number;
  readonly want?: 'any' | 'cpu';
  /** 'avoid', the default, takes a GPU made of software only for a program that our compiler cannot turn into WebAssembly. */
  readonly softwareGpu?: SoftwareGpu;
  readonly onProgress?: (doneWorkgroups: number, workgroups: number) => void;
  readonly signal?: AbortSignal;
}

export interface Trial {
  readonly index: number;
  readonly base: number;
  readonly count: number;
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  /** Time in the program alone, without preparing it. */
  readonly computeMs: number;
  /** What its text and a short run on the CPU say of it; null when it has no form for a CPU. */
  readonly findings: TrialFindings | null;
  readonly engine: { readonly kind: 'gpu' | 'cpu'; readonly label: string; readonly isFallback: boolean; readonly sentence: string };
}

/** The uniform that a stage's parameters are packed into. */
const PARAMETERS = 'parameters';
const RHYTHM = { targetMs: 16, duty: 1 } as const;

/** Inputs are fetched by digest, so upload them first. Throws `bad-program` with line and column where known, `bad-spec`, `cancelled`. */
export async function tryJob(client: Client, spec: JobSpec, options: TryOptions = {}): Promise<Trial> {
  try {
    return await runTrial(client, spec.stages[0] as StageSpec, options);
  } catch (cause) {
    throw makeTrialFault(cause);
  }
}

async function runTrial(client: Client, stage: StageSpec, options: TryOptions): Promise<Trial> {
  const { reflect } = await import('../compiler/reflect.ts');
  const reflection = reflect(stage.wgsl, stage.entryPoint);
  const index = options.index ?? Math.floor(countShards(stage.grid, stage.workgroupsPerShard) / 2);
  const range = rangeOfShard(stage.grid, stage.workgroupsPerShard, index);
  if (range.count <= 0) throw new Fault('bad-spec', `There is no shard ${index} in this job.`);
  const buffers = new Map<string, BufferInit>(await readInputs(client, stage, range, options.signal));
  for (const [name, { layout }] of Object.entries(stage.outputs)) buffers.set(name, { zeroBytes: outputBytes(layout, range.count) });
  const parameters = reflection.bindings.find((binding) => binding.name === PARAMETERS && binding.space === 'uniform');
  if (parameters !== undefined) {
    const { packUniform } = await import('../compiler/pack-uniform.ts');
    buffers.set(PARAMETERS, { bytes: packUniform(parameters.type, stage.parameters) });
  }
  const { chosen, prepared } = await prepareSomewhere({ wgsl: stage.wgsl, module: null, reflection }, options);
  try {
    const program = await prepared.bind(buffers);
    const { outputs, computeMs } = await runRange(program, stage, range, options);
    const findings = await lintTrial(stage, buffers, range, reflection.entryPoint, options.signal);
    const { kind, label } = chosen.backend;
    return {
      index,
      ...range,
      outputs,
      computeMs,
      findings,
      engine: { kind, label, isFallback: chosen.isFallback, sentence: chosen.sentence },
    };
  } finally {
    chosen.backend.destroy();
  }
}

type Range = ReturnType<typeof rangeOfShard>;

async function readInputs(client: Client, stage: StageSpec, range: Range, signal: AbortSignal | undefined) {
  return Promise.all(
    Object.entries(stage.inputs).map(async ([name, input]) => {
      if (!('digest' in input))
        throw new Fault('not-yet', `Input ${name} comes from an earlier stage, which is not built yet; give it a digest.`);
      const bytes = await readBlob(client, input.digest, signal);
      const piece = input.slice?.bytesPerWorkgroup;
      return [name, { bytes: piece === undefined ? bytes : bytes.slice(range.base * piece, (range.base + range.count) * piece) }] as const;
    }),
  );
}

interface Readied {
  readonly chosen: ChosenBackend;
  readonly prepared: PreparedProgram;
}

/** One shard on a slow engine tells more than none at all. */
async function prepareSomewhere(source: ProgramSource, { want = 'any', softwareGpu = 'avoid' }: TryOptions): Promise<Readied> {
  const chosen = await openEngine(want, softwareGpu);
  try {
    return { chosen, prepared: await chosen.backend.prepare(source) };
  } catch (cause) {
    chosen.backend.destroy();
    const isOnlyForGpus = cause instanceof Error && 'code' in cause && cause.code === 'unsupported';
    if (isOnlyForGpus && chosen.reason === 'software-gpu-avoided') return prepareSomewhere(source, { want, softwareGpu: 'use' });
    throw cause;
  }
}

async function openEngine(want: 'any' | 'cpu', softwareGpu: SoftwareGpu): Promise<ChosenBackend> {
  const { chooseBackend } = await import('../engine/choose-backend.ts');
  return chooseBackend({
    gpu: typeof navigator === 'undefined' ? undefined : navigator.gpu,
    want,
    softwareGpu,
    powerPreference: 'high-performance',
    // A lost device fails the dispatch that was under way, which is told; nothing else runs on it.
    onLost: () => undefined,
    createCpu: async () => (await import('../engine/cpu/create-cpu-backend.ts')).createCpuBackend(),
  });
}

async function runRange(program: BoundProgram, stage: StageSpec, range: Range, options: TryOptions) {
  const [{ runShard }, { makePace }, { createDutyKeeper }] = await Promise.all([
    import('../engine/run-shard.ts'),
    import('../engine/pace-slices.ts'),
    import('../engine/keep-duty.ts'),
  ]);
  // The trial may share its thread with a page: between slices the page gets its turn.
  const duty = createDutyKeeper({ rhythm: RHYTHM, nowMs: () => performance.now(), sleepMs, yieldTurn: () => sleepMs(0) });
  const outcome = await runShard({
    program,
    shard: { ...range, grid: stage.grid },
    outputs: Object.keys(stage.outputs),
    pace: makePace(),
    duty,
    shouldStop: () => options.signal?.aborted ?? false,
    onProgress: (done) => options.onProgress?.(done, range.count),
  });
  if (outcome.kind === 'stopped') throw new Fault('cancelled', 'The trial was stopped.');
  return outcome;
}

function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
