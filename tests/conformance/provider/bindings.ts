// Bind groups and their layouts: which buffer a shader sees under which number.
import type { Reflection } from '../../../src/compiler/reflection.ts';
import { CpuBuffer } from './cpu-buffer.ts';
import type { Limits } from './device-limits.ts';
import { bufferUsage } from './web-gpu-names.ts';

export type BufferBindingType = 'uniform' | 'storage' | 'read-only-storage';

export interface LayoutEntry {
  readonly binding: number;
  readonly type: BufferBindingType;
  readonly hasDynamicOffset: boolean;
  readonly minBytes: number;
}

export interface LayoutEntryDescriptor {
  readonly binding: number;
  readonly visibility: number;
  readonly buffer?: { readonly type?: BufferBindingType; readonly hasDynamicOffset?: boolean; readonly minBindingSize?: number };
}

export class CpuBindGroupLayout {
  label = '';
  readonly isValid: boolean;
  /** By binding number, in rising order: dynamic offsets come in that order. */
  readonly entries: readonly LayoutEntry[];

  constructor(isValid: boolean, entries: readonly LayoutEntry[]) {
    this.isValid = isValid;
    this.entries = [...entries].sort((a, b) => a.binding - b.binding);
  }

  isSameAs(other: CpuBindGroupLayout): boolean {
    return this === other || JSON.stringify(this.entries) === JSON.stringify(other.entries);
  }
}

export class CpuPipelineLayout {
  label = '';
  readonly isValid: boolean;
  /** null: a group without bindings. */
  readonly groups: readonly (CpuBindGroupLayout | null)[];

  constructor(isValid: boolean, groups: readonly (CpuBindGroupLayout | null)[]) {
    this.isValid = isValid;
    this.groups = groups;
  }
}

export function readLayoutEntry(entry: LayoutEntryDescriptor): LayoutEntry | string {
  if (entry.buffer === undefined) return `Binding ${entry.binding} is no buffer; this device has only buffers.`;
  return {
    binding: entry.binding,
    type: entry.buffer.type ?? 'uniform',
    hasDynamicOffset: entry.buffer.hasDynamicOffset ?? false,
    minBytes: entry.buffer.minBindingSize ?? 0,
  };
}

function typeOf(binding: Reflection['bindings'][number]): BufferBindingType {
  if (binding.space === 'uniform') return 'uniform';
  return binding.access === 'read' ? 'read-only-storage' : 'storage';
}

/** The layout that `layout: 'auto'` stands for. */
export function deduceLayout(reflection: Reflection): CpuPipelineLayout {
  const count = Math.max(0, ...reflection.bindings.map((each) => each.group + 1));
  const groups = Array.from({ length: count }, (_, group) => {
    const own = reflection.bindings.filter((each) => each.group === group);
    const entries = own.map((each) => ({
      binding: each.binding,
      type: typeOf(each),
      hasDynamicOffset: false,
      minBytes: each.minBytes,
    }));
    return new CpuBindGroupLayout(true, entries);
  });
  return new CpuPipelineLayout(true, groups);
}

/** Why a shader cannot run with this layout; null when it can. */
export function faultOfLayout(reflection: Reflection, layout: CpuPipelineLayout): string | null {
  if (!layout.isValid) return 'The pipeline layout is not valid.';
  for (const each of reflection.bindings) {
    const entry = layout.groups[each.group]?.entries.find((one) => one.binding === each.binding);
    const where = `@group(${each.group}) @binding(${each.binding})`;
    if (entry === undefined) return `The pipeline layout has nothing at ${where}, which the shader uses.`;
    if (entry.type !== typeOf(each)) return `At ${where} the pipeline layout has ${entry.type}, the shader ${typeOf(each)}.`;
    if (entry.minBytes !== 0 && entry.minBytes < each.minBytes)
      return `At ${where} the pipeline layout promises ${entry.minBytes} bytes; the shader needs ${each.minBytes}.`;
  }
  return null;
}

export interface BufferRange {
  readonly buffer: CpuBuffer;
  readonly offset: number;
  readonly bytes: number;
}

export interface BindGroupEntryDescriptor {
  readonly binding: number;
  readonly resource: CpuBuffer | { readonly buffer?: unknown; readonly offset?: number; readonly size?: number };
}

export class CpuBindGroup {
  label = '';
  readonly isValid: boolean;
  readonly layout: CpuBindGroupLayout;
  readonly ranges: ReadonlyMap<number, BufferRange>;

  constructor(isValid: boolean, layout: CpuBindGroupLayout, ranges: ReadonlyMap<number, BufferRange>) {
    this.isValid = isValid;
    this.layout = layout;
    this.ranges = ranges;
  }
}

/** The buffers of a bind group by binding number, or what is wrong with them. */
export function readBindGroup(
  layout: CpuBindGroupLayout,
  entries: readonly BindGroupEntryDescriptor[],
  limits: Limits,
): ReadonlyMap<number, BufferRange> | string {
  if (!layout.isValid) return 'The bind group layout is not valid.';
  if (entries.length !== layout.entries.length)
    return `The layout has ${layout.entries.length} bindings, the bind group ${entries.length}.`;
  const ranges = new Map<number, BufferRange>();
  for (const { binding, resource } of entries) {
    const entry = layout.entries.find((each) => each.binding === binding);
    if (entry === undefined) return `The layout has no binding ${binding}.`;
    if (ranges.has(binding)) return `Binding ${binding} is given twice.`;
    const given = resource instanceof CpuBuffer ? { buffer: resource } : resource;
    if (!(given.buffer instanceof CpuBuffer)) return `Binding ${binding} is no buffer; this device has only buffers.`;
    const { buffer } = given;
    const offset = 'offset' in given ? (given.offset ?? 0) : 0;
    const range = { buffer, offset, bytes: ('size' in given ? given.size : undefined) ?? buffer.size - offset };
    const fault = faultOfRange(range, entry, limits);
    if (fault !== null) return `Binding ${binding}: ${fault}`;
    ranges.set(binding, range);
  }
  return ranges;
}

function faultOfRange({ buffer, offset, bytes }: BufferRange, entry: LayoutEntry, limits: Limits): string | null {
  if (!buffer.isValid) return 'the buffer is not valid.';
  const isUniform = entry.type === 'uniform';
  if ((buffer.usage & (isUniform ? bufferUsage.UNIFORM : bufferUsage.STORAGE)) === 0)
    return `the buffer was not made to be used as ${entry.type}.`;
  const align = isUniform ? limits.minUniformBufferOffsetAlignment : limits.minStorageBufferOffsetAlignment;
  if (offset % align !== 0) return `the offset ${offset} is no multiple of ${align}.`;
  if (bytes <= 0 || offset + bytes > buffer.size) return 'the range is empty or reaches beyond the buffer.';
  if (!isUniform && bytes % 4 !== 0) return `a storage binding has a multiple of 4 bytes, not ${bytes}.`;
  const most = isUniform ? limits.maxUniformBufferBindingSize : limits.maxStorageBufferBindingSize;
  if (bytes > most) return `${bytes} bytes are more than the limit of ${most}.`;
  return bytes < entry.minBytes ? `${bytes} bytes are fewer than the ${entry.minBytes} that the layout needs.` : null;
}
