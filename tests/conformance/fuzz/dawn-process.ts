// A child process that runs shaders on Dawn: a line of JSON in for each, a line of JSON out. Dawn may crash; the parent outlives it.
import { createInterface } from 'node:readline';
import { create, globals } from 'webgpu';
import type { DawnAnswer, DawnJob } from './dawn.ts';

Object.assign(globalThis, globals);

/** Dawn ends the process when its instance is collected while a device lives. */
const kept: unknown[] = [];

async function openDevice(flags: string[]): Promise<GPUDevice> {
  const gpu = create(flags);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  const device = await adapter.requestDevice({ requiredFeatures: adapter.features.has('shader-f16') ? ['shader-f16'] : [] });
  kept.push(gpu, adapter, device);
  return device;
}

async function runJob(device: GPUDevice, job: DawnJob): Promise<DawnAnswer> {
  const { id, code } = job;
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code });
  const info = await module.getCompilationInfo();
  const error = info.messages.find((message) => message.type === 'error');
  if (error !== undefined) {
    await device.popErrorScope();
    return { id, kind: 'invalid', message: `${error.lineNum}:${error.linePos} ${error.message}` };
  }
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module, entryPoint: 'main', constants: job.overrides },
  });
  if (job.groups === null) {
    await device.popErrorScope();
    return { id, kind: 'valid' };
  }
  const buffers = job.buffers.map((each) => {
    const bytes = Buffer.from(each.base64, 'base64');
    const usage =
      (each.space === 'uniform' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE) | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size: bytes.length, usage });
    device.queue.writeBuffer(buffer, 0, bytes);
    return { ...each, buffer, size: bytes.length };
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map(({ binding, buffer }) => ({ binding, resource: { buffer } })),
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...job.groups);
  pass.end();
  const written = buffers.filter((each) => each.isWritten);
  const reads = written.map(({ name, buffer, size }) => {
    const read = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    encoder.copyBufferToBuffer(buffer, 0, read, 0, size);
    return { name, read };
  });
  device.queue.submit([encoder.finish()]);
  const scoped = await device.popErrorScope();
  if (scoped !== null) return { id, kind: 'invalid', message: scoped.message };
  const outputs: Record<string, string> = {};
  for (const { name, read } of reads) {
    await read.mapAsync(GPUMapMode.READ);
    outputs[name] = Buffer.from(read.getMappedRange()).toString('base64');
    read.destroy();
  }
  for (const { buffer } of buffers) buffer.destroy();
  return { id, kind: 'ran', outputs };
}

async function serve(flags: string[]): Promise<void> {
  const device = await openDevice(flags);
  process.stdout.write('{"kind":"ready"}\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const job = JSON.parse(line) as DawnJob;
    const answer = await runJob(device, job).catch(
      (cause: unknown): DawnAnswer => ({ id: job.id, kind: 'invalid', message: cause instanceof Error ? cause.message : String(cause) }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}

await serve(process.argv.slice(2));
