// Makes a kernel ready inside a contender's process: our module on the CPU backend, the JavaScript twin, or Dawn over SwiftShader.
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { createCpuBackend } from '../../../src/engine/cpu/create-cpu-backend.ts';
import type { BuildName, ContenderName, Runner } from './contender.ts';
import { type Buffers, bufferOf, type Kernel } from './kernel.ts';
import { openSwiftShader } from './open-swiftshader.ts';

const BUILDS: Readonly<Record<BuildName, CompileOptions>> = {
  ours: {},
  scalar: { lanes: 1 },
  lanes: { lanes: 'always' },
  plain: { lanes: 1, optimize: false },
  metered: { metered: true },
};

export function makeRunner(kernel: Kernel, contender: Exclude<ContenderName, 'gcc'>): Promise<Runner> {
  switch (contender) {
    case 'javascript':
      return openJavaScript(kernel);
    case 'swiftshader':
      return openSwiftShader(kernel);
    default:
      return openOurs(kernel, contender);
  }
}

export function buildOptions(kernel: Kernel, build: BuildName): CompileOptions {
  return { overrides: kernel.overrides, ...BUILDS[build] };
}

async function openOurs(kernel: Kernel, build: BuildName): Promise<Runner> {
  const { module, reflection } = compile(kernel.wgsl, buildOptions(kernel, build));
  const program = await createCpuBackend().prepare({ wgsl: kernel.wgsl, module, reflection });
  const initOf = (buffers: Buffers) => new Map([...buffers].map(([name, bytes]) => [name, { bytes }] as const));
  const bound = await program.bind(initOf(kernel.makeBuffers()));
  const [x, y, z] = kernel.workgroups;
  const shard = { base: 0, count: x * y * z, grid: kernel.workgroups };
  return {
    run: () => bound.dispatch({ first: [0, 0, 0], size: kernel.workgroups }, shard),
    reset: () => bound.reset(initOf(kernel.makeBuffers())),
    outputs: () => Promise.all(kernel.outputs.map((name) => bound.read(name))),
  };
}

async function openJavaScript(kernel: Kernel): Promise<Runner> {
  const { javascript } = kernel;
  if (javascript === null) throw new Error(`${kernel.name} has no JavaScript twin.`);
  let buffers = kernel.makeBuffers();
  return {
    run: async () => javascript(buffers),
    reset: async () => {
      buffers = kernel.makeBuffers();
    },
    outputs: async () => kernel.outputs.map((name) => bufferOf(buffers, name)),
  };
}
