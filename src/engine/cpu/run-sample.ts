/** Runs a few workgroups of a program with a bound on the work, for the checks at submit and for recomputing a leaf. */
import { compile } from '../../compiler/compile.ts';
import { readModuleInfo } from '../../compiler/module-info.ts';
import { type BufferInit, type DispatchBox, EngineError, type ShardUniform } from '../backend.ts';
import { createModuleInstance } from './module-instance.ts';

export interface SampleRequest {
  /** Text is compiled with fuel; a module must have been compiled with it if `fuel` is given. */
  readonly program: { readonly wgsl: string; readonly entryPoint?: string } | { readonly module: Uint8Array };
  /** Every binding but the Shard uniform, by name. */
  readonly buffers: ReadonlyMap<string, BufferInit>;
  readonly shard: ShardUniform;
  /** Run one after the other over the same buffers; boxes of one workgroup run it alone. */
  readonly boxes: readonly DispatchBox[];
  /** Loop turns and calls allowed for all boxes together; null: no bound. */
  readonly fuel: bigint | null;
}

export type SampleOutcome =
  | {
      readonly kind: 'done';
      /** Buffers the program may write, by name. */
      readonly outputs: ReadonlyMap<string, Uint8Array>;
      readonly fuelUsed: bigint;
      /** Work units of all boxes; 0 for a module that is not metered. */
      readonly work: bigint;
    }
  | { readonly kind: 'out-of-fuel'; readonly box: DispatchBox };

/** Far more than any bound in use; stands for "no bound" in a fuelled module. */
const endlessFuel = 1n << 62n;

/** Synchronous: call it where blocking is allowed. Throws CompileError for text that does not compile, EngineError for buffers that do not fit. */
export function runSample(request: SampleRequest): SampleOutcome {
  const bytes = 'module' in request.program ? request.program.module : compileFuelled(request.program);
  const info = readModuleInfo(bytes);
  if (request.fuel !== null && !info.abi.hasFuel)
    throw new EngineError('bad-module', 'This module was compiled without fuel and cannot be bounded.');
  const instance = createModuleInstance(new WebAssembly.Module(bytes as BufferSource), info);
  instance.fill(request.buffers);
  const fuel = request.fuel ?? endlessFuel;
  instance.setFuel(fuel);
  for (const box of request.boxes) {
    instance.writeShard(box.first, request.shard);
    instance.setGrid(box.size);
    try {
      instance.run([0, 0, 0], box.size);
    } catch (cause) {
      if (cause instanceof EngineError && cause.code === 'out-of-fuel') return { kind: 'out-of-fuel', box };
      throw cause;
    }
  }
  const written = info.reflection.bindings.filter((binding) => binding.access === 'read_write');
  return {
    kind: 'done',
    outputs: new Map(written.map((binding) => [binding.name, instance.read(binding.name)])),
    fuelUsed: info.abi.hasFuel ? fuel - instance.fuelLeft() : 0n,
    work: instance.workDone(),
  };
}

/** Compiles a text so that its runs can be bounded; throws CompileError. */
export function compileFuelled(program: { readonly wgsl: string; readonly entryPoint?: string }): Uint8Array {
  return compile(program.wgsl, program.entryPoint === undefined ? { fuel: true } : { fuel: true, entryPoint: program.entryPoint }).module;
}
