// PNG files to and from pixels.
import { readFile, writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import type { Picture } from '../../src/requester/assemble-picture.ts';

export async function writePng(path: string, picture: Pick<Picture, 'width' | 'height' | 'rgba'>): Promise<void> {
  const png = new PNG({ width: picture.width, height: picture.height });
  png.data = Buffer.from(picture.rgba.buffer, picture.rgba.byteOffset, picture.rgba.length);
  await writeFile(path, PNG.sync.write(png));
}

export async function readPng(path: string): Promise<{ readonly width: number; readonly height: number; readonly rgba: Uint8Array }> {
  const { width, height, data } = PNG.sync.read(await readFile(path));
  return { width, height, rgba: data };
}

/** Share of the bytes that differ by more than `abs`; 1 for pictures of different sizes. */
export function differingShare(a: ArrayLike<number>, b: ArrayLike<number>, abs: number): number {
  if (a.length !== b.length) return 1;
  let outliers = 0;
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i]! - b[i]!) > abs) outliers++;
  return outliers / a.length;
}
