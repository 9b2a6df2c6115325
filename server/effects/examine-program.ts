// The examination of an uploaded program, in order: valid WGSL, bindings that match, compiled, sampled.
import { compile } from '../../src/compiler/compile.ts';
import { CompileError } from '../../src/compiler/diagnostics.ts';
import { reflect } from '../../src/compiler/reflect.ts';
import type { Reflection } from '../../src/compiler/reflection.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { matchBindings } from './match-bindings.ts';
import type { ExamineRequest, ProgramReport } from './program-report.ts';
import { lintSamples, sampleProgram } from './sample-program.ts';
import type { Validator } from './validate-wgsl.ts';

export async function examineProgram(validator: Validator, request: ExamineRequest): Promise<ProgramReport> {
  const { stage, inputs } = request;
  await validator.validate(stage.wgsl);
  const reflection = reflectOrRefuse(stage.wgsl, stage.entryPoint);
  await validator.validatePipeline(stage.wgsl, reflection.entryPoint);
  const parameters = matchBindings(reflection, stage, inputs);
  const compiled = compileOrExplain(stage.wgsl, reflection.entryPoint);
  if ('reason' in compiled) return { reflection, parameters, module: null, gpuOnlyReason: compiled.reason, sample: null, lint: null };
  const samples = { stage, inputs, parameters, module: compiled.sampled };
  const sample = sampleProgram(samples);
  const lint = lintSamples(samples, reflection.entryPoint);
  return { reflection, parameters, module: compiled.module, gpuOnlyReason: null, sample, lint };
}

function reflectOrRefuse(wgsl: string, entryPoint: string | undefined): Reflection {
  try {
    return reflect(wgsl, entryPoint);
  } catch (cause) {
    if (!(cause instanceof CompileError)) throw cause;
    throw new Fault('bad-program', cause.message, { cause });
  }
}

/** Valid WGSL that the compiler cannot take yet goes to GPUs only, and the requester is told why. */
function compileOrExplain(
  wgsl: string,
  entryPoint: string,
): { readonly module: Uint8Array; readonly sampled: Uint8Array } | { readonly reason: string } {
  try {
    return { module: compile(wgsl, { entryPoint }).module, sampled: compile(wgsl, { entryPoint, fuel: true, metered: true }).module };
  } catch (cause) {
    if (!(cause instanceof CompileError)) throw cause;
    return { reason: cause.message };
  }
}
