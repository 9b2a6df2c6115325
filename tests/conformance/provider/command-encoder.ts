// Records commands for the queue. A wrong command is remembered and reported when the recording ends, as WebGPU does.
import type { CpuBindGroup } from './bindings.ts';
import type { CpuComputePipeline } from './compute-pipeline.ts';
import type { CpuBuffer } from './cpu-buffer.ts';
import type { Limits } from './device-limits.ts';
import { type BoundGroup, type Grid, readDispatch, runDispatch } from './run-dispatch.ts';
import type { ShaderPrograms } from './shader-programs.ts';
import { bufferUsage, notOnCpu } from './web-gpu-names.ts';

export interface Command {
  /** Every buffer that must be usable when the queue comes to it. */
  readonly buffers: readonly CpuBuffer[];
  run(): void;
}

export interface EncoderHost {
  readonly limits: Limits;
  readonly programs: ShaderPrograms;
  raise(message: string): void;
}

export class CpuCommandBuffer {
  label = '';
  readonly isValid: boolean;
  isSubmitted = false;
  readonly commands: readonly Command[];

  constructor(isValid: boolean, commands: readonly Command[]) {
    this.isValid = isValid;
    this.commands = commands;
  }
}

/** Commands and the first fault of one recording, shared by an encoder and its passes. */
class Recording {
  readonly commands: Command[] = [];
  fault: string | null = null;
  /** The pass that is open, or null while the encoder itself records. */
  pass: CpuComputePass | null = null;
  isOver = false;

  fail(message: string): void {
    this.fault ??= message;
  }
}

export class CpuCommandEncoder {
  label = '';
  private readonly host: EncoderHost;
  private readonly recording = new Recording();
  private debugDepth = 0;

  constructor(host: EncoderHost) {
    this.host = host;
  }

  copyBufferToBuffer(from: CpuBuffer, ...rest: readonly (CpuBuffer | number | undefined)[]): void {
    const [first] = rest;
    const [fromOffset, to, toOffset, size] = typeof first === 'number' ? rest : [0, first, 0, rest[1]];
    const start = Number(fromOffset ?? 0);
    const target = to as CpuBuffer;
    const targetStart = Number(toOffset ?? 0);
    const bytes = size === undefined ? from.size - start : Number(size);
    this.record(faultOfCopy(from, start, target, targetStart, bytes), {
      buffers: [from, target],
      run: () => target.bytes.set(from.bytes.subarray(start, start + bytes), targetStart),
    });
  }

  clearBuffer(buffer: CpuBuffer, offset = 0, size?: number): void {
    const bytes = size ?? Math.max(0, buffer.size - offset);
    const isGood = buffer.isValid && (buffer.usage & bufferUsage.COPY_DST) !== 0;
    const fits = offset % 4 === 0 && bytes % 4 === 0 && offset + bytes <= buffer.size;
    const fault = isGood && fits ? null : 'This part of the buffer cannot be cleared.';
    this.record(fault, { buffers: [buffer], run: () => void buffer.bytes.fill(0, offset, offset + bytes) });
  }

  beginComputePass(): CpuComputePass {
    if (this.recording.pass !== null) this.recording.fail('A pass is open already.');
    if (this.recording.isOver) this.host.raise('The encoder was finished already.');
    const pass = new CpuComputePass(this.host, this.recording);
    this.recording.pass = pass;
    return pass;
  }

  pushDebugGroup(): void {
    this.debugDepth++;
  }

  popDebugGroup(): void {
    this.debugDepth--;
    if (this.debugDepth < 0) this.recording.fail('There is no debug group to leave.');
  }

  insertDebugMarker(): void {}

  finish(): CpuCommandBuffer {
    const { recording } = this;
    if (recording.isOver) recording.fail('The encoder was finished already.');
    if (recording.pass !== null) recording.fail('A pass was not ended.');
    if (this.debugDepth !== 0) recording.fail('A debug group was not left.');
    recording.isOver = true;
    if (recording.fault !== null) this.host.raise(recording.fault);
    return new CpuCommandBuffer(recording.fault === null, recording.commands);
  }

  beginRenderPass(): never {
    throw notOnCpu('A render pass');
  }
  copyBufferToTexture(): never {
    throw notOnCpu('A texture');
  }
  copyTextureToBuffer(): never {
    throw notOnCpu('A texture');
  }
  copyTextureToTexture(): never {
    throw notOnCpu('A texture');
  }
  resolveQuerySet(): never {
    throw notOnCpu('A query');
  }

  private record(fault: string | null, command: Command): void {
    if (this.recording.isOver) return this.host.raise('The encoder was finished already.');
    if (this.recording.pass !== null) return this.recording.fail('A pass is open.');
    if (fault !== null) return this.recording.fail(fault);
    this.recording.commands.push(command);
  }
}

