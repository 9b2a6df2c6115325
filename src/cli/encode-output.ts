// A job's output as a file people can open: a PNG, a CSV, or the bytes as they are. PURE.
import pngjs from 'pngjs';
import type { JobView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import { countShards, outputBytes, rangeOfShard } from '../protocol/shard.ts';
import { assemblePicture, createPicture, type PictureView } from '../requester/assemble-picture.ts';
import { decodeTable, type TableView } from '../requester/decode-table.ts';

export const FORMATS = ['png', 'csv', 'bytes'] as const;
export type Format = (typeof FORMATS)[number];

/** What the job's view asks for. */
export function pickFormat(job: Pick<JobView, 'view'>, output: string): Format {
  if (output !== job.view.output) return 'bytes';
  return { picture: 'png', table: 'csv', bytes: 'bytes' }[job.view.kind] as Format;
}

/** `bytes` are all shards' bytes of the output, in order. Throws `bad-request` when the job's view has no such form. */
export function encodeOutput(
  job: Pick<JobView, 'id' | 'view' | 'grid' | 'workgroupsPerShard' | 'spec'>,
  bytes: Uint8Array,
  format: Format,
): Uint8Array {
  const { view } = job;
  if (format === 'bytes') return bytes;
  if (format === 'png' && view.kind === 'picture') return encodePng(job, view, bytes);
  if (format === 'csv' && view.kind === 'table') return new TextEncoder().encode(encodeCsv(view, bytes));
  throw new Fault('bad-request', `Job ${job.id} shows its result as ${view.kind}, which cannot be written as ${format}.`);
}

function encodePng(job: Pick<JobView, 'grid' | 'workgroupsPerShard' | 'spec'>, view: PictureView, bytes: Uint8Array): Uint8Array {
  const picture = createPicture(view, job.grid);
  const { layout } = job.spec.stages[0]!.outputs[view.output]!;
  let at = 0;
  for (let index = 0; index < countShards(job.grid, job.workgroupsPerShard); index++) {
    const size = outputBytes(layout, rangeOfShard(job.grid, job.workgroupsPerShard, index).count);
    assemblePicture(view, job.grid, job.workgroupsPerShard, index, bytes.subarray(at, at + size), picture);
    at += size;
  }
  const png = new pngjs.PNG({ width: picture.width, height: picture.height });
  png.data = Buffer.from(picture.rgba.buffer);
  return pngjs.PNG.sync.write(png);
}

function encodeCsv(view: TableView, bytes: Uint8Array): string {
  const head = view.columns.map(({ name }) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',');
  return `${[head, ...decodeTable(view, bytes).map((row) => row.join(','))].join('\n')}\n`;
}
