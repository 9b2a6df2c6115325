/** One generated shader before all judges: Tint must accept it, so must we; our builds must agree; where it is tame, SwiftShader must agree too. */
import { compile } from '../../../src/compiler/compile.ts';
import { compareOutputs } from './compare-outputs.ts';
import type { Dawn } from './dawn.ts';
import { makeBuffers } from './inputs.ts';
import { type Outputs, runOurs } from './run-ours.ts';
import { type Program, printProgram } from './tree.ts';

export interface Judges {
  readonly tint: Dawn | null;
  readonly swiftShader: Dawn | null;
}

export interface Verdict {
  /** What failed, in a form that stays the same while the shader shrinks. */
  readonly kind: 'generator' | 'refused' | 'broken' | 'different' | 'elsewhere' | 'lost';
  readonly variant: string;
  readonly message: string;
}

export async function judge(program: Program, judges: Judges, only: readonly string[] = []): Promise<Verdict | null> {
  const wgsl = printProgram(program);
  if (judges.tint !== null) {
    const answer = await judges.tint.ask({ code: wgsl, groups: null, overrides: { ...program.overrides }, buffers: [] });
    if (answer.kind === 'invalid') return { kind: 'generator', variant: '', message: answer.message };
  }
  const { failure, outputs } = runOurs(program, wgsl, only);
  if (failure !== null) return failure;
  if (judges.swiftShader === null || program.isWild) return null;
  return await judgeElsewhere(program, wgsl, outputs, judges.swiftShader);
}

async function judgeElsewhere(program: Program, wgsl: string, ours: Outputs, dawn: Dawn): Promise<Verdict | null> {
  const { bindings } = compile(wgsl, { overrides: program.overrides }).reflection;
  const buffers = makeBuffers(program, bindings).map(({ bytes, ...rest }) => ({ ...rest, base64: Buffer.from(bytes).toString('base64') }));
  const answer = await dawn.ask({ code: wgsl, groups: program.groups, overrides: { ...program.overrides }, buffers });
  if (answer.kind === 'lost') return { kind: 'lost', variant: 'SwiftShader', message: answer.message };
  if (answer.kind !== 'ran') return { kind: 'generator', variant: 'SwiftShader', message: answer.kind === 'invalid' ? answer.message : '' };
  const theirs = Object.fromEntries(
    Object.entries(answer.outputs).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))]),
  );
  const message = compareOutputs(ours, theirs);
  return message === null ? null : { kind: 'elsewhere', variant: 'SwiftShader', message };
}
