// The bytes of a chosen file, or one sentence why they cannot be an input.
import { Fault } from '../../../protocol/fault.ts';
import { formatBytes } from '../../state/format.ts';

/** What a coordinator takes in one upload; told here, so that nobody sends it for nothing. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** Throws `too-large`, or `bad-request` for a file that is empty or cannot be read. */
export async function readInputFile(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>): Promise<Uint8Array> {
  if (file.size > MAX_INPUT_BYTES) {
    throw new Fault('too-large', `${file.name} has ${formatBytes(file.size)}, the limit is ${formatBytes(MAX_INPUT_BYTES)}: send less.`);
  }
  if (file.size === 0) throw new Fault('bad-request', `${file.name} is empty; an input has at least one byte.`);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new Fault('bad-request', `${file.name} cannot be read; it may have been moved or changed. Choose it again.`, { cause });
  }
}
