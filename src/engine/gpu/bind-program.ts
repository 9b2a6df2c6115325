// One program with its buffers on the GPU: dispatches boxes of workgroups and reads bytes back.
import type { Binding, Reflection } from '../../compiler/reflection.ts';
import { type BoundProgram, type BufferInit, countBufferBytes, type DispatchBox, EngineError } from '../backend.ts';
import { encodeShardUniform, type ShardUniform, shardUniformBytes } from '../shard-uniform.ts';
import { catchGpuErrors } from './catch-gpu-errors.ts';
import type { BufferPool } from './create-buffer-pool.ts';
import { BUFFER_USAGE, MAP_MODE_READ } from './gpu-flags.ts';
import type { LossWatch } from './watch-loss.ts';

export interface GpuProgram {
  readonly pipeline: GPUComputePipeline;
  readonly groupLayouts: readonly GPUBindGroupLayout[];
  readonly reflection: Reflection;
  readonly shardBinding: Binding | null;
}

interface Host {
  readonly device: GPUDevice;
  readonly pool: BufferPool;
  readonly loss: LossWatch;
  readonly program: GpuProgram;
}

interface Slot {
  readonly buffer: GPUBuffer;
  /** What the program sees; the buffer itself may be larger. */
  readonly bytes: number;
}

export async function bindProgram(options: Host & { readonly buffers: ReadonlyMap<string, BufferInit> }): Promise<BoundProgram> {
  const { device, pool, program } = options;
  const named = program.reflection.bindings.filter((binding) => binding !== program.shardBinding);
  const slots = new Map<string, Slot>();
  let groups: readonly GPUBindGroup[] = [];
  let isDestroyed = false;

  async function fill(buffers: ReadonlyMap<string, BufferInit>): Promise<void> {
    checkNames(named, buffers);
    await catchGpuErrors(device, () => {
      for (const binding of named) {
        const init = buffers.get(binding.name);
        if (init === undefined) continue;
        const old = slots.get(binding.name);
        if (old) pool.give(old.buffer);
        slots.delete(binding.name);
        slots.set(binding.name, takeSlot(options, binding, init));
      }
      groups = makeGroups(options, slots);
    }).catch((fault: unknown) => {
      // A buffer that could not be made must not come back from the pool.
      discard();
      throw fault;
    });
  }

  function assertUsable(): void {
    if (isDestroyed) throw new EngineError('destroyed', 'This program has been let go; bind it again.');
  }

  function discard(): void {
    isDestroyed = true;
    for (const slot of slots.values()) slot.buffer.destroy();
    slots.clear();
  }

  function letGo(): void {
    if (isDestroyed) return;
    isDestroyed = true;
    for (const slot of slots.values()) pool.give(slot.buffer);
    slots.clear();
  }

  checkAllGiven(named, options.buffers);
  try {
    if (program.shardBinding !== null) {
      slots.set(program.shardBinding.name, await catchGpuErrors(device, () => takeShardSlot(options)));
    }
    await fill(options.buffers);
  } catch (fault) {
    letGo();
    throw fault;
  }

  return {
    async dispatch(box, shard) {
      assertUsable();
      const shardSlot = program.shardBinding === null ? undefined : slots.get(program.shardBinding.name);
      await dispatch(options, { groups, shardSlot, box, shard });
    },
    async read(name) {
      assertUsable();
      const slot = slots.get(name);
      if (slot === undefined) throw new EngineError('unknown-buffer', `The program has no buffer named '${name}'.`);
      return await readSlot(options, slot);
    },
    async reset(buffers) {
      assertUsable();
      await fill(buffers);
    },
    destroy: letGo,
  };
}

function checkAllGiven(named: readonly Binding[], buffers: ReadonlyMap<string, BufferInit>): void {
  const missing = named.find((binding) => !buffers.has(binding.name));
  if (missing) throw new EngineError('missing-buffer', `The program's buffer '${missing.name}' was not given.`);
}

