// Compiles a shader and runs it once over given buffers, for tests.
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import type { BufferInit } from '../../../src/engine/backend.ts';
import { createModuleInstance } from '../../../src/engine/cpu/module-instance.ts';

type Data = Uint32Array | Int32Array | Float32Array | Uint8Array;

export interface RunOptions {
  readonly groups?: readonly [number, number, number];
  readonly overrides?: Readonly<Record<string, number>>;
  readonly lanes?: NonNullable<CompileOptions['lanes']>;
  readonly optimize?: boolean;
}

/** Gives a reader of buffers after the run. */
export function runWgsl(wgsl: string, buffers: Readonly<Record<string, Data>>, options: RunOptions = {}): Readers {
  const { groups: _, ...compileOptions } = options;
  const { module } = compile(wgsl, compileOptions);
  const instance = createModuleInstance(new WebAssembly.Module(module as BufferSource), readModuleInfo(module));
  const given = Object.entries(buffers).map(([name, data]): [string, BufferInit] => [
    name,
    { bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
  ]);
  instance.fill(new Map(given));
  const groups = options.groups ?? [1, 1, 1];
  instance.setGrid(groups);
  instance.run([0, 0, 0], groups);
  return {
    u32: (name) => new Uint32Array(instance.read(name).buffer),
    i32: (name) => new Int32Array(instance.read(name).buffer),
    f32: (name) => new Float32Array(instance.read(name).buffer),
  };
}

export interface Readers {
  readonly u32: (name: string) => Uint32Array;
  readonly i32: (name: string) => Int32Array;
  readonly f32: (name: string) => Float32Array;
}

/** Runs statements once, in one invocation; `out` is array<u32> or what `type` says. */
export function runStatements(
  body: string,
  options: { readonly count?: number; readonly type?: 'u32' | 'i32' | 'f32'; readonly before?: string } = {},
): Readers {
  const { count = 16, type = 'u32', before = '' } = options;
  return runWgsl(
    `${before}\n@group(0) @binding(0) var<storage, read_write> out: array<${type}>;\n@compute @workgroup_size(1) fn main() {\n${body}\n}`,
    { out: new Uint32Array(count) },
  );
}
