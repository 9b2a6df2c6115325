// Shader modules and compute pipelines.
import { CompileError, withDiagnostics } from '../../../src/compiler/diagnostics.ts';
import type { ModuleNode } from '../../../src/compiler/parse/ast.ts';
import { parseModule } from '../../../src/compiler/parse/parse-module.ts';
import type { Reflection } from '../../../src/compiler/reflection.ts';
import { CpuBindGroupLayout, type CpuPipelineLayout, deduceLayout, faultOfLayout } from './bindings.ts';
import type { Limits } from './device-limits.ts';
import { type Constants, describeFault, faultOfConstants, type Program, type ShaderPrograms } from './shader-programs.ts';

export interface CompilationMessage {
  readonly message: string;
  readonly type: 'error';
  readonly lineNum: number;
  readonly linePos: number;
  readonly offset: number;
  readonly length: number;
}

export class CpuShaderModule {
  label = '';
  readonly code: string;
  /** null: the text is no WGSL. */
  readonly syntax: ModuleNode | null;
  readonly fault: string | null;
  private readonly messages: readonly CompilationMessage[];

  constructor(code: string) {
    this.code = code;
    let syntax: ModuleNode | null = null;
    let fault: string | null = null;
    let messages: readonly CompilationMessage[] = [];
    try {
      syntax = withDiagnostics(code, () => parseModule(code));
    } catch (cause) {
      fault = describeFault(code, cause);
      messages = messagesOf(cause);
    }
    this.syntax = syntax;
    this.fault = fault;
    this.messages = messages;
  }

  async getCompilationInfo(): Promise<{ readonly messages: readonly CompilationMessage[] }> {
    return { messages: this.messages };
  }
}

function messagesOf(cause: unknown): readonly CompilationMessage[] {
  if (!(cause instanceof CompileError)) return [{ message: String(cause), type: 'error', lineNum: 0, linePos: 0, offset: 0, length: 0 }];
  if (cause.diagnostics.length === 0) return [{ message: cause.message, type: 'error', lineNum: 0, linePos: 0, offset: 0, length: 0 }];
  return cause.diagnostics.map(({ message, line, column, length }) => ({
    message,
    type: 'error',
    lineNum: line,
    linePos: column,
    offset: 0,
    length,
  }));
}

export interface PipelineDescriptor {
  readonly label?: string;
  readonly layout: 'auto' | CpuPipelineLayout;
  readonly compute: { readonly module: CpuShaderModule; readonly entryPoint?: string; readonly constants?: Constants };
}

export class CpuComputePipeline {
  label: string;
  /** null: the pipeline is not valid. */
  readonly program: Program | null;
  readonly layout: CpuPipelineLayout;
  private readonly raise: (message: string) => void;
  private readonly maxGroups: number;

  constructor(label: string, program: Program | null, layout: CpuPipelineLayout, maxGroups: number, raise: (message: string) => void) {
    this.label = label;
    this.program = program;
    this.layout = layout;
    this.raise = raise;
    this.maxGroups = maxGroups;
  }

  getBindGroupLayout(index: number): CpuBindGroupLayout {
    if (this.program === null || index >= this.maxGroups) {
      this.raise(this.program === null ? 'The pipeline is not valid.' : `There is no bind group ${index}.`);
      return new CpuBindGroupLayout(false, []);
    }
    const { entries } = this.layout.groups[index] ?? { entries: [] };
    return new CpuBindGroupLayout(true, entries);
  }
}

/** The program and layout of a pipeline, or why there is none. Throws TypeError for constants that are no finite numbers. */
export function readPipeline(
  programs: ShaderPrograms,
  descriptor: PipelineDescriptor,
  limits: Limits,
): { readonly program: Program; readonly layout: CpuPipelineLayout } | string {
  const { module, entryPoint, constants = {} } = descriptor.compute;
  for (const [key, value] of Object.entries(constants)) {
    if (!Number.isFinite(Number(value))) throw new TypeError(`The constant "${key}" is no finite number.`);
  }
  if (module.syntax === null) return `The shader module is not valid: ${module.fault ?? ''}`;
  const fault = faultOfConstants(module.syntax, constants);
  if (fault !== null) return fault;
  const compilation = programs.compile(module.code, entryPoint, constants);
  if ('fault' in compilation) return compilation.fault;
  const { program } = compilation;
  const { reflection } = program.info;
  const sizeFault = faultOfWorkgroup(reflection, limits);
  if (sizeFault !== null) return sizeFault;
  if (descriptor.layout === 'auto') return { program, layout: deduceLayout(reflection) };
  const layoutFault = faultOfLayout(reflection, descriptor.layout);
  return layoutFault ?? { program, layout: descriptor.layout };
}

function faultOfWorkgroup(reflection: Reflection, limits: Limits): string | null {
  const [x, y, z] = reflection.workgroupSize;
  const isTooLarge =
    x > limits.maxComputeWorkgroupSizeX ||
    y > limits.maxComputeWorkgroupSizeY ||
    z > limits.maxComputeWorkgroupSizeZ ||
    x * y * z > limits.maxComputeInvocationsPerWorkgroup;
  return isTooLarge ? `A workgroup of ${x} x ${y} x ${z} is larger than the device's limits.` : null;
}
