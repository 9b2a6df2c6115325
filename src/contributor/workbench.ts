// The shards in hand: their inputs are fetched ahead, they run as workers come free, and they are dropped when their lease ends.
import type { Assignment } from '../protocol/assignment.ts';
import { Fault } from '../protocol/fault.ts';
import type { DeviceId, Digest, ShardId } from '../protocol/ids.ts';
import type { FailureCode } from '../protocol/result.ts';
import { outputBytes } from '../protocol/shard.ts';
import type { BlobSource } from './blob-source.ts';
import { type Clock, sleep } from './clock.ts';
import { keyOfClaim } from './contributor-store.ts';
import type { EngineReport } from './engine-api.ts';
import { ENGINE_KINDS, type EnginePool, type PoolRun } from './engine-pool.ts';
import { type LoadedStage, largestBufferBytes, loadStage, sliceInput } from './load-stage.ts';
import { pickLoadRetryMs } from './pick-load-retry.ts';
import type { CurrentShard, EngineKind } from './state.ts';

export type ShardEnd =
  | {
      readonly kind: 'done';
      readonly stage: LoadedStage;
      readonly report: Extract<EngineReport, { kind: 'done' }>;
      readonly engine: EngineKind;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string; readonly title: string }
  | { readonly kind: 'expired'; readonly title: string }
  /** No engine that is open can run it any more: it goes back. */
  | { readonly kind: 'unfit' };

export interface WorkbenchEvents {
  ended(assignment: Assignment, end: ShardEnd): void;
  changed(): void;
}

export interface Workbench {
  accept(assignments: readonly Assignment[]): void;
  /** Drops these shards, whether they wait or run; says nothing about them. */
  cancel(shards: readonly ShardId[]): void;
  /** After a welcome: drops what was handed to someone else. */
  keepOnly(device: DeviceId): void;
  /** Drops everything and returns what it was, to be handed back. */
  release(): readonly Assignment[];
  /** The same, but what runs goes on. */
  releaseWaiting(): readonly Assignment[];
  setLanes(lanes: Lanes): void;
  readonly inHand: number;
  readonly running: number;
  readonly loading: number;
  readonly current: readonly CurrentShard[];
}

export interface Lane {
  /** 0: nothing is begun there; what runs goes on. */
  readonly workers: number;
  /** Larger buffers do not fit. */
  readonly maxBufferBytes: number;
}

export type Lanes = Readonly<Record<EngineKind, Lane>>;

export const NO_LANE: Lane = { workers: 0, maxBufferBytes: 0 };

/** Shorter leases could not even be reported in time. */
const MIN_RUN_MS = 250;
/** Stages whose inputs stay assembled. */
const MAX_STAGES = 8;

interface Held {
  readonly assignment: Assignment;
  readonly deadlineMs: number;
  phase: 'loading' | 'ready' | 'running' | 'gone';
  stage: LoadedStage | null;
  run: PoolRun | null;
  /** Which engine runs it, or ran it last. */
  engine: EngineKind;
  doneWorkgroups: number;
  /** Calls off the end of the wait for inputs. */
  stopAlarm: () => void;
}

export interface WorkbenchOptions {
  readonly pool: EnginePool;
  readonly blobs: BlobSource;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly on: WorkbenchEvents;
}

