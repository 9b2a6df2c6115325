// One shard of a shipped template on the CPU and on the GPU: integers only, so every byte must be the same.
import type { Api } from '../../../account/create-api.ts';
import { listTemplates } from '../../../requester/list-templates.ts';
import { loadProgramText } from '../../../requester/load-program-text.ts';
import { prepareTemplate } from '../../../requester/prepare-template.ts';
import { tryJob } from '../../../requester/try-job.ts';

export type SelfTest =
  | { readonly kind: 'same'; readonly cpuMs: number; readonly gpuMs: number; readonly gpu: string }
  | { readonly kind: 'differ'; readonly bytes: number; readonly gpu: string }
  | { readonly kind: 'cpu-only'; readonly cpuMs: number; readonly why: string };

const TEMPLATE = 'collatz';

/** A GPU made of software is tested too: it must be right as well. Throws what a trial throws. */
export async function runSelfTest(api: Api): Promise<SelfTest> {
  const template = listTemplates().find(({ id }) => id === TEMPLATE);
  if (!template) throw new Error(`The template ${TEMPLATE} is not shipped any more.`);
  const spec = await prepareTemplate(api, template, { wgsl: await loadProgramText(TEMPLATE) });
  const cpu = await tryJob(api, spec, { want: 'cpu' });
  const gpu = await tryJob(api, spec, { want: 'any', softwareGpu: 'use' });
  if (gpu.engine.kind === 'cpu') return { kind: 'cpu-only', cpuMs: cpu.computeMs, why: gpu.engine.sentence };
  const bytes = countDifferences(cpu.outputs, gpu.outputs);
  if (bytes > 0) return { kind: 'differ', bytes, gpu: gpu.engine.label };
  return { kind: 'same', cpuMs: cpu.computeMs, gpuMs: gpu.computeMs, gpu: gpu.engine.label };
}

type Outputs = ReadonlyMap<string, Uint8Array>;

/** An output that only one of them has differs in all of its bytes. */
export function countDifferences(one: Outputs, other: Outputs): number {
  let count = 0;
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    const a = one.get(name) ?? new Uint8Array();
    const b = other.get(name) ?? new Uint8Array();
    for (let at = 0; at < Math.max(a.length, b.length); at += 1) if (a[at] !== b[at]) count += 1;
  }
  return count;
}
