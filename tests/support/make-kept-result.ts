// A kept result with every field set, for tests of stores.
import type { KeptResult } from '../../src/contributor/contributor-store.ts';
import type { DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';

export function makeKeptResult(index: number, over: Partial<KeptResult> = {}): KeptResult {
  return {
    key: `${1_024 + index}:0:1`,
    claim: {
      epoch: 1,
      shard: (1_024 + index) as ShardId,
      copy: 0,
      device: 11 as DeviceId,
      expiresAtMs: 1_763_700_000_000,
    },
    mac: new Uint8Array(16).fill(index),
    shard: { job: 5 as JobId, index },
    outputs: [{ root: 'ab'.repeat(32) as Digest, bytes: 4, payloadOffset: null }],
    elapsedMs: 12.5,
    engine: 'cpu',
    isInline: true,
    title: 'A test',
    priceMicroCredits: 12_345_678_901_234n,
    phase: 'unsent',
    keptAtMs: 1_763_700_000_000 + index,
    bytes: [new Uint8Array([index, 2, 3, 4])],
    ...over,
  };
}
