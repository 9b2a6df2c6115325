// Submits a template's job as a headless requester and waits for its end.

import type { ParameterValue, TemplateId } from '../../shaders/template.ts';
import type { JobView } from '../../src/protocol/api.ts';
import type { Size3 } from '../../src/protocol/job.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { listTemplates } from '../../src/requester/list-templates.ts';
import { prepareTemplate } from '../../src/requester/prepare-template.ts';
import { quoteJob } from '../../src/requester/quote-job.ts';
import { submitJob } from '../../src/requester/submit-job.ts';
import { readTemplateProgram } from './make-template-run.ts';

export interface TemplateSubmission {
  readonly grid?: Size3;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

export async function submitTemplate(client: Client, id: TemplateId, submission: TemplateSubmission = {}): Promise<JobView> {
  const template = listTemplates().find((candidate) => candidate.id === id);
  if (!template) throw new Error(`There is no template ${id}.`);
  const spec = await prepareTemplate(client, template, { wgsl: readTemplateProgram(template), ...submission });
  const quote = await quoteJob(client, spec);
  return submitJob(client, spec, quote.id);
}
