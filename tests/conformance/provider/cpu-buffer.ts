// A GPUBuffer whose bytes are an ordinary array: mapping hands out copies and takes them back.
import type { ErrorFilter } from './error-scopes.ts';
import { bufferUsage, mapMode, operationError } from './web-gpu-names.ts';

export interface BufferDescriptor {
  readonly label?: string;
  readonly size: number;
  readonly usage: number;
  readonly mappedAtCreation?: boolean;
}

interface MappedRange {
  readonly offset: number;
  readonly bytes: ArrayBuffer;
}

interface Mapping {
  readonly offset: number;
  readonly size: number;
  readonly isWritable: boolean;
  readonly ranges: MappedRange[];
}

export class CpuBuffer {
  label: string;
  readonly size: number;
  readonly usage: number;
  readonly isValid: boolean;
  isDestroyed = false;
  bytes: Uint8Array;
  private mapping: Mapping | null = null;
  private pending: ((reason: DOMException) => void) | null = null;
  private readonly raise: (filter: ErrorFilter, message: string) => void;

  constructor(descriptor: BufferDescriptor, isValid: boolean, bytes: Uint8Array, raise: (filter: ErrorFilter, message: string) => void) {
    this.label = descriptor.label ?? '';
    this.size = descriptor.size;
    this.usage = descriptor.usage;
    this.isValid = isValid;
    this.bytes = bytes;
    this.raise = raise;
    if (descriptor.mappedAtCreation === true) this.mapping = { offset: 0, size: descriptor.size, isWritable: true, ranges: [] };
  }

  get mapState(): 'unmapped' | 'pending' | 'mapped' {
    if (this.pending !== null) return 'pending';
    return this.mapping === null ? 'unmapped' : 'mapped';
  }

  /** Why work may not use this buffer now; null when it may. */
  get fault(): string | null {
    if (!this.isValid) return 'A buffer is not valid.';
    if (this.isDestroyed) return 'A buffer was destroyed.';
    return this.mapState === 'unmapped' ? null : 'A buffer is mapped.';
  }

  async mapAsync(mode: number, offset = 0, size?: number): Promise<void> {
    if (this.pending !== null) throw operationError('This buffer is being mapped already.');
    const length = size ?? Math.max(0, this.size - offset);
    const fault = this.faultOfMapping(mode, offset, length);
    if (fault !== null) {
      this.raise('validation', fault);
      throw operationError(fault);
    }
    await new Promise<void>((resolve, reject) => {
      this.pending = reject;
      queueMicrotask(() => {
        if (this.pending !== reject) return;
        this.pending = null;
        this.mapping = { offset, size: length, isWritable: mode === mapMode.WRITE, ranges: [] };
        resolve();
      });
    });
  }

  private faultOfMapping(mode: number, offset: number, length: number): string | null {
    if (!this.isValid || this.isDestroyed) return 'This buffer is not valid or was destroyed.';
    if (this.mapping !== null) return 'This buffer is mapped already.';
    if (mode !== mapMode.READ && mode !== mapMode.WRITE) return 'A buffer is mapped either to read or to write.';
    const needed = mode === mapMode.READ ? bufferUsage.MAP_READ : bufferUsage.MAP_WRITE;
    if ((this.usage & needed) === 0) return 'This buffer was not made to be mapped that way.';
    if (offset % 8 !== 0 || length % 4 !== 0) return 'A mapping starts at a multiple of 8 and has a multiple of 4 bytes.';
    return offset + length > this.size ? 'This mapping reaches beyond the buffer.' : null;
  }

  getMappedRange(offset = 0, size?: number): ArrayBuffer {
    const { mapping } = this;
    const length = size ?? Math.max(0, this.size - offset);
    if (mapping === null) throw operationError('This buffer is not mapped.');
    if (offset % 8 !== 0 || length % 4 !== 0) throw operationError('A range starts at a multiple of 8 and has a multiple of 4 bytes.');
    if (offset < mapping.offset || offset + length > mapping.offset + mapping.size)
      throw operationError('This range is not within what is mapped.');
    const overlaps = mapping.ranges.some((each) => offset < each.offset + each.bytes.byteLength && each.offset < offset + length);
    if (overlaps) throw operationError('This range was handed out already.');
    const bytes = this.bytes.slice(offset, offset + length).buffer as ArrayBuffer;
    mapping.ranges.push({ offset, bytes });
    return bytes;
  }

  unmap(): void {
    this.pending?.(new DOMException('The buffer was unmapped before it was mapped.', 'AbortError'));
    this.pending = null;
    const { mapping } = this;
    this.mapping = null;
    if (mapping === null) return;
    for (const { offset, bytes } of mapping.ranges) {
      if (mapping.isWritable) this.bytes.set(new Uint8Array(bytes), offset);
      // As on a GPU: what was handed out is empty from now on.
      structuredClone(bytes, { transfer: [bytes] });
    }
  }

  destroy(): void {
    this.unmap();
    this.isDestroyed = true;
    this.bytes = new Uint8Array(0);
  }
}
