// The inside of an engine worker: one backend, the programs loaded into it, one shard at a time.
import { type Backend, type BoundProgram, type BufferInit, EngineError, type PreparedProgram } from '../engine/backend.ts';
import { isSteppingBack, judgeProbe, NO_CONTENTION, PROBE_EVERY_MS, STEP_BACK_SHARE } from '../engine/judge-contention.ts';
import { createDutyKeeper, type DutyKeeper, type Rhythm } from '../engine/keep-duty.ts';
import { makePace, type Pace } from '../engine/pace-slices.ts';
import { runShard } from '../engine/run-shard.ts';
import type { Digest } from '../protocol/ids.ts';
import type { FailureCode } from '../protocol/result.ts';
import type {
  EngineApi,
  EngineNews,
  EngineProgram,
  EngineReport,
  EngineRequest,
  EngineWish,
  NamedBytes,
  OpenEngine,
} from './engine-api.ts';
import type { NoEngine } from './state.ts';

export type ChosenEngine = ({ readonly backend: Backend } & OpenEngine) | ({ readonly backend: null } & NoEngine);

export interface EngineSurroundings {
  chooseEngine(wish: EngineWish, onLost: (message: string) => void): Promise<ChosenEngine>;
  /** Monotonic, finer than a millisecond where the platform allows it. */
  readonly nowMs: () => number;
  readonly sleepMs: (ms: number) => Promise<void>;
  /** Lets waiting messages in (a stop, a new rhythm); a promise alone would not. */
  readonly yieldTurn: () => Promise<void>;
  readonly tell: (news: EngineNews) => void;
}

interface LoadedProgram {
  readonly prepared: PreparedProgram;
  /** Inputs that the program can write to: given anew to every shard. */
  readonly writable: readonly NamedBytes[];
  readonly inputs: readonly NamedBytes[];
  bound: BoundProgram | null;
  pace: Pace;
}

const FULL_RHYTHM: Rhythm = { targetMs: 16, duty: 1 };
/** Progress is for eyes. */
const PROGRESS_EVERY_MS = 100;
/** A GPU's queue answers when it can; a core's loop only swings when it loses the core. */
const PROBE_NOISE_MS = { gpu: 4, cpu: 1 } as const;
/** So is the busy time: twenty times in the window it is shown over. */
const BUSY_EVERY_MS = 200;

export function createEngine(surroundings: EngineSurroundings): EngineApi {
  const programs = new Map<Digest, LoadedProgram>();
  let backend: Backend | null = null;
  const duty = createDutyKeeper({ rhythm: FULL_RHYTHM, ...surroundings });
  const manners = createManners(duty, surroundings.nowMs);
  const busy = createBusyTeller(duty, manners, surroundings);
  let isStopping = false;

  const prepare = async (program: EngineProgram): Promise<void> => {
    if (backend === null) throw new EngineError('destroyed', 'The engine has not been started.');
    const prepared = await backend.prepare(program.source);
    const readWrite = new Set(program.source.reflection.bindings.filter(({ access }) => access === 'read_write').map(({ name }) => name));
    const writable = program.inputs.filter(({ name }) => readWrite.has(name));
    programs.set(program.key, { prepared, inputs: program.inputs, writable, bound: null, pace: makePace() });
  };

  const run = async (request: EngineRequest): Promise<EngineReport> => {
    const program = programs.get(request.key);
    if (!program) return { kind: 'failed', code: 'program-trap', message: 'The engine was asked for a program that is not loaded.' };
    let bound: BoundProgram | null = null;
    await duty.work(async () => {
      bound = await bindForShard(program, request);
    });
    let toldAtMs = surroundings.nowMs();
    const outcome = await runShard({
      program: bound as unknown as BoundProgram,
      shard: request.shard,
      outputs: request.outputs.map(({ name }) => name),
      pace: program.pace,
      duty,
      shouldStop: () => isStopping,
      beforeSlice: async () => (backend ? await manners.look(backend) : undefined),
      onProgress(doneWorkgroups) {
        busy.say(BUSY_EVERY_MS);
        if (surroundings.nowMs() - toldAtMs < PROGRESS_EVERY_MS) return;
        toldAtMs = surroundings.nowMs();
        surroundings.tell({ kind: 'progress', doneWorkgroups });
      },
    });
    program.pace = outcome.pace;
    if (outcome.kind === 'stopped') return { kind: 'stopped' };
    const outputs = request.outputs.map(({ name }) => ({ name, bytes: outcome.outputs.get(name) as Uint8Array }));
    return { kind: 'done', outputs, computeMs: outcome.computeMs };
  };

  return {
    async start(wish) {
      const chosen = await surroundings.chooseEngine(wish, (message) => surroundings.tell({ kind: 'lost', message }));
      if (chosen.backend === null) return { isOpen: false, reason: chosen.reason, why: chosen.why };
      backend = chosen.backend;
      return { isOpen: true, view: chosen.view, maxBufferBytes: chosen.maxBufferBytes };
    },
    async load(program) {
      try {
        await prepare(program);
        return null;
      } catch (fault) {
        return makeFailure(fault, 'compile-failed');
      }
    },
    async unload(key) {
      const program = programs.get(key);
      programs.delete(key);
      program?.bound?.destroy();
      program?.prepared.destroy();
    },
    async run(request) {
      isStopping = false;
      busy.begin();
      try {
        return await run(request);
      } catch (fault) {
        return makeFailure(fault, 'program-trap');
      } finally {
        busy.say(1);
      }
    },
    async stop() {
      isStopping = true;
      duty.interrupt();
    },
    async setRhythm(next) {
      manners.setRhythm(next);
    },
  };
}

