// A GPUDevice that runs compute shaders over buffers with our own compiler, on the thread that calls it.
import {
  type BindGroupEntryDescriptor,
  CpuBindGroup,
  CpuBindGroupLayout,
  CpuPipelineLayout,
  type LayoutEntry,
  type LayoutEntryDescriptor,
  readBindGroup,
  readLayoutEntry,
} from './bindings.ts';
import { CpuCommandEncoder } from './command-encoder.ts';
import { CpuComputePipeline, CpuShaderModule, type PipelineDescriptor, readPipeline } from './compute-pipeline.ts';
import { type BufferDescriptor, CpuBuffer } from './cpu-buffer.ts';
import { CpuQueue } from './cpu-queue.ts';
import type { Limits } from './device-limits.ts';
import { type ErrorFilter, ErrorScopes } from './error-scopes.ts';
import { type ProgramOptions, ShaderPrograms } from './shader-programs.ts';
import { bufferUsage, type GpuError, GpuPipelineError, GpuUncapturedErrorEvent, notOnCpu } from './web-gpu-names.ts';

export interface DeviceOptions {
  readonly features: ReadonlySet<string>;
  readonly limits: Limits;
  readonly adapterInfo: object;
  readonly programs: ProgramOptions;
}

const mapReadUsages = bufferUsage.MAP_READ | bufferUsage.COPY_DST;
const mapWriteUsages = bufferUsage.MAP_WRITE | bufferUsage.COPY_SRC;

export class CpuDevice extends EventTarget {
  label = '';
  readonly features: ReadonlySet<string>;
  readonly limits: Limits;
  readonly adapterInfo: object;
  readonly lost: Promise<{ readonly reason: 'destroyed'; readonly message: string }>;
  readonly queue: CpuQueue;
  onuncapturederror: ((event: Event) => void) | null = null;
  private readonly scopes = new ErrorScopes((error) => this.announce(error));
  private readonly programs: ShaderPrograms;
  private readonly buffers = new Set<WeakRef<CpuBuffer>>();
  private lose: (info: { readonly reason: 'destroyed'; readonly message: string }) => void = () => undefined;

  constructor(options: DeviceOptions) {
    super();
    this.features = options.features;
    this.limits = options.limits;
    this.adapterInfo = options.adapterInfo;
    this.programs = new ShaderPrograms(options.programs);
    this.lost = new Promise((resolve) => {
      this.lose = resolve;
    });
    this.queue = new CpuQueue(this.raise);
  }

  private readonly raise = (filter: ErrorFilter, message: string): void => this.scopes.raise(filter, message);
  private readonly refuse = (message: string): void => this.raise('validation', message);

  private announce(error: GpuError): void {
    const event = new GpuUncapturedErrorEvent('uncapturederror', { error });
    this.onuncapturederror?.(event);
    this.dispatchEvent(event);
  }

  pushErrorScope(filter: ErrorFilter): void {
    this.scopes.push(filter);
  }

  popErrorScope(): Promise<GpuError | null> {
    return this.scopes.pop();
  }

  destroy(): void {
    this.scopes.close();
    for (const each of this.buffers) each.deref()?.destroy();
    this.lose({ reason: 'destroyed', message: 'The device was destroyed.' });
  }

  createBuffer(descriptor: BufferDescriptor): CpuBuffer {
    const { size, usage, mappedAtCreation = false } = descriptor;
    if (mappedAtCreation && size % 4 !== 0) throw new RangeError('A buffer that starts mapped has a multiple of 4 bytes.');
    const fault = this.faultOfBuffer(size, usage);
    if (fault !== null) this.refuse(fault);
    let isValid = fault === null;
    let bytes = new Uint8Array(0);
    if (isValid || mappedAtCreation) {
      try {
        bytes = new Uint8Array(size);
      } catch {
        if (mappedAtCreation) throw new RangeError(`There are no ${size} bytes left.`);
        this.raise('out-of-memory', `There are no ${size} bytes left.`);
        isValid = false;
      }
    }
    const buffer = new CpuBuffer(descriptor, isValid, bytes, this.raise);
    this.buffers.add(new WeakRef(buffer));
    return buffer;
  }