function checkNames(named: readonly Binding[], buffers: ReadonlyMap<string, BufferInit>): void {
  for (const [name, init] of buffers) {
    const binding = named.find((each) => each.name === name);
    if (binding === undefined) throw new EngineError('unknown-buffer', `The program has no buffer named '${name}'.`);
    const bytes = countBufferBytes(init);
    if (bytes < binding.minBytes) {
      throw new EngineError('buffer-too-small', `The buffer '${name}' has ${bytes} bytes; the program needs ${binding.minBytes}.`);
    }
  }
}

function roundUp4(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function takeSlot({ device, pool }: Host, binding: Binding, init: BufferInit): Slot {
  const bytes = roundUp4(countBufferBytes(init));
  const isUniform = binding.space === 'uniform';
  const limit = isUniform ? device.limits.maxUniformBufferBindingSize : device.limits.maxStorageBufferBindingSize;
  if (bytes > limit) {
    throw new EngineError('out-of-memory', `The buffer '${binding.name}' has ${bytes} bytes; this GPU binds at most ${limit}.`);
  }
  const usage = isUniform ? BUFFER_USAGE.uniform : BUFFER_USAGE.storage | BUFFER_USAGE.copySource;
  const buffer = pool.take(bytes, usage | BUFFER_USAGE.copyTarget);
  if ('bytes' in init) write(device, buffer, init.bytes);
  return { buffer, bytes };
}

function takeShardSlot({ pool }: Host): Slot {
  return { buffer: pool.take(shardUniformBytes, BUFFER_USAGE.uniform | BUFFER_USAGE.copyTarget), bytes: shardUniformBytes };
}

/** writeBuffer takes multiples of four bytes only; the rest goes padded with zeros. */
function write(device: GPUDevice, buffer: GPUBuffer, bytes: Uint8Array): void {
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  const source = bytes as Uint8Array<ArrayBuffer>;
  if (whole > 0) device.queue.writeBuffer(buffer, 0, source, 0, whole);
  if (whole < bytes.byteLength) {
    const tail = new Uint8Array(4);
    tail.set(bytes.subarray(whole));
    device.queue.writeBuffer(buffer, whole, tail);
  }
}

function makeGroups({ device, program }: Host, slots: ReadonlyMap<string, Slot>): readonly GPUBindGroup[] {
  return program.groupLayouts.map((layout, group) =>
    device.createBindGroup({
      layout,
      entries: program.reflection.bindings
        .filter((binding) => binding.group === group)
        .map((binding) => {
          const slot = slots.get(binding.name) as Slot;
          return { binding: binding.binding, resource: { buffer: slot.buffer, offset: 0, size: slot.bytes } };
        }),
    }),
  );
}

interface Dispatch {
  readonly groups: readonly GPUBindGroup[];
  readonly shardSlot: Slot | undefined;
  readonly box: DispatchBox;
  readonly shard: ShardUniform;
}

async function dispatch({ device, loss, program }: Host, { groups, shardSlot, box, shard }: Dispatch): Promise<void> {
  const errors = catchGpuErrors(device, () => {
    if (shardSlot) device.queue.writeBuffer(shardSlot.buffer, 0, encodeShardUniform(box.first, shard) as Uint8Array<ArrayBuffer>);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(program.pipeline);
    for (const [index, group] of groups.entries()) pass.setBindGroup(index, group);
    pass.dispatchWorkgroups(...box.size);
    pass.end();
    device.queue.submit([encoder.finish()]);
  });
  await Promise.all([errors, loss.untilLost(device.queue.onSubmittedWorkDone())]);
}

async function readSlot({ device, loss, pool }: Host, slot: Slot): Promise<Uint8Array> {
  const staging = await catchGpuErrors(device, () => {
    const buffer = pool.take(slot.bytes, BUFFER_USAGE.mapRead | BUFFER_USAGE.copyTarget);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(slot.buffer, 0, buffer, 0, slot.bytes);
    device.queue.submit([encoder.finish()]);
    return buffer;
  });
  await loss.untilLost(staging.mapAsync(MAP_MODE_READ, 0, slot.bytes));
  const bytes = new Uint8Array(staging.getMappedRange(0, slot.bytes).slice(0));
  staging.unmap();
  pool.give(staging);
  return bytes;
}
