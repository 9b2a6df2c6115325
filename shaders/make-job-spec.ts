// Fills a template's holes: the program's text, the digests of its inputs, and what the requester chose.
import { Fault } from '../src/protocol/fault.ts';
import type { Digest } from '../src/protocol/ids.ts';
import type { JobSpec, Size3 } from '../src/protocol/job.ts';
import type { Control, ParameterValue, Template } from './template.ts';

export interface TemplateChoices {
  /** Text of the stage's `wgslFile`. */
  readonly wgsl: string;
  /** Digests of what prepare-inputs.ts made, by name. */
  readonly inputs: Readonly<Record<string, Digest>>;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly grid?: Size3;
  readonly title?: string;
}

/** Throws a Fault 'bad-spec' on a parameter that no control knows or that is out of its bounds, and on a missing input. */
export function makeJobSpec(template: Template, choices: TemplateChoices): JobSpec {
  const [stage] = template.stages;
  const parameters = { ...stage.parameters, ...choices.parameters };
  for (const [name, value] of Object.entries(parameters)) checkParameter(template.controls, name, value);
  const inputs = stage.preparedInputs.map((name) => [name, { digest: pickInput(choices, name) }] as const);
  return {
    title: choices.title ?? template.title,
    description: template.description,
    template: template.id,
    stages: [
      {
        name: stage.name,
        wgsl: choices.wgsl,
        grid: choices.grid ?? stage.grid,
        workgroupsPerShard: stage.workgroupsPerShard,
        parameters,
        inputs: Object.fromEntries(inputs),
        outputs: stage.outputs,
      },
    ],
    rounds: 1,
    redundancy: template.redundancy,
    maxPrice: null,
    deadlineMs: null,
    providers: { price: null, speed: null, reliability: null },
    visibility: 'public',
    tier: 'voted',
    view: template.view,
  };
}

function pickInput(choices: TemplateChoices, name: string): Digest {
  const digest = choices.inputs[name];
  if (digest === undefined)
    throw new Fault('bad-spec', `The input '${name}' is missing; prepare it and give its digest.`, { facts: { input: name } });
  return digest;
}

function checkParameter(controls: readonly Control[], name: string, value: ParameterValue): void {
  const control = controls.find((each) => each.parameter === name);
  if (control === undefined) throw new Fault('bad-spec', `This template has no parameter '${name}'.`, { facts: { parameter: name } });
  const isWhole = control.kind === 'integer' || control.kind === 'choice' || control.kind === 'uint64';
  for (const part of typeof value === 'number' ? [value] : value) {
    if (!Number.isFinite(part) || part < control.min || part > control.max) {
      throw new Fault('bad-spec', `${control.label} must be between ${control.min} and ${control.max}, but is ${part}.`, {
        facts: { parameter: name, min: control.min, max: control.max },
      });
    }
    if (isWhole && !Number.isInteger(part)) {
      throw new Fault('bad-spec', `${control.label} must be a whole number, but is ${part}.`, { facts: { parameter: name } });
    }
  }
}
