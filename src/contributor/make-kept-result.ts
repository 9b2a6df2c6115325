// What a computed shard says to the coordinator: the root of each output, and whether the bytes go along. PURE.
import type { Assignment } from '../protocol/assignment.ts';
import type { StageManifest } from '../protocol/job.ts';
import { outputRoot } from '../protocol/merkle.ts';
import type { HashFunction } from '../protocol/sha256.ts';
import { type KeptResult, keyOfClaim } from './contributor-store.ts';
import type { EngineReport } from './engine-api.ts';
import type { LatestOutput } from './state.ts';

/** Outputs this small travel with the result: asking for them later would cost more. */
export const MAX_INLINE_BYTES = 4_096;

export interface ComputedShard {
  readonly assignment: Assignment;
  readonly manifest: StageManifest;
  readonly report: Extract<EngineReport, { kind: 'done' }>;
  readonly engine: 'gpu' | 'cpu';
  readonly nowMs: number;
}

export function makeKeptResult(computed: ComputedShard, hash: HashFunction): KeptResult {
  const { assignment, manifest, report } = computed;
  const bytes = manifest.outputs.map(({ name }) => report.outputs.find((output) => output.name === name)?.bytes ?? new Uint8Array(0));
  const total = bytes.reduce((sum, part) => sum + part.length, 0);
  return {
    key: keyOfClaim(assignment.claim),
    claim: assignment.claim,
    // not the view: it would keep the whole message it came in
    mac: assignment.mac.slice(),
    shard: { job: assignment.shard.job, index: assignment.shard.index },
    outputs: manifest.outputs.map((output, i) => {
      const part = bytes[i] as Uint8Array;
      return { root: outputRoot(output, part, hash), bytes: part.length, payloadOffset: null };
    }),
    elapsedMs: report.computeMs,
    engine: computed.engine,
    isInline: total <= MAX_INLINE_BYTES || manifest.outputs.some(({ comparison }) => comparison.kind === 'tolerance'),
    title: manifest.title,
    priceMicroCredits: assignment.priceMicroCredits,
    phase: 'unsent',
    keptAtMs: computed.nowMs,
    bytes,
  };
}

/** What a page draws of it; null when the job shows no output. */
export function pickLatestOutput({ bytes }: KeptResult, { shard }: Assignment, manifest: StageManifest): LatestOutput | null {
  const { job, index, base, count } = shard;
  const { view, grid, workgroupsPerShard, outputs } = manifest;
  const shown = bytes[outputs.findIndex(({ name }) => name === view.output)];
  return shown ? { job, index, base, count, view, grid, workgroupsPerShard, bytes: shown } : null;
}
