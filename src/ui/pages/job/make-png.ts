// Turns pixels into a PNG file, at their own size.
import { Fault } from '../../../protocol/fault.ts';

export async function makePng(pixels: ImageData): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Fault('too-large', 'This browser cannot make a PNG of that size; download the bytes instead.');
  return blob;
}
