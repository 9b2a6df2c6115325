// Turns a template and what was chosen into a job spec: makes its inputs, uploads them, fills the holes.
import { makeJobSpec, type TemplateChoices } from '../../shaders/make-job-spec.ts';
import { prepareInputs } from '../../shaders/prepare-inputs.ts';
import type { Template } from '../../shaders/template.ts';
import type { Digest } from '../protocol/ids.ts';
import type { JobSpec } from '../protocol/job.ts';
import type { Client } from './create-client.ts';
import { uploadBlob } from './upload-blob.ts';

export type TemplateOptions = Omit<TemplateChoices, 'inputs'>;

/** Wants a session when the template has inputs; throws what uploading throws, and `bad-spec` for a choice out of bounds. */
export async function prepareTemplate(client: Client, template: Template, options: TemplateOptions): Promise<JobSpec> {
  const inputs: Record<string, Digest> = {};
  for (const [name, bytes] of await prepareInputs(template.id)) inputs[name] = await uploadBlob(client, bytes);
  return makeJobSpec(template, { ...options, inputs });
}
