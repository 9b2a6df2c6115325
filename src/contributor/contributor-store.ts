// What a contributor keeps: results until they are settled, blobs while there is room.
import type { AssignmentClaim } from '../protocol/assignment.ts';
import type { Digest, MicroCredits } from '../protocol/ids.ts';
import type { OutputResult } from '../protocol/result.ts';
import type { Shard } from '../protocol/shard.ts';

/** A computed shard, kept from before it is first sent until its vote is over. */
export interface KeptResult {
  /** `keyOfClaim(claim)`. */
  readonly key: string;
  readonly claim: AssignmentClaim;
  readonly mac: Uint8Array;
  /** Which shard of which job it is, for people. */
  readonly shard: Pick<Shard, 'job' | 'index'>;
  /** Without payload offsets: those belong to a message. */
  readonly outputs: readonly OutputResult[];
  readonly elapsedMs: number;
  readonly engine: 'gpu' | 'cpu';
  /** The bytes go with the result, because copies are compared by value or are tiny. */
  readonly isInline: boolean;
  readonly title: string;
  readonly priceMicroCredits: MicroCredits;
  /** `waiting`: the coordinator has it, the vote is open, the bytes may still be asked for. */
  readonly phase: 'unsent' | 'waiting';
  readonly keptAtMs: number;
  /** In the order of `outputs`. */
  readonly bytes: readonly Uint8Array[];
}

export interface ContributorStore {
  /** Resolves when the result would survive a crash. */
  keepResult(result: KeptResult): Promise<void>;
  /** All kept results, oldest first. */
  readResults(): Promise<readonly KeptResult[]>;
  readResult(key: string): Promise<KeptResult | null>;
  forgetResults(keys: readonly string[]): Promise<void>;
  /** Where others write here too: calls back when one of them has stopped and may have left results behind. */
  onLeft?(listener: () => void): void;
  readBlob(digest: Digest): Promise<Uint8Array | null>;
  /** May drop the blobs least recently used. */
  keepBlob(digest: Digest, bytes: Uint8Array): Promise<void>;
}

export function keyOfClaim(claim: AssignmentClaim): string {
  return `${claim.shard}:${claim.copy}:${claim.epoch}`;
}

/** Blobs kept on a device; inputs of the jobs at hand and those before. */
export const BLOB_CACHE_BYTES = 256 * 1024 * 1024;

export interface BlobUse {
  readonly digest: Digest;
  readonly bytes: number;
  readonly usedAtMs: number;
}

/** The least recently used blobs that must go so that the rest fits. */
export function pickEvictions(uses: readonly BlobUse[], capBytes: number): readonly Digest[] {
  let total = uses.reduce((sum, use) => sum + use.bytes, 0);
  const evicted: Digest[] = [];
  for (const use of [...uses].sort((a, b) => a.usedAtMs - b.usedAtMs)) {
    if (total <= capBytes) break;
    evicted.push(use.digest);
    total -= use.bytes;
  }
  return evicted;
}
