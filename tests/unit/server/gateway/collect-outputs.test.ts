// Bytes that come with results: they tile the payload, fit the manifest, and their roots are ours.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectAskedOutputs, collectOutputs } from '../../../../server/gateway/collect-outputs.ts';
import type { Digest } from '../../../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../../../src/protocol/job.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';
import type { OutputResult, Result } from '../../../../src/protocol/result.ts';
import { makeClaim, WORKGROUPS } from '../../../support/fake-gateway.ts';

const PICTURE: ManifestOutput = {
  name: 'picture',
  layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 8 },
  element: 'u8',
  comparison: { kind: 'exact' },
  workgroupsPerLeaf: 2,
};
const SUM: ManifestOutput = {
  name: 'sum',
  layout: { kind: 'whole', bytes: 4 },
  element: 'u32',
  comparison: { kind: 'exact' },
  workgroupsPerLeaf: 1,
};
const shapeOf = () => ({ outputs: [PICTURE, SUM], count: WORKGROUPS });
const LIE = '0'.repeat(64) as Digest;

function makeResult(offset: number | null, bytes: readonly number[] = [32, 4]): Result {
  let at = offset;
  const outputs = bytes.map((length): OutputResult => {
    const output = { root: LIE, bytes: length, payloadOffset: at };
    if (at !== null) at += length;
    return output;
  });
  return { claim: makeClaim(), mac: new Uint8Array(16), outcome: { kind: 'done', outputs, elapsedMs: 1, engine: 'gpu' } };
}

const bytes = Uint8Array.from({ length: 72 }, (_, i) => i);

describe('bytes that come with results', () => {
  it('are cut out in order, with roots computed here', () => {
    const released: Result = { ...makeResult(null), outcome: { kind: 'released' } };
    const collected = collectOutputs([makeResult(0), makeResult(null), released, makeResult(36)], bytes, shapeOf);
    expect(collected.map((outputs) => outputs?.map((output) => output.bytes.length) ?? null)).toEqual([[32, 4], null, null, [32, 4]]);
    const [picture, sum] = collected[3] ?? [];
    expect(picture).toEqual({ name: 'picture', root: outputRoot(PICTURE, bytes.subarray(36, 68)), bytes: bytes.subarray(36, 68) });
    expect(sum?.root).toBe(outputRoot(SUM, bytes.subarray(68, 72)));
  });

  it('are left to the core when they do not fit the manifest or the job is gone', () => {
    expect(collectOutputs([makeResult(0, [31, 5])], bytes.subarray(0, 36), shapeOf)).toEqual([null]);
    expect(collectOutputs([makeResult(0, [36])], bytes.subarray(0, 36), shapeOf)).toEqual([null]);
    expect(collectOutputs([makeResult(0)], bytes.subarray(0, 36), () => null)).toEqual([null]);
  });

  it('are refused when they overlap, leave a gap, pass the end or are nobody’s: no byte is hashed twice', () => {
    const refuse = (results: readonly Result[], payload: Uint8Array) =>
      expect(() => collectOutputs(results, payload, shapeOf)).toThrow(expect.objectContaining({ code: 'bad-message' }));
    refuse([makeResult(0), makeResult(0)], bytes.subarray(0, 36));
    refuse([makeResult(1)], bytes.subarray(0, 37));
    refuse([makeResult(0)], bytes.subarray(0, 35));
    refuse([makeResult(0)], bytes.subarray(0, 37));
    refuse([makeResult(null)], bytes.subarray(0, 1));
    const half = makeResult(0);
    if (half.outcome.kind !== 'done') throw new Error('a done result');
    const [first, second] = half.outcome.outputs as [OutputResult, OutputResult];
    refuse([{ ...half, outcome: { ...half.outcome, outputs: [first, { ...second, payloadOffset: null }] } }], bytes.subarray(0, 32));
  });

  it('hash at most the payload, whatever the numbers say', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.option(fc.nat(80))), { maxLength: 6 }), fc.nat(80), (claims, length) => {
        const results = claims.map(([a, b, at]) => makeResult(at, [a, b]));
        try {
          const collected = collectOutputs(results, new Uint8Array(length), shapeOf);
          const hashed = collected.flatMap((outputs) => outputs ?? []).reduce((sum, output) => sum + output.bytes.length, 0);
          expect(hashed).toBeLessThanOrEqual(length);
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'bad-message' });
        }
      }),
    );
  });
});

describe('bytes that were asked for', () => {
  const { shard } = makeClaim();

  it('lie one after another in the manifest’s order', () => {
    const outputs = collectAskedOutputs(shard, [32, 4], bytes.subarray(0, 36), shapeOf);
    expect(outputs?.map((output) => [output.name, output.bytes.length])).toEqual([
      ['picture', 32],
      ['sum', 4],
    ]);
  });

  it('are none when they are not what the manifest says, so that the core asks the next holder', () => {
    expect(collectAskedOutputs(shard, [36], bytes.subarray(0, 36), shapeOf)).toEqual([]);
    expect(collectAskedOutputs(shard, [31, 5], bytes.subarray(0, 36), shapeOf)).toEqual([]);
  });

  it('are nobody’s when the job is gone, and refused when the lengths are not the payload’s', () => {
    expect(collectAskedOutputs(shard, [32, 4], bytes.subarray(0, 36), () => null)).toBeNull();
    expect(() => collectAskedOutputs(shard, [32, 4], bytes.subarray(0, 35), shapeOf)).toThrow(
      expect.objectContaining({ code: 'bad-message' }),
    );
  });
});
