// Hashes what a coordinator stores again and compares it with what its receipt says was voted for.
import type { JobReceipt, ShardView } from '../protocol/api.ts';
import { resultDigest } from '../protocol/canonical.ts';
import { Fault } from '../protocol/fault.ts';
import type { JobId } from '../protocol/ids.ts';
import type { ManifestOutput, StageManifest } from '../protocol/job.ts';
import { outputRoot } from '../protocol/merkle.ts';
import type { Client } from '../requester/create-client.ts';
import { readBlob } from '../requester/read-blob.ts';
import { readShardOutput } from '../requester/read-shard-output.ts';

export interface ShardsCheck {
  readonly checked: number;
  /** One sentence for each shard that is wrong. */
  readonly faults: readonly string[];
}

export async function checkShards(client: Client, receipt: JobReceipt): Promise<ShardsCheck> {
  const manifest = JSON.parse(new TextDecoder().decode(await readBlob(client, receipt.manifest))) as StageManifest;
  const final = receipt.shards.filter(({ verdict }) => verdict === 'final');
  const faults: string[] = [];
  for (const shard of final) {
    const fault = await checkShard(client, receipt.job.id, manifest.outputs, shard);
    if (fault !== null) faults.push(fault);
  }
  return { checked: final.length, faults };
}

async function checkShard(client: Client, job: JobId, outputs: readonly ManifestOutput[], shard: ShardView): Promise<string | null> {
  if (resultDigest(shard.outputs.map(({ root }) => root)) !== shard.digest)
    return `Shard ${shard.index}: its outputs are not those of its digest.`;
  for (const { name, root } of shard.outputs) {
    const output = outputs.find((each) => each.name === name);
    if (!output) return `Shard ${shard.index} has an output ${name} that its manifest does not know.`;
    try {
      if (outputRoot(output, await readShardOutput(client, job, shard, name)) !== root)
        return `Shard ${shard.index}: the stored bytes of ${name} are others than voted for.`;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return `Shard ${shard.index}: ${error.message}`;
    }
  }
  return null;
}