/** Outputs are cleared for every shard, so that nothing of one job or shard can show in another. */
async function bindForShard(program: LoadedProgram, request: EngineRequest): Promise<BoundProgram> {
  const fresh = new Map<string, BufferInit>([
    ...request.outputs.map(({ name, bytes }) => [name, { zeroBytes: bytes }] as const),
    ...request.slices.map(({ name, bytes }) => [name, { bytes }] as const),
    ...program.writable.map(({ name, bytes }) => [name, { bytes }] as const),
  ]);
  if (program.bound) {
    await program.bound.reset(fresh);
    return program.bound;
  }
  const all = new Map<string, BufferInit>([...program.inputs.map(({ name, bytes }) => [name, { bytes }] as const), ...fresh]);
  program.bound = await program.prepared.bind(all);
  return program.bound;
}

interface Manners {
  readonly isSteppingBack: boolean;
  setRhythm(rhythm: Rhythm): void;
  /** Probes when it is time to, and steps back where others are found. */
  look(backend: Backend): Promise<void>;
}

function createManners(duty: DutyKeeper, nowMs: () => number): Manners {
  let rhythm = FULL_RHYTHM;
  let seen = NO_CONTENTION;
  let probedAtMs = Number.NEGATIVE_INFINITY;
  const isPolite = (): boolean => rhythm.isPolite === true && rhythm.duty < 1;
  const isBack = (): boolean => isPolite() && isSteppingBack(seen, nowMs());
  const apply = (): void => {
    const share = rhythm.duty * (isBack() ? STEP_BACK_SHARE : 1);
    if (share !== duty.rhythm.duty || rhythm.targetMs !== duty.rhythm.targetMs) duty.setRhythm({ ...rhythm, duty: share });
  };
  return {
    get isSteppingBack() {
      return isBack();
    },
    setRhythm(next) {
      rhythm = next;
      apply();
    },
    async look(backend) {
      if (isPolite() && backend.probe && nowMs() - probedAtMs >= PROBE_EVERY_MS) {
        const tookMs = await duty.work(async () => await backend.probe?.());
        probedAtMs = nowMs();
        seen = judgeProbe(seen, tookMs, PROBE_NOISE_MS[backend.kind], probedAtMs);
      }
      apply();
    },
  };
}

/** Says how much of the time since it last said so was work. */
function createBusyTeller(duty: DutyKeeper, manners: Manners, { nowMs, tell }: Pick<EngineSurroundings, 'nowMs' | 'tell'>) {
  let fromMs = nowMs();
  let busyMsThen = duty.busyMs;
  const begin = (): void => {
    fromMs = nowMs();
    busyMsThen = duty.busyMs;
  };
  return {
    begin,
    say(leastMs: number): void {
      const spanMs = nowMs() - fromMs;
      if (spanMs < leastMs) return;
      tell({ kind: 'busy', busyMs: duty.busyMs - busyMsThen, spanMs, isSteppingBack: manners.isSteppingBack });
      begin();
    },
  };
}

function makeFailure(fault: unknown, otherwise: FailureCode): Extract<EngineReport, { kind: 'failed' }> {
  const message = fault instanceof Error ? fault.message : String(fault);
  return { kind: 'failed', code: codeOf(fault, otherwise), message: message.slice(0, 2_000) };
}

function codeOf(fault: unknown, otherwise: FailureCode): FailureCode {
  if (fault instanceof EngineError) {
    if (fault.code === 'device-lost') return 'gpu-lost';
    if (fault.code === 'out-of-memory') return 'out-of-memory';
    if (fault.code === 'out-of-fuel') return 'timed-out';
    return otherwise;
  }
  if (fault instanceof Error && 'code' in fault && fault.code === 'unsupported') return 'unsupported';
  // A WebAssembly memory that cannot grow, or a typed array that cannot be made.
  if (fault instanceof RangeError && /memory|allocation|length/i.test(fault.message)) return 'out-of-memory';
  return otherwise;
}
