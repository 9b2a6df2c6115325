// Brings a job's result home: the bytes of one output of all final shards, in order, and how to read them.

import { makeLostFault } from '../account/read-whole-body.ts';
import type { JobView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import type { Element } from '../protocol/job.ts';
import type { Client } from './create-client.ts';

export interface CollectedOutput {
  readonly name: string;
  readonly element: Element;
  /** All shards of the stage in order; shards that are not final are zeros. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Shards that were final when the coordinator began to answer. */
  readonly finalShards: number;
}

export interface CollectOptions {
  /** The one the job shows, when not given. */
  readonly output?: string;
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

export type TypedValues = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export async function collectResults(client: Client, job: JobView, options: CollectOptions = {}): Promise<CollectedOutput> {
  const name = options.output ?? job.view.output;
  const spec = job.spec.stages[0]?.outputs[name];
  if (spec === undefined) throw new Fault('not-found', `Job ${job.id} has no output named ${name}.`);
  const response = await client.send(`/api/jobs/${job.id}/outputs/${encodeURIComponent(name)}`, { signal: options.signal ?? null });
  const bytes = await readBody(response, options.onProgress);
  return { name, element: spec.element, bytes, finalShards: Number(response.headers.get('X-Final-Shards') ?? 0) };
}

/** The same bytes as numbers; a copy, for the platform's order of bytes is little-endian wherever this runs. */
export function readValues(output: Pick<CollectedOutput, 'element' | 'bytes'>): TypedValues {
  const { buffer } = output.bytes.slice();
  switch (output.element) {
    case 'u8':
      return new Uint8Array(buffer);
    case 'u32':
      return new Uint32Array(buffer);
    case 'i32':
      return new Int32Array(buffer);
    case 'f32':
      return new Float32Array(buffer);
  }
}

async function readBody(response: Response, onProgress: CollectOptions['onProgress']): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get('X-Total-Bytes') ?? response.headers.get('Content-Length') ?? 0);
  const target = new Uint8Array(total);
  let received = 0;
  const reader = response.body?.getReader();
  const read = () =>
    reader?.read().catch((cause: unknown) => {
      throw makeLostFault(cause);
    });
  for (let part = await read(); part !== undefined && !part.done; part = await read()) {
    if (received + part.value.length > total)
      throw new Fault('bad-frame', `The coordinator sent more than the ${total} bytes it announced.`);
    target.set(part.value, received);
    received += part.value.length;
    onProgress?.(received, total);
  }
  if (received !== total) throw new Fault('offline', `The download stopped after ${received} of ${total} bytes; try again.`);
  return target;
}
