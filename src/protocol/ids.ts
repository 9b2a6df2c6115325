// Distinct types for every identifier, so that a job's number cannot stand where a device's belongs.
declare const brand: unique symbol;
type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };

/** A job's number, from the coordinator's one sequence. */
export type JobId = Brand<number, 'JobId'>;
/** A block of at most `BLOCK_SHARDS` consecutive shards of one stage: the unit of ownership. */
export type BlockId = Brand<number, 'BlockId'>;
/** `block * BLOCK_SHARDS + offset`: one column names a shard everywhere. */
export type ShardId = Brand<number, 'ShardId'>;
export type AccountId = Brand<number, 'AccountId'>;
export type DeviceId = Brand<number, 'DeviceId'>;
/** SHA-256 as 64 lower-case hexadecimal digits. */
export type Digest = Brand<string, 'Digest'>;
/** 10^-6 credit, always an integer. */
export type MicroCredits = bigint;

/** Shards in a block; measured as the size at which one commit carries a block's change cheaply. */
export const BLOCK_SHARDS = 1024;
export const MICRO_CREDITS_PER_CREDIT = 1_000_000n;

const DIGEST_PATTERN = /^[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST_PATTERN.test(text);
}

export function makeShardId(block: BlockId, offset: number): ShardId {
  return (block * BLOCK_SHARDS + offset) as ShardId;
}

export function blockOfShard(shard: ShardId): BlockId {
  return Math.floor(shard / BLOCK_SHARDS) as BlockId;
}

export function offsetOfShard(shard: ShardId): number {
  return shard % BLOCK_SHARDS;
}
