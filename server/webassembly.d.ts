// The part of the WebAssembly interface that Node has and @types/node 20 does not declare (the CPU engine runs on the server as well).

declare namespace WebAssembly {
  type ImportValue = Memory | Global | Table | ((...args: never[]) => unknown) | number | bigint;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exports = Record<string, unknown>;

  interface Module {
    readonly [Symbol.toStringTag]?: string;
  }
  var Module: { new (bytes: BufferSource): Module; exports(module: Module): { name: string; kind: string }[] };

  interface Instance {
    readonly exports: Exports;
  }
  var Instance: { new (module: Module, imports?: Imports): Instance };

  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  var Memory: { new (descriptor: { initial: number; maximum?: number; shared?: boolean }): Memory };

  interface Global<T = unknown> {
    value: T;
  }
  var Global: { new <T>(descriptor: { value: string; mutable?: boolean }, value: T): Global<T> };

  interface Table {
    readonly length: number;
  }

  interface RuntimeError extends Error {}
  var RuntimeError: { new (message?: string): RuntimeError };
  interface CompileError extends Error {}
  var CompileError: { new (message?: string): CompileError };

  function compile(bytes: BufferSource): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: BufferSource): boolean;
}

type BufferSource = ArrayBufferView | ArrayBuffer;
