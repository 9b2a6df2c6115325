/** The CPU backend: runs a program as WebAssembly on this thread, in Node or in a browser worker. */
import { readModuleInfo } from '../../compiler/module-info.ts';
import type { ModuleInfo } from '../../compiler/reflection.ts';
import {
  type Backend,
  type BoundProgram,
  type DispatchBox,
  EngineError,
  type PreparedProgram,
  type ProgramSource,
  type ShardUniform,
} from '../backend.ts';
import { countBoxWorkgroups, sliceShard } from '../slice-shard.ts';
import { createModuleInstance, type ModuleInstance } from './module-instance.ts';
import { yieldToEvents } from './yield-to-events.ts';

/**
 * How long one call into the module should last. Short, because V8 replaces no WebAssembly code while it runs: one long first call would stay in the
 * slow tier (measured 2 to 6 times slower). It also lets pause and cancel in.
 */
const targetCallMs = 8;

export interface CpuBackendOptions {
  /** For tests; performance.now otherwise. */
  readonly nowMs?: () => number;
}

export function createCpuBackend(options: CpuBackendOptions = {}): Backend {
  const nowMs = options.nowMs ?? (() => performance.now());
  return {
    kind: 'cpu',
    label: 'CPU (WebAssembly)',
    prepare: async (source) => {
      const bytes = source.module ?? (await compileHere(source));
      const { module, info } = await loadModule(bytes);
      return createPrepared(module, info, nowMs);
    },
    probe: async () => spin(),
    destroy: () => undefined,
  };
}

/** About a millisecond of one core. */
const PROBE_ROUNDS = 1_000_000;
let spun = 1;

/** Its sum is kept, so that no optimizer leaves it out. */
function spin(): void {
  let x = spun | 1;
  for (let i = 0; i < PROBE_ROUNDS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  spun = x;
}

/** The compiler is a lazy import: a contributor that is sent modules never loads it. */
async function compileHere(source: ProgramSource): Promise<Uint8Array> {
  const { compile } = await import('../../compiler/compile.ts');
  return compile(source.wgsl, { entryPoint: source.reflection.entryPoint }).module;
}

export async function loadModule(bytes: Uint8Array): Promise<{ readonly module: WebAssembly.Module; readonly info: ModuleInfo }> {
  const info = readModuleInfo(bytes);
  try {
    return { module: await WebAssembly.compile(bytes as BufferSource), info };
  } catch (cause) {
    throw new EngineError('bad-module', 'The compiled program is damaged.', { cause });
  }
}

function createPrepared(module: WebAssembly.Module, info: ModuleInfo, nowMs: () => number): PreparedProgram {
  return {
    bind: async (buffers) => {
      const instance = createModuleInstance(module, info);
      instance.fill(buffers);
      return createBound(instance, nowMs);
    },
    destroy: () => undefined,
  };
}

function createBound(instance: ModuleInstance, nowMs: () => number): BoundProgram {
  let live: ModuleInstance | null = instance;
  const require = (): ModuleInstance => {
    if (live === null) throw new EngineError('destroyed', 'This program was given back already.');
    return live;
  };
  // Kept from dispatch to dispatch, so that a later shard starts at the right pace.
  const pace = { workgroupsPerCall: 1 };
  let lastWorkMs = 0;
  return {
    dispatch: async (box, shard) => {
      lastWorkMs = await runBox(require, box, shard, pace, nowMs);
    },
    get lastWorkMs() {
      return lastWorkMs;
    },
    read: async (name) => require().read(name),
    reset: async (buffers) => require().fill(buffers),
    destroy: () => {
      live = null;
    },
  };
}

/** Resolves with the time spent in the module. */
async function runBox(
  require: () => ModuleInstance,
  box: DispatchBox,
  shard: ShardUniform,
  pace: { workgroupsPerCall: number },
  nowMs: () => number,
): Promise<number> {
  const total = countBoxWorkgroups(box);
  const within: ShardUniform = { base: 0, count: total, grid: box.size };
  require().writeShard(box.first, shard);
  require().setGrid(box.size);
  let workMs = 0;
  for (let done = 0; done < total; ) {
    const slice = sliceShard(within, done, pace.workgroupsPerCall);
    if (slice === null) break;
    const startMs = nowMs();
    require().run(slice.first, slice.size);
    const count = countBoxWorkgroups(slice);
    const tookMs = nowMs() - startMs;
    pace.workgroupsPerCall = nextPace(pace.workgroupsPerCall, count, tookMs);
    workMs += tookMs;
    done += count;
    if (done < total) await yieldToEvents();
  }
  return workMs;
}

/** At most doubles, so that one lucky measurement does not make a long call. */
function nextPace(current: number, workgroups: number, tookMs: number): number {
  const fitting = tookMs <= 0 ? current * 2 : (workgroups * targetCallMs) / tookMs;
  return Math.max(1, Math.min(current * 2, fitting));
}
