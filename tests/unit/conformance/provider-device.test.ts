// The WebGPU-shaped device itself: buffers, bindings, commands, and where its errors go.
import { describe, expect, test } from 'vitest';
import type { CpuBuffer } from '../../conformance/provider/cpu-buffer.ts';
import { create } from '../../conformance/provider/create-provider.ts';
import { adapterLimits } from '../../conformance/provider/device-limits.ts';
import { bufferUsage, GpuPipelineError, GpuValidationError, mapMode } from '../../conformance/provider/web-gpu-names.ts';
import { makeBuffer, openDevice, readBuffer } from './run-on-provider.ts';

const device = await openDevice();
const { COPY_DST, COPY_SRC, INDIRECT, MAP_READ, STORAGE, UNIFORM } = bufferUsage;

/** Adds one to as many words as there are invocations. */
const INCREMENT = `
@group(0) @binding(0) var<storage, read_write> data : array<u32>;
@compute @workgroup_size(1)
fn main(@builtin(global_invocation_id) id : vec3u) { data[id.x] += 1; }`;

const WIDE = `
@group(0) @binding(0) var<uniform> source : vec4u;
@group(0) @binding(1) var<storage, read_write> target_ : vec4u;
@compute @workgroup_size(1)
fn main() { target_ = source; }`;

function pipelineOf(code: string) {
  return device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
}

/** The message of the first validation error that `act` causes. */
async function faultOf(act: () => unknown): Promise<string | null> {
  device.pushErrorScope('validation');
  act();
  return (await device.popErrorScope())?.message ?? null;
}

function storageOf(...words: number[]) {
  return makeBuffer(device, new Uint32Array(words), STORAGE | COPY_SRC | COPY_DST);
}

describe('what is offered', () => {
  test('every limit and the one core feature', async () => {
    const adapter = await create([]).requestAdapter();
    expect(adapter?.limits).toBe(adapterLimits);
    expect(adapter?.features.has('core-features-and-limits')).toBe(true);
    expect(adapter?.info.vendor).toBe('ostraka');
    expect(Reflect.get(globalThis, 'GPUBufferUsage')).toBe(bufferUsage);
  });

  test('a limit on both sides, an unknown limit and an unknown feature', async () => {
    const adapter = await create([]).requestAdapter();
    const most = adapterLimits.maxComputeInvocationsPerWorkgroup;
    const granted = await adapter?.requestDevice({ requiredLimits: { maxComputeInvocationsPerWorkgroup: most } });
    expect(granted?.limits.maxComputeInvocationsPerWorkgroup).toBe(most);
    const beyond = { requiredLimits: { maxComputeInvocationsPerWorkgroup: most + 1 } };
    await expect(adapter?.requestDevice(beyond)).rejects.toThrow(/maxComputeInvocationsPerWorkgroup/);
    await expect(adapter?.requestDevice({ requiredLimits: { maxWonders: 1 } })).rejects.toThrow(/maxWonders/);
    await expect(adapter?.requestDevice({ requiredFeatures: ['subgroups'] })).rejects.toThrow(TypeError);
  });

  test('an option that is unknown', () => expect(() => create(['speed=9'])).toThrow(/speed/));
});