function faultOfCopy(from: CpuBuffer, start: number, to: CpuBuffer, targetStart: number, bytes: number): string | null {
  if (!from.isValid || !to.isValid) return 'A buffer of this copy is not valid.';
  if ((from.usage & bufferUsage.COPY_SRC) === 0 || (to.usage & bufferUsage.COPY_DST) === 0)
    return 'A buffer of this copy was not made to be copied.';
  if (from === to) return 'A copy needs two buffers.';
  if (start % 4 !== 0 || targetStart % 4 !== 0 || bytes % 4 !== 0) return 'Copies go by multiples of 4 bytes.';
  return start + bytes > from.size || targetStart + bytes > to.size || bytes < 0 ? 'This copy reaches beyond a buffer.' : null;
}

export class CpuComputePass {
  label = '';
  private readonly host: EncoderHost;
  private readonly recording: Recording;
  private pipeline: CpuComputePipeline | null = null;
  private readonly groups = new Map<number, BoundGroup>();
  private debugDepth = 0;

  constructor(host: EncoderHost, recording: Recording) {
    this.host = host;
    this.recording = recording;
  }

  setPipeline(pipeline: CpuComputePipeline): void {
    if (pipeline.program === null) this.recording.fail('The pipeline is not valid.');
    this.pipeline = pipeline;
  }

  setBindGroup(index: number, group: CpuBindGroup | null, offsets: Iterable<number> = [], start?: number, length?: number): void {
    if (group === null) {
      this.groups.delete(index);
      return;
    }
    const all = [...offsets];
    const dynamicOffsets = start === undefined ? all : all.slice(start, start + (length ?? 0));
    const fault = this.faultOfGroup(index, group, dynamicOffsets);
    if (fault !== null) return this.recording.fail(fault);
    this.groups.set(index, { group, dynamicOffsets });
  }

  private faultOfGroup(index: number, group: CpuBindGroup, offsets: readonly number[]): string | null {
    if (index >= this.host.limits.maxBindGroups) return `There is no bind group ${index}.`;
    if (!group.isValid) return `Bind group ${index} is not valid.`;
    const dynamic = group.layout.entries.filter((each) => each.hasDynamicOffset);
    if (dynamic.length !== offsets.length) return `Bind group ${index} takes ${dynamic.length} dynamic offsets, not ${offsets.length}.`;
    for (const [i, entry] of dynamic.entries()) {
      const range = group.ranges.get(entry.binding);
      const offset = offsets[i] ?? 0;
      const align = this.host.limits.minStorageBufferOffsetAlignment;
      if (offset % align !== 0) return `A dynamic offset is a multiple of ${align}.`;
      if (range !== undefined && range.offset + offset + range.bytes > range.buffer.size)
        return 'A dynamic offset leads beyond its buffer.';
    }
    return null;
  }

  dispatchWorkgroups(x: number, y = 1, z = 1): void {
    const grid: Grid = [x, y, z];
    const most = this.host.limits.maxComputeWorkgroupsPerDimension;
    if (Math.max(...grid) > most) return this.recording.fail(`A dispatch has at most ${most} workgroups each way.`);
    this.dispatch(() => grid, []);
  }

  dispatchWorkgroupsIndirect(buffer: CpuBuffer, offset: number): void {
    const isGood = buffer.isValid && (buffer.usage & bufferUsage.INDIRECT) !== 0;
    if (!isGood || offset % 4 !== 0 || offset + 12 > buffer.size)
      return this.recording.fail('An indirect dispatch needs 12 bytes of a buffer made for it.');
    const most = this.host.limits.maxComputeWorkgroupsPerDimension;
    const readGrid = (): Grid => {
      const view = new DataView(buffer.bytes.buffer, buffer.bytes.byteOffset + offset, 12);
      const grid: Grid = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
      return Math.max(...grid) > most ? [0, 0, 0] : grid;
    };
    this.dispatch(readGrid, [buffer]);
  }

  private dispatch(readGrid: () => Grid, extra: readonly CpuBuffer[]): void {
    if (this.isClosed()) return;
    const dispatch = readDispatch(this.pipeline, this.groups);
    if (typeof dispatch === 'string') return this.recording.fail(dispatch);
    const bound = [...this.groups.values()].flatMap(({ group }) => [...group.ranges.values()].map((range) => range.buffer));
    this.recording.commands.push({
      buffers: [...bound, ...extra],
      run: () => runDispatch(this.host.programs, dispatch, readGrid()),
    });
  }

  pushDebugGroup(): void {
    this.debugDepth++;
  }

  popDebugGroup(): void {
    this.debugDepth--;
    if (this.debugDepth < 0) this.recording.fail('There is no debug group to leave.');
  }

  insertDebugMarker(): void {}

  end(): void {
    if (this.isClosed()) return;
    if (this.debugDepth !== 0) this.recording.fail('A debug group was not left.');
    this.recording.pass = null;
  }

  private isClosed(): boolean {
    if (this.recording.pass === this && !this.recording.isOver) return false;
    this.host.raise('The pass was ended already.');
    return true;
  }
}
