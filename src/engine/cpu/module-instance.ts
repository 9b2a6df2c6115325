/** One instance of a compiled module with its memory: places buffers, runs boxes, reads bytes back. No waiting, no slicing. */
import type { ModuleInfo } from '../../compiler/reflection.ts';
import { type BufferInit, countBufferBytes, type DispatchBox, EngineError, type ShardUniform } from '../backend.ts';
import { encodeShardUniform, faultOfShardBinding, findShardBinding, shardUniformBytes } from '../shard-uniform.ts';

const pageBytes = 65536;
/** As WebGPU's uniform offsets; also keeps buffers on separate cache lines. */
const bufferAlign = 256;
/** WebAssembly's addresses end here. */
const maxMemoryBytes = 65535 * pageBytes;

interface Slot {
  readonly name: string;
  readonly index: number;
  readonly minBytes: number;
  offset: number;
  capacity: number;
  bytes: number;
}

type Exports = Readonly<Record<string, WebAssembly.Global>> & { readonly run: (...box: readonly number[]) => void };

export interface ModuleInstance {
  /** Replaces the contents of the named buffers; all of them must be named the first time. */
  fill(buffers: ReadonlyMap<string, BufferInit>): void;
  writeShard(first: DispatchBox['first'], shard: ShardUniform): void;
  /** Workgroup ids count from `first` here; throws EngineError. */
  run(first: DispatchBox['first'], size: DispatchBox['size']): void;
  setGrid(grid: DispatchBox['size']): void;
  setFuel(fuel: bigint): void;
  fuelLeft(): bigint;
  /** Work units since the instance was made; 0 for a module that is not metered. */
  workDone(): bigint;
  read(name: string): Uint8Array;
}

/** Instantiates at once; a module compiled from it may be shared by many instances. */
export function createModuleInstance(module: WebAssembly.Module, info: ModuleInfo): ModuleInstance {
  const { abi, reflection } = info;
  const memory = createMemory(Math.max(1, abi.staticBytes));
  const instance = instantiate(module, memory);
  const shardBinding = findShardBinding(reflection);
  const shardFault = shardBinding === null ? null : faultOfShardBinding(shardBinding);
  if (shardFault !== null) throw new EngineError('program', shardFault);
  const shardName = shardBinding?.name ?? null;
  const slots = new Map(
    abi.bindings.map(({ name, index }): [string, Slot] => {
      const minBytes = reflection.bindings.find((binding) => binding.name === name)?.minBytes ?? 0;
      return [name, { name, index, minBytes, offset: 0, capacity: 0, bytes: 0 }];
    }),
  );
  const setGlobal = (name: string, value: number | bigint): void => {
    const global = instance[name];
    if (global !== undefined) global.value = value;
  };
  const view = (slot: Slot): Uint8Array => new Uint8Array(memory.buffer, slot.offset, slot.bytes);

  const fill = (buffers: ReadonlyMap<string, BufferInit>): void => {
    const sizes = readSizes(slots, buffers, shardName);
    const mustMove = [...slots.values()].some((slot) => (sizes.get(slot.name) ?? slot.bytes) > slot.capacity || slot.capacity === 0);
    if (mustMove) place(memory, abi.staticBytes, slots, sizes);
    for (const [name, bytes] of sizes) {
      const slot = slots.get(name);
      if (slot !== undefined) slot.bytes = bytes;
    }
    for (const slot of slots.values()) {
      setGlobal(`base_${slot.index}`, slot.offset);
      setGlobal(`bytes_${slot.index}`, slot.bytes);
      const init = buffers.get(slot.name);
      if (init === undefined) continue;
      if ('bytes' in init) view(slot).set(init.bytes);
      else view(slot).fill(0);
    }
  };

  return {
    fill,
    writeShard: (first, shard) => {
      const slot = shardName === null ? undefined : slots.get(shardName);
      if (slot !== undefined) view(slot).set(encodeShardUniform(first, shard));
    },
    run: (first, size) => runGuarded(instance, first, size),
    setGrid: (grid) => {
      ['grid_x', 'grid_y', 'grid_z'].forEach((name, axis) => {
        setGlobal(name, grid[axis] ?? 1);
      });
    },
    setFuel: (fuel) => {
      setGlobal('fuel', fuel);
      setGlobal('out_of_fuel', 0);
    },
    fuelLeft: () => BigInt((instance.fuel?.value ?? 0n) as bigint),
    workDone: () => BigInt.asUintN(64, (instance.work?.value ?? 0n) as bigint),
    read: (name) => {
      const slot = slots.get(name);
      if (slot === undefined) throw new EngineError('unknown-buffer', `The program has no buffer "${name}".`);
      return view(slot).slice();
    },
  };
}

function createMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
  try {
    return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  } catch (cause) {
    throw new EngineError('bad-module', 'The compiled program does not start.', { cause });
  }
}

/** Sizes of the named buffers, after checking that each is known and large enough, and that none is missing. */
function readSizes(
  slots: ReadonlyMap<string, Slot>,
  buffers: ReadonlyMap<string, BufferInit>,
  shardName: string | null,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [name, init] of buffers) {
    const slot = slots.get(name);
    if (slot === undefined || name === shardName) throw new EngineError('unknown-buffer', `The program has no buffer "${name}" to fill.`);
    const bytes = countBufferBytes(init);
    if (bytes < slot.minBytes)
      throw new EngineError('buffer-too-small', `Buffer "${name}" has ${bytes} bytes; the program needs at least ${slot.minBytes}.`);
    sizes.set(name, bytes);
  }
  for (const slot of slots.values()) {
    if (slot.name === shardName) sizes.set(slot.name, shardUniformBytes);
    else if (slot.capacity === 0 && !sizes.has(slot.name)) throw new EngineError('missing-buffer', `Buffer "${slot.name}" was not given.`);
  }
  return sizes;
}

function alignUp(value: number): number {
  return Math.ceil(value / bufferAlign) * bufferAlign;
}

/** Lays all buffers out anew; those that are not replaced keep their bytes. */
function place(
  memory: WebAssembly.Memory,
  staticBytes: number,
  slots: ReadonlyMap<string, Slot>,
  sizes: ReadonlyMap<string, number>,
): void {
  const kept = [...slots.values()].filter((slot) => slot.capacity > 0 && !sizes.has(slot.name));
  const saved = kept.map((slot) => new Uint8Array(memory.buffer, slot.offset, slot.bytes).slice());
  let top = alignUp(staticBytes);
  const layout = [...slots.values()].map((slot) => {
    const capacity = Math.max(bufferAlign, alignUp(sizes.get(slot.name) ?? slot.bytes));
    const offset = top;
    top += capacity;
    return { slot, offset, capacity };
  });
  growTo(memory, top);
  for (const { slot, offset, capacity } of layout) {
    slot.offset = offset;
    slot.capacity = capacity;
  }
  kept.forEach((slot, i) => {
    new Uint8Array(memory.buffer, slot.offset, slot.bytes).set(saved[i] ?? []);
  });
}

function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / pageBytes);
  if (missing <= 0) return;
  try {
    if (bytes > maxMemoryBytes) throw new RangeError('beyond 4 GiB');
    memory.grow(missing);
  } catch (cause) {
    throw new EngineError('out-of-memory', `The buffers need ${Math.ceil(bytes / 1048576)} MiB together, more than this device gives.`, {
      cause,
    });
  }
}

function runGuarded(instance: Exports, first: DispatchBox['first'], size: DispatchBox['size']): void {
  try {
    instance.run(...first, ...size);
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    if (instance.out_of_fuel?.value === 1)
      throw new EngineError('out-of-fuel', 'The program did more work than it was allowed.', { cause });
    throw new EngineError('program', `The program broke off (${cause.message}).`, { cause });
  }
}