  private faultOfBuffer(size: number, usage: number): string | null {
    if (usage === 0 || (usage & ~0x3ff) !== 0) return 'This is no usage of a buffer.';
    if ((usage & bufferUsage.MAP_READ) !== 0 && (usage & ~mapReadUsages) !== 0) return 'A buffer mapped to read can only be copied to.';
    if ((usage & bufferUsage.MAP_WRITE) !== 0 && (usage & ~mapWriteUsages) !== 0)
      return 'A buffer mapped to write can only be copied from.';
    return size > this.limits.maxBufferSize ? `A buffer has at most ${this.limits.maxBufferSize} bytes, not ${size}.` : null;
  }

  createShaderModule({ code }: { readonly code: string }): CpuShaderModule {
    const module = new CpuShaderModule(code);
    if (module.fault !== null) this.refuse(module.fault);
    return module;
  }

  createBindGroupLayout({ entries }: { readonly entries: Iterable<LayoutEntryDescriptor> }): CpuBindGroupLayout {
    const read = [...entries].map(readLayoutEntry);
    const good = read.filter((each): each is LayoutEntry => typeof each !== 'string');
    const fault = read.find((each) => typeof each === 'string');
    const isTwice = new Set(good.map((each) => each.binding)).size !== good.length;
    if (typeof fault === 'string') this.refuse(fault);
    else if (isTwice) this.refuse('A binding number stands twice in this layout.');
    return new CpuBindGroupLayout(typeof fault !== 'string' && !isTwice, good);
  }

  createPipelineLayout({ bindGroupLayouts }: { readonly bindGroupLayouts: Iterable<CpuBindGroupLayout | null> }): CpuPipelineLayout {
    const groups = [...bindGroupLayouts].map((each) => each ?? null);
    const isValid = groups.length <= this.limits.maxBindGroups && groups.every((each) => each?.isValid !== false);
    if (!isValid) this.refuse('This pipeline layout has too many bind groups, or one that is not valid.');
    return new CpuPipelineLayout(isValid, groups);
  }

  createBindGroup(descriptor: { readonly layout: CpuBindGroupLayout; readonly entries: Iterable<BindGroupEntryDescriptor> }): CpuBindGroup {
    const ranges = readBindGroup(descriptor.layout, [...descriptor.entries], this.limits);
    if (typeof ranges !== 'string') return new CpuBindGroup(true, descriptor.layout, ranges);
    this.refuse(ranges);
    return new CpuBindGroup(false, descriptor.layout, new Map());
  }

  createComputePipeline(descriptor: PipelineDescriptor): CpuComputePipeline {
    const read = readPipeline(this.programs, descriptor, this.limits);
    if (typeof read !== 'string') return this.makePipeline(descriptor, read);
    this.refuse(read);
    return this.makePipeline(descriptor, { program: null, layout: new CpuPipelineLayout(false, []) });
  }

  async createComputePipelineAsync(descriptor: PipelineDescriptor): Promise<CpuComputePipeline> {
    const read = readPipeline(this.programs, descriptor, this.limits);
    if (typeof read === 'string') throw new GpuPipelineError(read, { reason: 'validation' });
    return this.makePipeline(descriptor, read);
  }

  private makePipeline(
    { label = '' }: PipelineDescriptor,
    { program, layout }: { readonly program: CpuComputePipeline['program']; readonly layout: CpuPipelineLayout },
  ): CpuComputePipeline {
    return new CpuComputePipeline(label, program, layout, this.limits.maxBindGroups, this.refuse);
  }

  createCommandEncoder(): CpuCommandEncoder {
    return new CpuCommandEncoder({ limits: this.limits, programs: this.programs, raise: this.refuse });
  }

  createTexture(): never {
    throw notOnCpu('A texture');
  }
  createSampler(): never {
    throw notOnCpu('A sampler');
  }
  importExternalTexture(): never {
    throw notOnCpu('A texture');
  }
  createRenderPipeline(): never {
    throw notOnCpu('A render pipeline');
  }
  async createRenderPipelineAsync(): Promise<never> {
    throw notOnCpu('A render pipeline');
  }
  createRenderBundleEncoder(): never {
    throw notOnCpu('A render bundle');
  }
  createQuerySet(): never {
    throw notOnCpu('A query');
  }
}
