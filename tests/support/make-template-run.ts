// A template's program with everything it needs to run a shard: reflection, packed parameters, prepared inputs, a cleared output.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prepareInputs } from '../../shaders/prepare-inputs.ts';
import type { ParameterValue, Template } from '../../shaders/template.ts';
import { packUniform } from '../../src/compiler/pack-uniform.ts';
import { reflect } from '../../src/compiler/reflect.ts';
import type { Reflection } from '../../src/compiler/reflection.ts';
import type { BufferInit } from '../../src/engine/backend.ts';
import type { ShardUniform } from '../../src/engine/shard-uniform.ts';

export interface TemplateRun {
  readonly wgsl: string;
  readonly reflection: Reflection;
  readonly buffers: readonly (readonly [name: string, init: BufferInit])[];
  readonly shard: ShardUniform;
  readonly output: string;
}

export interface TemplateRunChoices {
  /** First workgroup and number of workgroups; the whole grid if left out. */
  readonly base?: number;
  readonly count?: number;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Text to run instead of the template's own. */
  readonly wgsl?: string;
}

export function readTemplateProgram(template: Template): string {
  const top = dirname(dirname(import.meta.dirname));
  return readFileSync(join(top, 'shaders', template.id, template.stages[0].wgslFile), 'utf8');
}

export async function makeTemplateRun(template: Template, choices: TemplateRunChoices = {}): Promise<TemplateRun> {
  const [stage] = template.stages;
  const wgsl = choices.wgsl ?? readTemplateProgram(template);
  const reflection = reflect(wgsl);
  const output = template.view.output;
  const layout = stage.outputs[output]?.layout;
  if (layout?.kind !== 'byWorkgroup') throw new Error(`${template.id} has no output by workgroup.`);
  const all = stage.grid[0] * stage.grid[1] * stage.grid[2];
  const shard: ShardUniform = { base: choices.base ?? 0, count: choices.count ?? all, grid: stage.grid };
  const type = reflection.bindings.find((binding) => binding.name === 'parameters')?.type;
  if (type === undefined) throw new Error(`${template.id} has no parameters.`);
  const inputs = [...(await prepareInputs(template.id))].map(([name, bytes]) => [name, { bytes }] as const);
  const parameters = packUniform(type, { ...stage.parameters, ...choices.parameters });
  const buffers = [
    ['parameters', { bytes: parameters }] as const,
    ...inputs,
    [output, { zeroBytes: shard.count * layout.bytesPerWorkgroup }] as const,
  ];
  return { wgsl, reflection, buffers, shard, output };
}