describe('buffers', () => {
  test('mapping to read and to write, and ranges that are empty after unmap', async () => {
    const buffer = device.createBuffer({ size: 16, usage: bufferUsage.MAP_WRITE | COPY_SRC });
    const mapped = buffer.mapAsync(mapMode.WRITE, 8, 8);
    expect(buffer.mapState).toBe('pending');
    await mapped;
    const range = buffer.getMappedRange(8, 8);
    new Uint32Array(range).set([5, 6]);
    expect(() => buffer.getMappedRange(8, 4)).toThrow(/handed out/);
    expect(() => buffer.getMappedRange(0, 4)).toThrow(/not within/);
    buffer.unmap();
    expect(range.byteLength).toBe(0);
    expect([...(await readBuffer(device, buffer))]).toEqual([0, 0, 5, 6]);
  });

  test('a mapping that may not be', async () => {
    const buffer = device.createBuffer({ size: 16, usage: STORAGE });
    device.pushErrorScope('validation');
    await expect(buffer.mapAsync(mapMode.READ)).rejects.toThrow(/made to be mapped/);
    expect(await device.popErrorScope()).toBeInstanceOf(GpuValidationError);
    const readable = device.createBuffer({ size: 16, usage: MAP_READ | COPY_DST });
    const pending = readable.mapAsync(mapMode.READ);
    readable.unmap();
    await expect(pending).rejects.toThrow(/unmapped/);
  });

  test('the largest size and one more', async () => {
    const most = device.limits.maxBufferSize;
    expect(await faultOf(() => device.createBuffer({ size: most, usage: STORAGE }).destroy())).toBeNull();
    expect(await faultOf(() => device.createBuffer({ size: most + 4, usage: STORAGE }))).toMatch(/at most/);
  });

  test('writeBuffer, clearBuffer and both forms of copy', async () => {
    const from = storageOf(1, 2, 3, 4);
    const to = storageOf(9, 9, 9, 9);
    device.queue.writeBuffer(from, 4, new Uint32Array([7, 8, 9]), 1, 2);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 4, to, 8, 8);
    encoder.clearBuffer(to, 0, 4);
    const whole = storageOf(0, 0, 0, 0);
    encoder.copyBufferToBuffer(to, whole);
    device.queue.submit([encoder.finish()]);
    expect([...(await readBuffer(device, whole))]).toEqual([0, 9, 8, 9]);
  });
});

describe('dispatches', () => {
  test('direct and indirect, with an explicit layout and a dynamic offset', async () => {
    const entry = { binding: 0, visibility: 4, buffer: { type: 'storage', hasDynamicOffset: true } } as const;
    const layout = device.createBindGroupLayout({ entries: [entry] });
    const pipeline = device.createComputePipeline({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ code: INCREMENT }), entryPoint: 'main' },
    });
    const buffer = makeBuffer(device, new Uint32Array(68), STORAGE | COPY_SRC);
    const group = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer, offset: 0, size: 16 } }] });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group, [256]);
    pass.dispatchWorkgroups(2);
    pass.setBindGroup(0, group, new Uint32Array([1, 0, 2]), 1, 1);
    pass.dispatchWorkgroupsIndirect(makeBuffer(device, new Uint32Array([0, 3, 1, 1]), INDIRECT), 4);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const words = await readBuffer(device, buffer);
    expect([...words.slice(0, 4), ...words.slice(64)]).toEqual([1, 1, 1, 0, 1, 1, 0, 0]);
  });

  const misfits: readonly (readonly [string, RegExp, () => readonly CpuBuffer[] | null])[] = [
    ['no bind group', /not set/, () => null],
    ['a buffer too small', /fewer than/, () => [storageOf(1, 2)]],
    ['a buffer made for something else', /not made/, () => [makeBuffer(device, new Uint32Array(4), UNIFORM)]],
  ];
  test.each(misfits)('%s', async (_, message, makeBuffers) => {
    const fault = await faultOf(() => {
      const pipeline = pipelineOf(
        '@group(0) @binding(0) var<storage, read_write> a : vec4u; @compute @workgroup_size(1) fn main() { a.x = 1; }',
      );
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      const buffers = makeBuffers();
      if (buffers !== null) {
        const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
        pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      }
      pass.dispatchWorkgroups(1);
      pass.end();
      device.queue.submit([encoder.finish()]);
    });
    expect(fault).toMatch(message);
  });

  test('ranges that share bytes, one of them written', async () => {
    const buffer = makeBuffer(device, new Uint32Array(4), STORAGE | UNIFORM);
    const fault = await faultOf(() => {
      const pipeline = pipelineOf(WIDE);
      const entries = [0, 1].map((binding) => ({ binding, resource: buffer }));
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      pass.dispatchWorkgroups(1);
      pass.end();
      device.queue.submit([encoder.finish()]);
    });
    expect(fault).toMatch(/share bytes/);
  });

  test('a pass that was not ended and a destroyed buffer', async () => {
    const open = device.createCommandEncoder();
    open.beginComputePass();
    expect(await faultOf(() => open.finish())).toMatch(/not ended/);
    const [from, to] = [storageOf(1), storageOf(2)];
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, to);
    const commands = encoder.finish();
    to.destroy();
    expect(await faultOf(() => device.queue.submit([commands]))).toMatch(/destroyed/);
  });
});

