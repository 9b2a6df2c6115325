// Fetches one output of one shard and checks that it is the one the shard's page names.
import { readWholeBody } from '../account/read-whole-body.ts';
import type { ShardView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';
import { digestBytes } from './digest-bytes.ts';

/** Throws `not-found` while the shard is not final, `offline`, or `bad-frame` when the coordinator sent other bytes. */
export async function readShardOutput(
  client: Client,
  job: JobId,
  { index, outputs }: Pick<ShardView, 'index' | 'outputs'>,
  name: string,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = `/api/jobs/${job}/outputs/${encodeURIComponent(name)}?shard=${index}`;
  const bytes = await readWholeBody(await client.send(path, { signal: signal ?? null }));
  if ((await digestBytes(bytes)) !== outputs.find((output) => output.name === name)?.blob)
    throw new Fault('bad-frame', `The coordinator sent other bytes for shard ${index}; fetch them again.`);
  return bytes;
}
