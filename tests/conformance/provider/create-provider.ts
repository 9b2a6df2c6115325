// The module that a WebGPU program may load instead of a GPU: it names WebGPU's classes globally, and `create()` gives a GPU.
import type { CompileOptions } from '../../../src/compiler/compile.ts';
import { CpuBindGroup, CpuBindGroupLayout, CpuPipelineLayout } from './bindings.ts';
import { CpuCommandBuffer, CpuCommandEncoder, CpuComputePass } from './command-encoder.ts';
import { CpuComputePipeline, CpuShaderModule } from './compute-pipeline.ts';
import { CpuBuffer } from './cpu-buffer.ts';
import { CpuDevice } from './cpu-device.ts';
import { CpuQueue } from './cpu-queue.ts';
import { adapterLimits, grantLimits } from './device-limits.ts';
import type { ProgramOptions } from './shader-programs.ts';
import { installNames, operationError } from './web-gpu-names.ts';

const features: ReadonlySet<string> = new Set(['core-features-and-limits', 'shader-f16']);
const languageFeatures: ReadonlySet<string> = new Set([
  'packed_4x8_integer_dot_product',
  'unrestricted_pointer_parameters',
  'pointer_composite_access',
  'uniform_buffer_standard_layout',
  'swizzle_assignment',
]);

class CpuAdapterInfo {
  readonly vendor = 'ostraka';
  readonly architecture = 'wasm';
  readonly device = 'cpu';
  readonly description = 'WGSL compiled to WebAssembly';
  readonly subgroupMinSize = 4;
  readonly subgroupMaxSize = 128;
  readonly isFallbackAdapter = true;
}

interface DeviceDescriptor {
  readonly requiredFeatures?: Iterable<string>;
  readonly requiredLimits?: Readonly<Record<string, number | undefined>>;
}

class CpuAdapter {
  readonly features = features;
  readonly limits = adapterLimits;
  readonly info = new CpuAdapterInfo();
  readonly isFallbackAdapter = true;
  private readonly programs: ProgramOptions;

  constructor(programs: ProgramOptions) {
    this.programs = programs;
  }

  async requestDevice(descriptor: DeviceDescriptor = {}): Promise<CpuDevice> {
    const wanted = [...(descriptor.requiredFeatures ?? [])];
    const missing = wanted.find((each) => !features.has(each));
    if (missing !== undefined) throw new TypeError(`This adapter has no feature "${missing}".`);
    const limits = grantLimits(descriptor.requiredLimits ?? {});
    const granted = new Set(['core-features-and-limits', ...wanted]);
    return new CpuDevice({ features: granted, limits, adapterInfo: this.info, programs: this.programs });
  }

  async requestAdapterInfo(): Promise<CpuAdapterInfo> {
    return this.info;
  }
}

class CpuGpu {
  readonly wgslLanguageFeatures = languageFeatures;
  private readonly programs: ProgramOptions;

  constructor(programs: ProgramOptions) {
    this.programs = programs;
  }

  async requestAdapter(): Promise<CpuAdapter | null> {
    return new CpuAdapter(this.programs);
  }

  getPreferredCanvasFormat(): string {
    return 'rgba8unorm';
  }
}

const compilerOptions: readonly string[] = ['lanes', 'optimize', 'metered', 'reversed'];

/**
 * `name=value` pairs. Those of the compiler are handed on: values are true, false, numbers or words. `fuel` is how many loop turns and calls a dispatch
 * may take.
 */
function readOptions(pairs: readonly string[]): ProgramOptions {
  let fuel: bigint | null = null;
  const compile: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [name = '', value = ''] = pair.split('=');
    if (name === 'fuel') fuel = BigInt(value);
    else if (!compilerOptions.includes(name))
      throw operationError(`There is no option "${name}" (known: fuel, ${compilerOptions.join(', ')}).`);
    else if (value === 'true' || value === 'false') compile[name] = value === 'true';
    else compile[name] = Number.isNaN(Number(value)) ? value : Number(value);
  }
  return { compile: { ...(compile as CompileOptions), fuel: fuel !== null }, fuel };
}

// At once, because a program may name these classes and flags before it asks for a device.
installNames({
  GPU: CpuGpu,
  GPUAdapter: CpuAdapter,
  GPUAdapterInfo: CpuAdapterInfo,
  GPUDevice: CpuDevice,
  GPUQueue: CpuQueue,
  GPUBuffer: CpuBuffer,
  GPUShaderModule: CpuShaderModule,
  GPUComputePipeline: CpuComputePipeline,
  GPUBindGroup: CpuBindGroup,
  GPUBindGroupLayout: CpuBindGroupLayout,
  GPUPipelineLayout: CpuPipelineLayout,
  GPUCommandEncoder: CpuCommandEncoder,
  GPUCommandBuffer: CpuCommandBuffer,
  GPUComputePassEncoder: CpuComputePass,
});

/** Gives what `navigator.gpu` would be; its devices run on the CPU, compiled with these options. */
export function create(options: readonly string[] = []): CpuGpu {
  return new CpuGpu(readOptions(options));
}
