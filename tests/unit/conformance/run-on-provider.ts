// Runs a shader on the WebGPU-shaped device in the way the conformance suite does: pipeline, buffers, one pass, copies to read.

import type { CpuBuffer } from '../../conformance/provider/cpu-buffer.ts';
import type { CpuDevice } from '../../conformance/provider/cpu-device.ts';
import { create } from '../../conformance/provider/create-provider.ts';
import { bufferUsage, mapMode } from '../../conformance/provider/web-gpu-names.ts';

export type Words = Uint32Array | Int32Array | Float32Array;

export interface RunRequest {
  readonly code: string;
  /** By binding number in group 0. */
  readonly buffers: readonly { readonly binding: number; readonly words: Words; readonly isUniform?: boolean }[];
  readonly groups?: readonly [number, number, number];
  readonly constants?: Readonly<Record<string, number>>;
}

export async function openDevice(options: readonly string[] = []): Promise<CpuDevice> {
  const adapter = await create(options).requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  return adapter.requestDevice();
}

export function makeBuffer(device: CpuDevice, words: Words, usage: number): CpuBuffer {
  const buffer = device.createBuffer({ size: words.byteLength, usage, mappedAtCreation: true });
  new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  buffer.unmap();
  return buffer;
}

export async function readBuffer(device: CpuDevice, buffer: CpuBuffer): Promise<Uint32Array> {
  const copy = device.createBuffer({ size: buffer.size, usage: bufferUsage.MAP_READ | bufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(mapMode.READ);
  return new Uint32Array(copy.getMappedRange().slice(0));
}

/** The words of every buffer after one dispatch, by binding; throws the first error of the scopes. */
export async function runOnProvider(device: CpuDevice, request: RunRequest): Promise<ReadonlyMap<number, Uint32Array>> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: request.code });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, constants: request.constants ?? {} } });
  const buffers = request.buffers.map(({ binding, words, isUniform = false }) => {
    const usage = bufferUsage.COPY_SRC | (isUniform ? bufferUsage.UNIFORM : bufferUsage.STORAGE);
    return { binding, buffer: makeBuffer(device, words, usage) };
  });
  const entries = buffers.map(({ binding, buffer }) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(...(request.groups ?? [1, 1, 1]));
  pass.end();
  device.queue.submit([encoder.finish()]);
  const read = await Promise.all(buffers.map(async ({ binding, buffer }) => [binding, await readBuffer(device, buffer)] as const));
  const errors = [await device.popErrorScope(), await device.popErrorScope()];
  const first = errors.find((each) => each !== null);
  if (first != null) throw new Error(first.message);
  return new Map(read);
}
