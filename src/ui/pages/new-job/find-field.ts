// At which field of the form a refusal belongs.
import type { FaultBody } from '../../../protocol/fault.ts';

export const FORM_FIELDS = [
  'title',
  'description',
  'parameters',
  'grid',
  'workgroupsPerShard',
  'redundancy',
  'maxPrice',
  'wgsl',
  'inputs',
  'shape',
  'form',
] as const;
export type FormField = (typeof FORM_FIELDS)[number];

/** In this order: the first name that the coordinator's field contains decides. */
const FIELD_NAMES: readonly (readonly [pattern: RegExp, field: FormField])[] = [
  [/workgroupsPerShard/, 'workgroupsPerShard'],
  [/\bgrid\b/, 'grid'],
  [/\bwgsl\b|entryPoint|program/, 'wgsl'],
  [/redundancy|quorum|maxCopies/, 'redundancy'],
  [/maxPrice/, 'maxPrice'],
  [/\bparameters?\b/, 'parameters'],
  [/\binputs\.\w/, 'inputs'],
  [/outputs?\b|inputs?\b|\bview\b|shape/, 'shape'],
  [/description/, 'description'],
  [/title/, 'title'],
];

const CODE_FIELDS: Readonly<Partial<Record<FaultBody['code'], FormField>>> = {
  'bad-program': 'wgsl',
  'program-runs-away': 'wgsl',
  'program-not-separable': 'wgsl',
  'program-not-deterministic': 'wgsl',
  'price-too-low': 'maxPrice',
};

/** A blank job has its shape in a field of its own; a template's shape is not the requester's to change. */
export function findField(fault: FaultBody, isBlank: boolean): FormField {
  const named = fault.facts?.parameter === undefined ? String(fault.facts?.field ?? '') : 'parameters';
  const byName = FIELD_NAMES.find(([pattern]) => pattern.test(named))?.[1];
  const field = byName ?? CODE_FIELDS[fault.code] ?? 'form';
  if ((field === 'shape' || field === 'inputs') && !isBlank) return 'form';
  return field === 'parameters' && isBlank ? 'shape' : field;
}

/** The input that a fault names, or null. */
export function findInput(fault: FaultBody): string | null {
  return /\binputs\.(\w+)/.exec(String(fault.facts?.field ?? ''))?.[1] ?? null;
}