describe('pipelines', () => {
  const CODE =
    'override a : i32 = 1; @id(3) override b : f32 = 1; @group(0) @binding(0) var<storage, read_write> o : array<i32>; @compute @workgroup_size(1) fn main() { o[0] = a + i32(b); }';
  const make = (constants: Record<string, number>) =>
    device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code: CODE }), constants } });

  test.each([
    ['a name and an id', { a: 2147483647, 3: 2.5 }, null],
    ['a name that is none', { c: 1 }, /no override "c"/],
    ['the name of an override with an id', { b: 1 }, /no override "b"/],
    ['a value beyond its type', { a: 2147483648 }, /does not fit the override/],
  ] as const)('constants: %s', async (_, constants, message) => {
    const fault = await faultOf(() => make(constants));
    if (message === null) expect(fault).toBeNull();
    else expect(fault).toMatch(message);
  });

  test('constants that are no numbers', () => expect(() => make({ a: Number.NaN })).toThrow(TypeError));

  test('a shader that is wrong: the module says so, and the pipeline is refused', async () => {
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code: '@compute @workgroup_size(1) fn main() {\n  let = 1;\n}' });
    expect(await device.popErrorScope()).toBeInstanceOf(GpuValidationError);
    const { messages } = await module.getCompilationInfo();
    expect(messages[0]).toMatchObject({ type: 'error', lineNum: 2 });
    await expect(device.createComputePipelineAsync({ layout: 'auto', compute: { module } })).rejects.toThrow(GpuPipelineError);
  });

  test('a layout that does not fit the shader', async () => {
    const entry = { binding: 0, visibility: 4, buffer: { type: 'read-only-storage' } } as const;
    const layout = device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries: [entry] })] });
    const module = device.createShaderModule({ code: INCREMENT });
    expect(await faultOf(() => device.createComputePipeline({ layout, compute: { module } }))).toMatch(/read-only-storage/);
  });

  test.each(['createTexture', 'createSampler', 'createRenderPipeline', 'createQuerySet'] as const)('%s is refused', (door) => {
    expect(() => device[door]()).toThrow(/compute shaders over buffers/);
  });
});

describe('errors', () => {
  test('popping an empty stack rejects', () => expect(device.popErrorScope()).rejects.toThrow(/no error scope/));

  test('the innermost fitting scope takes the first error', async () => {
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    device.createBuffer({ size: 4, usage: 0 });
    expect(await device.popErrorScope()).toBeNull();
    expect(await device.popErrorScope()).toBeInstanceOf(GpuValidationError);
  });

  test('without a scope an error is an event', async () => {
    const other = await openDevice();
    const heard = new Promise<Event>((resolve) => other.addEventListener('uncapturederror', resolve, { once: true }));
    other.createBuffer({ size: 4, usage: 0 });
    expect(Reflect.get(await heard, 'error')).toBeInstanceOf(GpuValidationError);
  });

  test('a destroyed device says so, destroys its buffers and is quiet', async () => {
    const other = await openDevice();
    const buffer = other.createBuffer({ size: 4, usage: STORAGE });
    other.destroy();
    expect(await other.lost).toMatchObject({ reason: 'destroyed' });
    expect(buffer.isDestroyed).toBe(true);
    other.pushErrorScope('validation');
    other.createBuffer({ size: 4, usage: 0 });
    expect(await other.popErrorScope()).toBeNull();
  });
});