export function createWorkbench({ pool, blobs, clock, random, on }: WorkbenchOptions): Workbench {
  const held = new Map<string, Held>();
  const stages = new Map<Digest, Promise<LoadedStage>>();
  let lanes: Lanes = { gpu: NO_LANE, cpu: NO_LANE };

  const count = (phase: Held['phase']): number => [...held.values()].filter((item) => item.phase === phase).length;

  const drop = (item: Held): void => {
    item.phase = 'gone';
    item.stopAlarm();
    held.delete(keyOfClaim(item.assignment.claim));
  };

  const end = (item: Held, outcome: ShardEnd): void => {
    drop(item);
    on.ended(item.assignment, outcome);
    pump();
    on.changed();
  };

  const dropAll = (isGone: (assignment: Assignment) => boolean): readonly Assignment[] => {
    const items = [...held.values()].filter(({ assignment }) => isGone(assignment));
    for (const item of items) {
      drop(item);
      item.run?.stop();
    }
    pump();
    on.changed();
    return items.map(({ assignment }) => assignment);
  };

  /** Until when this stage is of use to a shard that waits for it; before all time when none does. */
  const neededUntilMs = (digest: Digest): number => {
    const items = [...held.values()].filter(({ phase, assignment }) => phase === 'loading' && assignment.manifest === digest);
    return Math.max(Number.NEGATIVE_INFINITY, ...items.map(({ deadlineMs }) => deadlineMs - MIN_RUN_MS));
  };

  /** One chain of tries for all shards of a stage: a coordinator that is asked too often is not asked more. What came already is kept. */
  const loadWhileNeeded = async (digest: Digest): Promise<LoadedStage> => {
    for (let failures = 0; ; failures++) {
      try {
        return await loadStage(digest, blobs);
      } catch (fault) {
        const delayMs = pickLoadRetryMs(fault, failures, random());
        if (delayMs === null || clock.nowMs() + delayMs > neededUntilMs(digest)) throw fault;
        await sleep(clock, delayMs);
        if (neededUntilMs(digest) < clock.nowMs()) throw fault;
      }
    }
  };

  /** A stage that failed to load is tried again by the next shard of it. */
  const readStage = (digest: Digest): Promise<LoadedStage> => {
    const known = stages.get(digest);
    const stage = known ?? loadWhileNeeded(digest);
    stages.delete(digest);
    stages.set(digest, stage);
    if (!known) stage.catch(() => stages.delete(digest));
    const oldest = stages.keys().next().value;
    if (stages.size > MAX_STAGES && oldest !== undefined) stages.delete(oldest);
    return stage;
  };

  const load = async (item: Held): Promise<void> => {
    try {
      const stage = await readStage(item.assignment.manifest);
      if (item.phase !== 'loading') return;
      item.stage = stage;
      item.phase = 'ready';
      item.stopAlarm();
      pump();
      on.changed();
    } catch (fault) {
      if (item.phase !== 'loading') return;
      const isTooMuch = fault instanceof Fault && (fault.code === 'too-large' || fault.code === 'upgrade-required');
      const message = fault instanceof Error ? fault.message : String(fault);
      end(item, { kind: 'failed', code: isTooMuch ? 'unsupported' : 'inputs-unavailable', message, title: titleOf(item) });
    }
  };

  const runningOn = (kind: EngineKind): number =>
    [...held.values()].filter((item) => item.phase === 'running' && item.engine === kind).length;

  /** The GPU first, which is done sooner. */
  const pump = (): void => {
    for (const item of held.values()) {
      const free = ENGINE_KINDS.filter((kind) => runningOn(kind) < lanes[kind].workers);
      if (free.length === 0) return;
      if (item.phase !== 'ready') continue;
      const stage = item.stage as LoadedStage;
      const fit = ENGINE_KINDS.filter((kind) => canRun(lanes[kind], kind, stage));
      const engine = fit.find((kind) => free.includes(kind));
      if (item.deadlineMs - clock.nowMs() < MIN_RUN_MS) end(item, { kind: 'expired', title: titleOf(item) });
      else if (fit.length === 0) end(item, { kind: 'unfit' });
      else if (engine !== undefined) void run(item, stage, engine);
    }
  };

  const run = async (item: Held, stage: LoadedStage, engine: EngineKind): Promise<void> => {
    const { shard } = item.assignment;
    item.phase = 'running';
    item.engine = engine;
    const startMs = clock.nowMs();
    item.run = pool.run({
      kind: engine,
      program: { key: stage.digest, source: stage.source, inputs: stage.whole },
      shard: { base: shard.base, count: shard.count, grid: stage.manifest.grid },
      slices: stage.sliced.map(({ input, bytes }) => ({ name: input.name, bytes: sliceInput(input, bytes, shard) })),
      outputs: stage.manifest.outputs.map(({ name, layout }) => ({ name, bytes: outputBytes(layout, shard.count) })),
      timeoutMs: item.deadlineMs - startMs,
      onProgress(doneWorkgroups) {
        item.doneWorkgroups = doneWorkgroups;
        on.changed();
      },
    });
    const report = await item.run.report;
    if (item.phase !== 'running') return;
    switch (report.kind) {
      case 'done':
        return end(item, { kind: 'done', stage, report, engine, elapsedMs: clock.nowMs() - startMs });
      case 'failed':
        return end(item, { kind: 'failed', code: report.code, message: report.message, title: titleOf(item) });
      case 'stopped':
        // Nobody asked for it: its engine was closed. The shard begins again, on another one if there is one.
        item.phase = 'ready';
        item.doneWorkgroups = 0;
        return pump();
    }
  };

  return {
    accept(assignments) {
      for (const assignment of assignments) {
        const key = keyOfClaim(assignment.claim);
        if (held.has(key)) continue;
        const item: Held = {
          assignment,
          deadlineMs: clock.nowMs() + assignment.leaseMs,
          phase: 'loading',
          stage: null,
          run: null,
          engine: 'cpu',
          doneWorkgroups: 0,
          stopAlarm: clock.after(assignment.leaseMs - MIN_RUN_MS, () => end(item, lateInputs(item))),
        };
        held.set(key, item);
        void load(item);
      }
      on.changed();
    },
    cancel(shards) {
      const gone = new Set(shards);
      dropAll(({ claim }) => gone.has(claim.shard));
    },
    keepOnly(device) {
      dropAll(({ claim }) => claim.device !== device);
    },
    release: () => dropAll(() => true),
    releaseWaiting: () => dropAll(({ claim }) => held.get(keyOfClaim(claim))?.phase !== 'running'),
    setLanes(next) {
      lanes = next;
      pump();
    },
    get inHand() {
      return held.size;
    },
    get running() {
      return count('running');
    },
    get loading() {
      return count('loading');
    },
    get current() {
      return [...held.values()].filter(({ phase }) => phase === 'running').map(showCurrent);
    },
  };
}

/** A program without a module is one that our compiler could not turn into WebAssembly. */
function canRun({ workers, maxBufferBytes }: Lane, kind: EngineKind, stage: LoadedStage): boolean {
  return workers > 0 && (kind === 'gpu' || stage.source.module !== null) && largestBufferBytes(stage.manifest) <= maxBufferBytes;
}

function lateInputs(item: Held): ShardEnd {
  const { index } = item.assignment.shard;
  const message = `The inputs of shard ${index} did not come before its lease ended.`;
  return { kind: 'failed', code: 'inputs-unavailable', message, title: titleOf(item) };
}

function titleOf(item: Held): string {
  return item.stage?.manifest.title ?? `job ${item.assignment.shard.job}`;
}

function showCurrent(item: Held): CurrentShard {
  const { shard, manifest } = item.assignment;
  const { id, job, index, count } = shard;
  const fraction = count === 0 ? 1 : item.doneWorkgroups / count;
  return { shard: id, job, index, title: titleOf(item), fraction, manifest, engine: item.engine };
}
