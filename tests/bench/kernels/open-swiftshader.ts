// Runs a kernel by Dawn in Node over SwiftShader, Chromium's GPU in software.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { compile } from '../../../src/compiler/compile.ts';
import type { Reflection } from '../../../src/compiler/reflection.ts';
import { encodeShardUniform } from '../../../src/engine/shard-uniform.ts';
import type { Runner } from './contender.ts';
import { type Buffers, bufferOf, type Kernel } from './kernel.ts';

/** Values of WebGPU's GPUBufferUsage and GPUMapMode, which Node has no names for. */
const MAP_READ = 1;
const COPY_SRC = 4;
const COPY_DST = 8;
const UNIFORM = 64;
const STORAGE = 128;
const READ = 1;
/** Linux's threads of this process. */
const TASKS = '/proc/self/task';

/** Dawn in Node does not outlive its garbage-collected instance. */
const kept: unknown[] = [];

export async function openSwiftShader(kernel: Kernel): Promise<Runner> {
  const { create } = await import('webgpu');
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('Dawn finds no SwiftShader.');
  const device = await adapter.requestDevice();
  kept.push(gpu, adapter, device);
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: kernel.wgsl }), constants: kernel.overrides },
  });
  const { reflection } = compile(kernel.wgsl, { overrides: kernel.overrides });
  const buffers = makeBuffers(device, kernel, reflection);
  const groups = [...new Set(reflection.bindings.map((binding) => binding.group))].map((index) => ({
    index,
    bound: device.createBindGroup({
      layout: pipeline.getBindGroupLayout(index),
      entries: reflection.bindings
        .filter((binding) => binding.group === index)
        .map(({ binding, name }) => ({ binding, resource: { buffer: buffers.get(name)! } })),
    }),
  }));
  return {
    ...(existsSync(TASKS) ? { cpuMs: readThreadMs } : {}),
    run: async () => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      for (const { index, bound } of groups) pass.setBindGroup(index, bound);
      pass.dispatchWorkgroups(...kernel.workgroups);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    reset: async () => {
      const fresh = allBytes(kernel);
      for (const [name, buffer] of buffers) device.queue.writeBuffer(buffer, 0, bufferOf(fresh, name));
      await device.queue.onSubmittedWorkDone();
    },
    outputs: () => Promise.all(kernel.outputs.map((name) => readBuffer(device, buffers.get(name)!))),
  };
}

/**
 * Of SwiftShader's own threads. Node's main thread asks Dawn without pause whether the work is done, which took as much of the core again and is no fault
 * of SwiftShader's.
 */
function readThreadMs(): number {
  const threads = readdirSync(TASKS).filter((id) => readFileSync(`${TASKS}/${id}/comm`, 'utf8').startsWith('Thread<'));
  return threads.reduce((sum, id) => sum + Number(readFileSync(`${TASKS}/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
}

function makeBuffers(device: GPUDevice, kernel: Kernel, reflection: Reflection): ReadonlyMap<string, GPUBuffer> {
  const all = allBytes(kernel);
  return new Map(
    reflection.bindings.map(({ name, space }) => {
      const bytes = bufferOf(all, name);
      const usage = (space === 'uniform' ? UNIFORM : STORAGE) | COPY_SRC | COPY_DST;
      const buffer = device.createBuffer({ size: bytes.byteLength, usage });
      device.queue.writeBuffer(buffer, 0, bytes);
      return [name, buffer] as const;
    }),
  );
}

function allBytes(kernel: Kernel): Buffers {
  const [x, y, z] = kernel.workgroups;
  const shard = encodeShardUniform([0, 0, 0], { base: 0, count: x * y * z, grid: kernel.workgroups });
  return new Map([...kernel.makeBuffers(), ['shard', new Uint8Array(shard)]]);
}

async function readBuffer(device: GPUDevice, buffer: GPUBuffer): Promise<Uint8Array> {
  const copy = device.createBuffer({ size: buffer.size, usage: MAP_READ | COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(READ);
  return new Uint8Array(copy.getMappedRange().slice(0));
}
