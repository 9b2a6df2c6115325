// Runs in a Web Worker of a real browser and does what engine.test.ts asks: one call a message, one answer back.
import { type BoundProgram, type BufferInit, EngineError } from '../../src/engine/backend.ts';
import { type ChosenBackend, chooseBackend } from '../../src/engine/choose-backend.ts';
import type { GpuLoss } from '../../src/engine/gpu/create-gpu-backend.ts';
import { sliceShard } from '../../src/engine/slice-shard.ts';
import type { HarnessCall, HarnessFault, OpenReply, ProgramRun, RunReply } from './engine-calls.ts';

let chosen: ChosenBackend | null = null;
const losses: GpuLoss[] = [];

async function open(): Promise<OpenReply> {
  losses.length = 0;
  chosen = await chooseBackend({
    gpu: navigator.gpu,
    want: 'any',
    softwareGpu: 'use',
    powerPreference: 'low-power',
    onLost: (loss) => losses.push(loss),
    createCpu: () => Promise.reject(new Error('This browser should have a software GPU.')),
  });
  const { reason, deviceClass, isFallback, backend } = chosen;
  return { reason, deviceClass, isFallback, label: backend.label };
}

function backend() {
  if (chosen === null) throw new Error('open() comes first.');
  return chosen.backend;
}

async function bind(run: ProgramRun): Promise<BoundProgram> {
  const prepared = await backend().prepare({ wgsl: run.wgsl, module: null, reflection: run.reflection });
  return await prepared.bind(new Map<string, BufferInit>(run.buffers));
}

/** The whole shard once for each slice size, on the same buffers, cleared in between. */
async function runSlices(run: ProgramRun): Promise<RunReply> {
  const startMs = performance.now();
  const program = await bind(run);
  const bindMs = performance.now() - startMs;
  const outputs: Uint8Array[] = [];
  const runMs: number[] = [];
  for (const size of run.slices) {
    await program.reset(new Map(run.buffers.filter(([name]) => name === run.output)));
    const sliceStartMs = performance.now();
    let done = 0;
    for (let box = sliceShard(run.shard, done, size); box !== null; box = sliceShard(run.shard, done, size)) {
      await program.dispatch(box, run.shard);
      done += box.size[0] * box.size[1] * box.size[2];
    }
    runMs.push(performance.now() - sliceStartMs);
    outputs.push(await program.read(run.output));
  }
  program.destroy();
  return { outputs, bindMs, runMs };
}

/** What a buffer holds that comes back from the pool after `run` filled it. */
async function readFreshBuffer(run: ProgramRun): Promise<Uint8Array> {
  const first = await bind(run);
  await first.dispatch({ first: [0, 0, 0], size: run.shard.grid }, run.shard);
  const isWritten = (await first.read(run.output)).some((byte) => byte !== 0);
  first.destroy();
  if (!isWritten) throw new Error('The first run wrote nothing, so this would show nothing.');
  const second = await bind(run);
  const bytes = await second.read(run.output);
  second.destroy();
  return bytes;
}

/** Keeps dispatching until the device goes; gives the code of the fault that ends it. */
async function runUntilLost(run: ProgramRun): Promise<never> {
  const program = await bind(run);
  for (;;) await program.dispatch({ first: [0, 0, 0], size: run.shard.grid }, run.shard);
}

async function useAfterDestroy(run: ProgramRun): Promise<never> {
  const program = await bind(run);
  backend().destroy();
  await program.dispatch({ first: [0, 0, 0], size: run.shard.grid }, run.shard);
  throw new Error('A destroyed backend ran a program.');
}

function answer(call: HarnessCall): unknown {
  switch (call.kind) {
    case 'open':
      return open();
    case 'run-slices':
      return runSlices(call.run);
    case 'read-fresh-buffer':
      return readFreshBuffer(call.run);
    case 'run-until-lost':
      return runUntilLost(call.run);
    case 'use-after-destroy':
      return useAfterDestroy(call.run);
    case 'prepare-after-destroy':
      return backend().prepare({ wgsl: call.run.wgsl, module: null, reflection: call.run.reflection });
    case 'losses':
      return losses;
  }
}

self.onmessage = async ({ data }: MessageEvent<HarnessCall>) => {
  try {
    self.postMessage({ value: await answer(data) });
  } catch (fault) {
    const { name, message } = fault as Error;
    const code = fault instanceof EngineError ? fault.code : name;
    self.postMessage({ fault: { code, message } satisfies HarnessFault });
  }
};
