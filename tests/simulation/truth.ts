// What the programs of a simulated world compute: a few bytes for each workgroup, the lies told instead, and how to tell them apart.
import type { StageManifest } from '../../src/protocol/job.ts';
import { outputBytes } from '../../src/protocol/shard.ts';
import type { Character } from './plan.ts';
import type { Random } from './random.ts';

/** Elements of tolerant jobs may differ by this much; honest deviation stays below a quarter of it. */
export const TOLERANCE = 0.01;

export type Version = 'truth' | 'deviation' | 'collusion' | 'noise';

export function versionOf(character: Character): Version {
  switch (character) {
    case 'honest':
    case 'doubling':
    case 'withholder':
    case 'failing':
    case 'breaking':
      return 'truth';
    case 'deviating':
      return 'deviation';
    case 'colluder':
      return 'collusion';
    case 'random-liar':
      return 'noise';
  }
}

interface Range {
  readonly base: number;
  readonly count: number;
}

/** The stage's one output; 32-bit elements, floats where copies are compared within a tolerance. */
export function computeBytes(manifest: StageManifest, { base, count }: Range, version: Version, random: Random): Uint8Array {
  const [output] = manifest.outputs;
  const bytes = new Uint8Array(outputBytes(output!.layout, count));
  const view = new DataView(bytes.buffer);
  const isTolerant = output!.comparison.kind === 'tolerance';
  const perWorkgroup = bytes.length / count;
  for (let at = 0; at < bytes.length; at += 4) {
    const element = (base * perWorkgroup + at) / 4;
    const value = (manifest.job * 977 + element * 31) % 10_007;
    const lie = version === 'collusion' ? 5_003 : version === 'noise' ? 1 + random.below(5_000) : 0;
    const drift = version === 'deviation' ? random.between(-TOLERANCE / 4, TOLERANCE / 4) : 0;
    if (isTolerant) view.setFloat32(at, value / 16 + lie + drift, true);
    else view.setUint32(at, value + lie, true);
  }
  return bytes;
}

/** Exact where it must be; else no element is off by more than an honest deviation. */
export function isTrue(manifest: StageManifest, range: Range, bytes: Uint8Array, random: Random): boolean {
  const truth = computeBytes(manifest, range, 'truth', random);
  if (bytes.length !== truth.length) return false;
  if (manifest.outputs[0]!.comparison.kind !== 'tolerance') return truth.every((byte, at) => byte === bytes[at]);
  const [a, b] = [new DataView(truth.buffer), new DataView(bytes.buffer, bytes.byteOffset, bytes.length)];
  for (let at = 0; at < bytes.length; at += 4) if (Math.abs(a.getFloat32(at, true) - b.getFloat32(at, true)) > TOLERANCE) return false;
  return true;
}
