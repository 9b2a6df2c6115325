// Tint decides whether a program is valid WGSL: Dawn for Node on its null backend, no GPU needed.
import { Fault } from '../../src/protocol/fault.ts';

/** What of WebGPU the validator uses. */
interface Gpu {
  requestAdapter(): Promise<{ requestDevice(): Promise<Device> } | null>;
}

interface Device {
  pushErrorScope(filter: 'validation'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
  createShaderModule(descriptor: { readonly code: string }): ShaderModule;
  createComputePipelineAsync(descriptor: {
    readonly layout: 'auto';
    readonly compute: { readonly module: ShaderModule; readonly entryPoint: string };
  }): Promise<unknown>;
}

interface ShaderModule {
  getCompilationInfo(): Promise<{
    readonly messages: readonly { readonly type: string; readonly message: string; readonly lineNum: number; readonly linePos: number }[];
  }>;
}

/** The package `webgpu`, which is Dawn for Node. */
export type LoadDawn = () => Promise<{ create(flags: string[]): Gpu; readonly globals: Record<string, unknown> }>;

export interface Validator {
  /** Throws `bad-program` with the first error's line and column. */
  validate(wgsl: string): Promise<void>;
  /** Throws `bad-program` when no pipeline can be made of a valid module: sizes, bindings, overrides. */
  validatePipeline(wgsl: string, entryPoint: string): Promise<void>;
}

/** Dawn ends the process when its instance is collected while a device lives: all of them stay for as long as the process does. */
const kept: unknown[] = [];

/** Throws `validator-unavailable` where Dawn's binary cannot be loaded. */
export async function createValidator(loadDawn: LoadDawn = () => import('webgpu') as unknown as ReturnType<LoadDawn>): Promise<Validator> {
  const device = await openNullDevice(loadDawn);
  async function createModule(wgsl: string): Promise<ShaderModule> {
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code: wgsl });
    const info = await module.getCompilationInfo();
    const scoped = await device.popErrorScope();
    const error = info.messages.find((message) => message.type === 'error');
    if (error) {
      const facts = { line: error.lineNum, column: error.linePos };
      throw new Fault('bad-program', `Line ${error.lineNum}, column ${error.linePos}: ${error.message.trim()}.`, { facts });
    }
    if (scoped) throw new Fault('bad-program', `The program is not valid WGSL: ${firstLine(scoped.message)}.`);
    return module;
  }
  return {
    async validate(wgsl) {
      await createModule(wgsl);
    },
    async validatePipeline(wgsl, entryPoint) {
      const module = await createModule(wgsl);
      try {
        await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } });
      } catch (cause) {
        throw new Fault(
          'bad-program',
          `No device could run this program: ${firstLine(cause instanceof Error ? cause.message : String(cause))}.`,
          { cause },
        );
      }
    },
  };
}

async function openNullDevice(loadDawn: LoadDawn): Promise<Device> {
  try {
    const { create, globals } = await loadDawn();
    Object.assign(globalThis, globals);
    const gpu = create(['backend=null']);
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error('no null adapter');
    const device = await adapter.requestDevice();
    kept.push(gpu, adapter, device);
    return device;
  } catch (cause) {
    const sentence =
      'The WGSL validator (the webgpu package) cannot be loaded on this machine, so no job can be checked and none is accepted; see README.';
    throw new Fault('validator-unavailable', sentence, { cause });
  }
}

function firstLine(message: string): string {
  return (message.split('\n').find((line) => line.trim() !== '') ?? message).trim().replace(/[.:]$/, '');
}
