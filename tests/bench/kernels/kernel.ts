// What a kernel of the bench is: its WGSL, what it runs over, its twins in other languages, and how close another device must come.

export const KERNELS = ['mandelbrot', 'matmul', 'sha256', 'nbody', 'reduction', 'pathTracer'] as const;
export type KernelName = (typeof KERNELS)[number];

/** Bytes by the name of the program's buffer. */
export type Buffers = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export interface Kernel {
  readonly name: KernelName;
  readonly wgsl: string;
  readonly overrides: Readonly<Record<string, number>>;
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** Every buffer but the Shard uniform, in the order in which the C twin takes them; fresh at every call. */
  readonly makeBuffers: () => Buffers;
  /** Buffers that a run writes. */
  readonly outputs: readonly string[];
  /** Path of the C twin. */
  readonly cSource: string | null;
  readonly javascript: ((buffers: Buffers) => void) | null;
  /** Null: every contender gives the same bytes. */
  readonly tolerance: Tolerance | null;
}

/** Where another device or twin may round otherwise; our own builds are always compared byte by byte. */
export interface Tolerance {
  readonly of: readonly ('swiftshader' | 'javascript')[];
  readonly element: 'f32' | 'u8';
  /** |a - b| is at most abs + rel * max(|a|, |b|), but for this share of the elements. */
  readonly abs: number;
  readonly rel: number;
  readonly maxOutlierShare: number;
}

export function bufferOf(buffers: Buffers, name: string): Uint8Array<ArrayBuffer> {
  const bytes = buffers.get(name);
  if (bytes === undefined) throw new Error(`The kernel has no buffer ${name}.`);
  return bytes;
}

export function wordsOf(buffers: Buffers, name: string): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bufferOf(buffers, name).buffer);
}

export function floatsOf(buffers: Buffers, name: string): Float32Array<ArrayBuffer> {
  return new Float32Array(bufferOf(buffers, name).buffer);
}
