// What a requester has written so far; it outlives a reload and never holds more than the form does.

import type { Digest } from '../../../protocol/ids.ts';
import type { Size3 } from '../../../protocol/job.ts';
import type { ParameterValue, Template, TemplateId } from '../../../requester/list-templates.ts';
import { BLANK_PROGRAM, BLANK_SHAPE } from './blank-program.ts';

export type SourceId = TemplateId | 'blank';

/** What the form remembers of a file that it uploaded; the bytes are with the coordinator. */
export interface Upload {
  readonly digest: Digest;
  readonly bytes: number;
  readonly file: string;
}

export interface Draft {
  readonly source: SourceId;
  readonly title: string;
  readonly description: string;
  /** WGSL; null: as the template has it. */
  readonly wgsl: string | null;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  readonly quorum: number;
  readonly maxCopies: number;
  /** In credits, as typed; empty: no limit. */
  readonly maxPrice: string;
  /** Outputs, view, inputs and parameters of a blank job, as JSON text. */
  readonly shape: string;
  /** Files behind the digests in the shape. */
  readonly uploads: readonly Upload[];
}

export function makeDraft(source: SourceId, templates: readonly Template[]): Draft {
  const template = templates.find(({ id }) => id === source);
  const shared = { source, wgsl: null, quorum: 2, maxCopies: 5, maxPrice: '', shape: BLANK_SHAPE, uploads: [] };
  if (!template) {
    return { ...shared, title: 'My job', description: '', wgsl: BLANK_PROGRAM, parameters: {}, grid: [64, 64, 1], workgroupsPerShard: 64 };
  }
  const [stage] = template.stages;
  return {
    ...shared,
    title: template.title,
    description: template.description,
    parameters: stage.parameters,
    grid: stage.grid,
    workgroupsPerShard: stage.workgroupsPerShard,
    quorum: template.redundancy.quorum,
    maxCopies: template.redundancy.maxCopies,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isUpload(value: unknown): value is Upload {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, bytes, file } = value as Record<keyof Upload, unknown>;
  return isText(digest) && isNumber(bytes) && isText(file);
}

/** A draft of an older build, or one that somebody edited, is dropped and not repaired. */
export function parseDraft(value: unknown, templates: readonly Template[]): Draft | null {
  if (typeof value !== 'object' || value === null) return null;
  const draft = value as Record<keyof Draft, unknown>;
  const isKnown = draft.source === 'blank' || templates.some(({ id }) => id === draft.source);
  const isWhole =
    isText(draft.title) &&
    isText(draft.description) &&
    isText(draft.maxPrice) &&
    isText(draft.shape) &&
    (draft.wgsl === null || isText(draft.wgsl));
  const isCounted = isNumber(draft.workgroupsPerShard) && isNumber(draft.quorum) && isNumber(draft.maxCopies);
  const isGrid = Array.isArray(draft.grid) && draft.grid.length === 3 && draft.grid.every(isNumber);
  const isParametrised = typeof draft.parameters === 'object' && draft.parameters !== null;
  const isUploaded = Array.isArray(draft.uploads) && draft.uploads.every(isUpload);
  return isKnown && isWhole && isCounted && isGrid && isParametrised && isUploaded ? (value as Draft) : null;
}
