// The jobs that keep the network busy: small shards of three kinds, each kind in a few variants whose outputs are known.
import type { ParameterValue, Template, TemplateId } from '../../shaders/template.ts';
import { TEMPLATES } from '../../shaders/templates.ts';
import { packUniform } from '../../src/compiler/pack-uniform.ts';
import { reflect } from '../../src/compiler/reflect.ts';
import { createCpuBackend } from '../../src/engine/cpu/create-cpu-backend.ts';
import type { JobSpec, Size3 } from '../../src/protocol/job.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { prepareTemplate } from '../../src/requester/prepare-template.ts';
import { readTemplateProgram } from '../support/make-template-run.ts';

export const JOB_KINDS = ['tiny-exact', 'large-exact', 'tolerant'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export interface JobOrder {
  readonly kind: JobKind;
  readonly variant: number;
  /** Share of the kind's full grid, so that a short run has short jobs. */
  readonly size: number;
}

interface KindPlan {
  readonly template: TemplateId;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  readonly isExact: boolean;
  parameters(variant: number): Readonly<Record<string, ParameterValue>>;
}

/** Outputs of different variants differ, so that bytes of one job in another are seen. */
export const VARIANTS = 4;

/**
 * About 15 ms a shard on one core. `tiny-exact` has 32 bytes a shard, which travel with the result and lie in the shard's row; `large-exact` has 8 KiB,
 * which are asked for and lie in a file; `tolerant` has the same, which travel with every copy.
 */
const PLANS: Readonly<Record<JobKind, KindPlan>> = {
  'tiny-exact': {
    template: 'collatz',
    grid: [512, 1, 1],
    workgroupsPerShard: 2,
    isExact: true,
    parameters: (variant) => ({ first: [1 + variant * 50_000_000, 0], numbersPerInvocation: 384 }),
  },
  'large-exact': {
    template: 'fractal',
    grid: [96, 48, 1],
    workgroupsPerShard: 32,
    isExact: true,
    parameters: (variant) => ({ scale: 0.0024 / (variant + 1), maxIterations: 1600, samples: 3 }),
  },
  tolerant: {
    template: 'fractal',
    grid: [96, 48, 1],
    workgroupsPerShard: 32,
    isExact: false,
    parameters: (variant) => ({ scale: 0.0024 / (variant + 1), maxIterations: 1600, samples: 3 }),
  },
};

function gridOf({ kind, size }: JobOrder): Size3 {
  const [x, y, z] = PLANS[kind].grid;
  return [Math.ceil(x * size), y, z];
}

/** The only output there is. */
export function outputOf({ kind }: JobOrder): string {
  return templateOf(kind).view.output;
}

export async function makeOrderedSpec(client: Client, order: JobOrder, title: string): Promise<JobSpec> {
  const plan = PLANS[order.kind];
  const template = templateOf(order.kind);
  const choices = { wgsl: readTemplateProgram(template), grid: gridOf(order), parameters: plan.parameters(order.variant), title };
  const spec = await prepareTemplate(client, template, choices);
  const stages = spec.stages.map((stage) => ({
    ...stage,
    workgroupsPerShard: plan.workgroupsPerShard,
    outputs: plan.isExact
      ? Object.fromEntries(
          Object.entries(stage.outputs).map(([name, output]) => [name, { ...output, comparison: { kind: 'exact' as const } }]),
        )
      : stage.outputs,
  }));
  return { ...spec, stages };
}

/** The whole stage's output, computed here on the CPU engine from the program's text, as one shard. */
export async function computeReference(order: JobOrder): Promise<Uint8Array> {
  const { parameters } = PLANS[order.kind];
  const grid = gridOf(order);
  const template = templateOf(order.kind);
  const [stage] = template.stages;
  const wgsl = readTemplateProgram(template);
  const reflection = reflect(wgsl);
  const type = reflection.bindings.find(({ name }) => name === 'parameters')?.type;
  const output = outputOf(order);
  const layout = stage.outputs[output]?.layout;
  if (type === undefined || layout?.kind !== 'byWorkgroup') throw new Error(`${template.id} is not such a program.`);
  const count = grid[0] * grid[1] * grid[2];
  const backend = createCpuBackend();
  const prepared = await backend.prepare({ wgsl, module: null, reflection });
  const program = await prepared.bind(
    new Map([
      ['parameters', { bytes: packUniform(type, { ...stage.parameters, ...parameters(order.variant) }) }],
      [output, { zeroBytes: count * layout.bytesPerWorkgroup }],
    ]),
  );
  await program.dispatch({ first: [0, 0, 0], size: grid }, { base: 0, count, grid });
  const bytes = await program.read(output);
  backend.destroy();
  return bytes;
}

function templateOf(kind: JobKind): Template {
  const { template } = PLANS[kind];
  const found = TEMPLATES.find(({ id }) => id === template);
  if (!found) throw new Error(`There is no template ${template}.`);
  return found;
}
