// Runs programs on a GPU by WebGPU. One backend owns one device; when the device is lost, the backend is of no more use.

import { type Backend, EngineError, type ProgramSource } from '../backend.ts';
import { findShardBinding } from '../shard-uniform.ts';
import { bindProgram, type GpuProgram } from './bind-program.ts';
import { catchGpuErrors } from './catch-gpu-errors.ts';
import { createBufferPool } from './create-buffer-pool.ts';
import { STAGE_COMPUTE } from './gpu-flags.ts';
import { watchLoss } from './watch-loss.ts';

export interface GpuLoss {
  /** 'destroyed' never comes here: that is our own doing. */
  readonly reason: string;
  readonly message: string;
}

export interface GpuBackendOptions {
  /** Fresh from requestAdapter: an adapter makes one device only. */
  readonly adapter: GPUAdapter;
  /** Called once, if the device goes away by itself. */
  readonly onLost: (loss: GpuLoss) => void;
  /** Pooled buffers not in use are kept up to this. */
  readonly maxKeptBytes?: number;
}

export interface GpuBackend extends Backend {
  readonly kind: 'gpu';
  /** True for a software adapter: never rank or price it as a GPU. */
  readonly isFallback: boolean;
  readonly vendor: string;
  readonly architecture: string;
}

/** Asked for up to what the adapter has; everything else stays at WebGPU's defaults. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxUniformBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
] as const;

const MAX_KEPT_BYTES = 256 * 2 ** 20;
/** Pipelines kept; a contributor has a few programs at a time. */
const MAX_PIPELINES = 16;
const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

export function isFallbackAdapter(adapter: GPUAdapter): boolean {
  const { info } = adapter;
  return info.isFallbackAdapter || SOFTWARE_NAMES.test(`${info.vendor} ${info.architecture} ${info.device} ${info.description}`);
}

/** Throws an EngineError 'device-lost' when the adapter gives no device. */
export async function createGpuBackend(options: GpuBackendOptions): Promise<GpuBackend> {
  const { adapter } = options;
  const device = await requestDevice(adapter);
  const isFallback = isFallbackAdapter(adapter);
  const pool = createBufferPool(device, options.maxKeptBytes ?? MAX_KEPT_BYTES);
  const loss = watchLoss(device);
  const pipelines = new Map<string, Promise<GpuProgram>>();
  let state: 'running' | 'lost' | 'destroyed' = 'running';
  void device.lost.then(({ reason, message }) => {
    if (state !== 'running') return;
    state = 'lost';
    options.onLost({ reason, message });
  });

  return {
    kind: 'gpu',
    label: nameDevice(adapter, isFallback),
    isFallback,
    vendor: adapter.info.vendor,
    architecture: adapter.info.architecture,
    async prepare(source) {
      if (state === 'lost') throw new EngineError('device-lost', 'The GPU went away.');
      if (state === 'destroyed') throw new EngineError('destroyed', 'This GPU backend has been destroyed.');
      const program = await keep(pipelines, `${source.reflection.entryPoint}\n${source.wgsl}`, () => compileProgram(device, source)).catch(
        (fault: unknown) => {
          // What fails because the device went says nothing about the program.
          throw loss.fault() ?? fault;
        },
      );
      return { bind: (buffers) => bindProgram({ device, pool, loss, program, buffers }), destroy: () => {} };
    },
    async probe() {
      if (state !== 'running') return;
      // Nothing of ours is in the queue between two slices: what it waits for is others' work.
      device.queue.submit([]);
      await loss.untilLost(device.queue.onSubmittedWorkDone());
    },
    destroy() {
      if (state === 'destroyed') return;
      state = 'destroyed';
      pipelines.clear();
      pool.destroy();
      device.destroy();
    },
  };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]));
  try {
    return await adapter.requestDevice({ requiredLimits });
  } catch (cause) {
    throw new EngineError('device-lost', 'The browser offers a GPU but gives no device for it.', { cause });
  }
}

function nameDevice(adapter: GPUAdapter, isFallback: boolean): string {
  const { vendor, architecture, description } = adapter.info;
  const name = description || [vendor, architecture].filter((part) => part !== '').join(' ') || 'unnamed';
  return isFallback ? `software GPU (${name})` : `GPU (${name})`;
}

/** The oldest goes when there are too many; a failure is not kept. */
async function keep<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  const value = known ?? make();
  kept.delete(key);
  kept.set(key, value);
  const oldest = kept.keys().next().value;
  if (kept.size > MAX_PIPELINES && oldest !== undefined) kept.delete(oldest);
  if (known === undefined) value.catch(() => kept.delete(key));
  return await value;
}

async function compileProgram(device: GPUDevice, source: ProgramSource): Promise<GpuProgram> {
  const { reflection } = source;
  const module = await compileModule(device, source.wgsl);
  const { groupLayouts, layout } = await catchGpuErrors(device, () => makeLayouts(device, source));
  try {
    const pipeline = await device.createComputePipelineAsync({ layout, compute: { module, entryPoint: reflection.entryPoint } });
    return { pipeline, groupLayouts, reflection, shardBinding: findShardBinding(reflection) };
  } catch (cause) {
    throw new EngineError('program', `The GPU refuses this program: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function compileModule(device: GPUDevice, wgsl: string): Promise<GPUShaderModule> {
  // The scope's own message is less clear than the compiler's, so it is kept as the cause only.
  let fault: unknown = null;
  let module: GPUShaderModule | null = null;
  await catchGpuErrors(device, () => {
    module = device.createShaderModule({ code: wgsl });
  }).catch((error: unknown) => {
    fault = error;
  });
  const compiled = module as GPUShaderModule | null;
  const messages = compiled === null ? [] : (await compiled.getCompilationInfo()).messages;
  const error = messages.find((message) => message.type === 'error');
  if (error) throw new EngineError('program', `Line ${error.lineNum}, column ${error.linePos}: ${error.message}`, { cause: fault });
  if (fault !== null) throw fault;
  return compiled as GPUShaderModule;
}

function makeLayouts(device: GPUDevice, { reflection }: ProgramSource): { groupLayouts: GPUBindGroupLayout[]; layout: GPUPipelineLayout } {
  const groups = Math.max(-1, ...reflection.bindings.map((binding) => binding.group)) + 1;
  const groupLayouts = Array.from({ length: groups }, (_, group) =>
    device.createBindGroupLayout({
      entries: reflection.bindings
        .filter((binding) => binding.group === group)
        .map((binding) => ({
          binding: binding.binding,
          visibility: STAGE_COMPUTE,
          buffer: { type: bufferType(binding), minBindingSize: binding.minBytes },
        })),
    }),
  );
  return { groupLayouts, layout: device.createPipelineLayout({ bindGroupLayouts: groupLayouts }) };
}

function bufferType(binding: ProgramSource['reflection']['bindings'][number]): GPUBufferBindingType {
  if (binding.space === 'uniform') return 'uniform';
  return binding.access === 'read' ? 'read-only-storage' : 'storage';
}
