// Turns a draft into the spec that is quoted and submitted; what is wrong is a fault that names its field.
import { Fault } from '../../../protocol/fault.ts';
import { MICRO_CREDITS_PER_CREDIT, type MicroCredits } from '../../../protocol/ids.ts';
import type { JobSpec } from '../../../protocol/job.ts';
import { parseJobSpec } from '../../../protocol/parse-job-spec.ts';
import type { Client } from '../../../requester/create-client.ts';
import type { Template } from '../../../requester/list-templates.ts';
import { loadProgramText } from '../../../requester/load-program-text.ts';
import { prepareTemplate } from '../../../requester/prepare-template.ts';
import type { Draft } from './draft.ts';

/** Uploads the template's inputs, so it wants a session. */
export async function makeSpec(client: Client, draft: Draft, templates: readonly Template[]): Promise<JobSpec> {
  const maxPrice = parseCredits(draft.maxPrice);
  const template = templates.find(({ id }) => id === draft.source);
  const base = template ? await makeTemplateSpec(client, draft, template) : makeBlankSpec(draft);
  return checkSpec({ ...base, ...chosen(draft), maxPrice });
}

function chosen(draft: Draft): Pick<JobSpec, 'title' | 'description' | 'redundancy'> {
  return {
    title: draft.title,
    description: draft.description,
    redundancy: { quorum: draft.quorum, maxCopies: draft.maxCopies },
  };
}

async function makeTemplateSpec(client: Client, draft: Draft, template: Template): Promise<JobSpec> {
  const wgsl = draft.wgsl ?? (await loadProgramText(template.id));
  const spec = await prepareTemplate(client, template, { wgsl, parameters: draft.parameters, grid: draft.grid });
  const [stage] = spec.stages;
  return { ...spec, stages: [{ ...stage!, workgroupsPerShard: draft.workgroupsPerShard }] };
}

export function makeBlankSpec(draft: Draft): JobSpec {
  const { view, parameters, inputs, outputs } = parseShape(draft.shape);
  const stage = {
    name: 'main',
    wgsl: draft.wgsl ?? '',
    grid: draft.grid,
    workgroupsPerShard: draft.workgroupsPerShard,
    parameters,
    inputs,
    outputs,
  };
  return checkSpec({ ...chosen(draft), template: null, stages: [stage], view });
}

function parseShape(text: string): Record<'view' | 'parameters' | 'inputs' | 'outputs', unknown> {
  let shape: unknown;
  try {
    shape = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : '';
    throw new Fault('bad-spec', `The data shape is not JSON: ${detail}.`, { facts: { field: 'shape' }, cause });
  }
  if (typeof shape !== 'object' || shape === null)
    throw new Fault('bad-spec', 'The data shape must be an object.', { facts: { field: 'shape' } });
  const { view, parameters = {}, inputs = {}, outputs } = shape as Record<string, unknown>;
  return { view, parameters, inputs, outputs };
}

/** The same gate as the coordinator's, so that most refusals come without a round trip. */
function checkSpec(spec: Record<string, unknown> | JobSpec): JobSpec {
  const { maxPrice, ...rest } = spec as JobSpec;
  return parseJobSpec({ ...rest, maxPrice: maxPrice === null || maxPrice === undefined ? null : String(maxPrice) });
}

/** "12.5" → 12_500_000n; empty → null. */
export function parseCredits(text: string): MicroCredits | null {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(trimmed);
  if (!match)
    throw new Fault('bad-spec', 'The most it may cost must be an amount such as 12.5, or empty.', { facts: { field: 'maxPrice' } });
  return BigInt(match[1]!) * MICRO_CREDITS_PER_CREDIT + BigInt((match[2] ?? '').padEnd(6, '0'));
}
