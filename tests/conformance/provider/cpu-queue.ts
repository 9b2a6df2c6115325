// The queue: every command runs at once, in order, on the thread that submits it.
import { EngineError } from '../../../src/engine/backend.ts';
import type { CpuCommandBuffer } from './command-encoder.ts';
import type { CpuBuffer } from './cpu-buffer.ts';
import type { ErrorFilter } from './error-scopes.ts';
import { bufferUsage, notOnCpu, operationError } from './web-gpu-names.ts';

export class CpuQueue {
  label = '';
  private readonly raise: (filter: ErrorFilter, message: string) => void;

  constructor(raise: (filter: ErrorFilter, message: string) => void) {
    this.raise = raise;
  }

  submit(buffers: Iterable<CpuCommandBuffer>): void {
    const all = [...buffers];
    const fault = all.map(faultOfSubmit).find((each) => each !== null);
    if (fault != null) return this.raise('validation', fault);
    for (const each of all) {
      each.isSubmitted = true;
      for (const command of each.commands) this.run(() => command.run());
    }
  }

  /** A program that breaks off is an error that no test overlooks: it goes to the scope that every test opens. */
  private run(command: () => void): void {
    try {
      command();
    } catch (cause) {
      if (!(cause instanceof EngineError)) throw cause;
      this.raise(cause.code === 'out-of-memory' ? 'out-of-memory' : 'validation', cause.message);
    }
  }

  writeBuffer(buffer: CpuBuffer, offset: number, data: ArrayBuffer | ArrayBufferView, dataOffset = 0, size?: number): void {
    const isView = ArrayBuffer.isView(data);
    const unit = isView && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
    const whole = isView ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
    const start = dataOffset * unit;
    const bytes = size === undefined ? whole.length - start : size * unit;
    if (bytes < 0 || start + bytes > whole.length || bytes % 4 !== 0)
      throw operationError('writeBuffer needs a multiple of 4 bytes that the data has.');
    const fault = buffer.fault ?? ((buffer.usage & bufferUsage.COPY_DST) === 0 ? 'This buffer was not made to be written.' : null);
    if (fault !== null) return this.raise('validation', fault);
    if (offset % 4 !== 0 || offset + bytes > buffer.size) return this.raise('validation', 'writeBuffer reaches beyond the buffer.');
    buffer.bytes.set(whole.subarray(start, start + bytes), offset);
  }

  async onSubmittedWorkDone(): Promise<undefined> {
    return undefined;
  }

  writeTexture(): never {
    throw notOnCpu('A texture');
  }
  copyExternalImageToTexture(): never {
    throw notOnCpu('A texture');
  }
}

function faultOfSubmit(buffer: CpuCommandBuffer): string | null {
  if (!buffer.isValid) return 'A command buffer is not valid.';
  if (buffer.isSubmitted) return 'A command buffer was submitted before.';
  for (const command of buffer.commands) {
    const fault = command.buffers.map((each) => each.fault).find((each) => each !== null);
    if (fault != null) return fault;
  }
  return null;
}
