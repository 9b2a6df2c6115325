// A contender's process of the kernel bench: makes one kernel ready and runs it when asked; it is pinned to one core from outside.
import type { ContenderAnswer, ContenderOrder, Runner, Timing } from './kernels/contender.ts';
import { loadKernel } from './kernels/kernels.ts';
import { makeRunner } from './kernels/make-runner.ts';

let runner: Runner | null = null;

function ready(): Runner {
  if (runner === null) throw new Error('Nothing was prepared.');
  return runner;
}

function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function measure(times: number): Promise<Timing> {
  const cpuMs = ready().cpuMs ?? readCpuMs;
  const before = cpuMs();
  const startedAtMs = performance.now();
  for (let i = 0; i < times; i++) await ready().run();
  return { cpuMs: cpuMs() - before, wallMs: performance.now() - startedAtMs };
}

async function answer(order: ContenderOrder): Promise<ContenderAnswer> {
  switch (order.kind) {
    case 'prepare':
      runner = await makeRunner(await loadKernel(order.kernel), order.contender);
      return { kind: 'ready' };
    case 'run':
      return { kind: 'timing', timing: await measure(order.times) };
    case 'outputs':
      await ready().reset();
      await ready().run();
      return { kind: 'outputs', outputs: await ready().outputs() };
  }
}

process.on('message', (order: ContenderOrder) => {
  void answer(order)
    .catch((cause: unknown): ContenderAnswer => ({ kind: 'failed', sentence: cause instanceof Error ? cause.message : String(cause) }))
    .then((reply) => process.send?.(reply));
});
