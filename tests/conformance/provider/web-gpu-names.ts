// The names that WebGPU puts into the global scope: bit flags and error classes. Node has none of them.

export const bufferUsage = {
  MAP_READ: 0x1,
  MAP_WRITE: 0x2,
  COPY_SRC: 0x4,
  COPY_DST: 0x8,
  INDEX: 0x10,
  VERTEX: 0x20,
  UNIFORM: 0x40,
  STORAGE: 0x80,
  INDIRECT: 0x100,
  QUERY_RESOLVE: 0x200,
} as const;
export const mapMode = { READ: 1, WRITE: 2 } as const;
export const shaderStage = { VERTEX: 1, FRAGMENT: 2, COMPUTE: 4 } as const;
const textureUsage = { COPY_SRC: 1, COPY_DST: 2, TEXTURE_BINDING: 4, STORAGE_BINDING: 8, RENDER_ATTACHMENT: 16 } as const;
const colorWrite = { RED: 1, GREEN: 2, BLUE: 4, ALPHA: 8, ALL: 15 } as const;

/** Not an Error: WebGPU's errors are plain objects that scopes hand out. */
export class GpuError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}
export class GpuValidationError extends GpuError {}
export class GpuOutOfMemoryError extends GpuError {}
export class GpuInternalError extends GpuError {}

export class GpuPipelineError extends DOMException {
  readonly reason: 'validation' | 'internal';
  constructor(message: string, options: { readonly reason: 'validation' | 'internal' }) {
    super(message, 'GPUPipelineError');
    this.reason = options.reason;
  }
}

export class GpuUncapturedErrorEvent extends Event {
  readonly error: GpuError;
  constructor(type: string, options: { readonly error: GpuError }) {
    super(type, { cancelable: true });
    this.error = options.error;
  }
}

export function operationError(message: string): DOMException {
  return new DOMException(message, 'OperationError');
}

/** What the device does not have, in one sentence, for every door that leads to it. */
export function notOnCpu(what: string): Error {
  return new TypeError(`${what} is not part of this device: it runs compute shaders over buffers on the CPU.`);
}

/** Puts the names where WebGPU code looks for them. */
export function installNames(classes: Readonly<Record<string, unknown>>): void {
  const names = {
    GPUBufferUsage: bufferUsage,
    GPUMapMode: mapMode,
    GPUShaderStage: shaderStage,
    GPUTextureUsage: textureUsage,
    GPUColorWrite: colorWrite,
    GPUError: GpuError,
    GPUValidationError: GpuValidationError,
    GPUOutOfMemoryError: GpuOutOfMemoryError,
    GPUInternalError: GpuInternalError,
    GPUPipelineError: GpuPipelineError,
    GPUUncapturedErrorEvent: GpuUncapturedErrorEvent,
    ...classes,
  };
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
}
