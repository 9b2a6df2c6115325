// GPU buffers that are used again, because making them is slow; whoever takes one gets it cleared, so that no job sees another's bytes.
import { BUFFER_USAGE } from './gpu-flags.ts';

export interface BufferPool {
  /** A buffer of at least `bytes`, all zero. Call inside catchGpuErrors. */
  take(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer;
  give(buffer: GPUBuffer): void;
  /** Bytes kept for later, not counting what is taken. */
  keptBytes(): number;
  destroy(): void;
}

const MIN_BYTES = 256;

export function createBufferPool(device: GPUDevice, maxKeptBytes: number): BufferPool {
  const free = new Map<string, GPUBuffer[]>();
  let kept = 0;

  function classBytes(bytes: number): number {
    const rounded = Math.max(MIN_BYTES, 2 ** Math.ceil(Math.log2(Math.max(1, bytes))));
    // Near the limit a power of two may be more than the device allows.
    return rounded <= device.limits.maxBufferSize ? rounded : Math.ceil(bytes / 4) * 4;
  }

  return {
    take(bytes, usage) {
      const size = classBytes(bytes);
      const found = free.get(`${usage}/${size}`)?.pop();
      if (found === undefined) return device.createBuffer({ size, usage });
      kept -= size;
      if ((usage & BUFFER_USAGE.mapRead) === 0) clear(device, found);
      return found;
    },
    give(buffer) {
      if (kept + buffer.size > maxKeptBytes) {
        buffer.destroy();
        return;
      }
      const key = `${buffer.usage}/${buffer.size}`;
      free.set(key, [...(free.get(key) ?? []), buffer]);
      kept += buffer.size;
    },
    keptBytes: () => kept,
    destroy() {
      for (const buffers of free.values()) for (const buffer of buffers) buffer.destroy();
      free.clear();
      kept = 0;
    },
  };
}

function clear(device: GPUDevice, buffer: GPUBuffer): void {
  const encoder = device.createCommandEncoder();
  encoder.clearBuffer(buffer);
  device.queue.submit([encoder.finish()]);
}
