/** Half precision numbers on the host: 11 bits of fraction, exponents from -14 to 15, subnormals kept. */

const largestHalf = 65504;

/** To the nearest half, ties to even; infinite from 65520 on. */
export function roundToHalf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const size = Math.abs(x);
  if (size >= 65520) return x > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  // Added to a power of two so much larger that the last place kept is the half's, and taken away again.
  const magic = 2 ** (Math.max(exponentOf(size), -14) + 42);
  const rounded = size + magic - magic;
  return x < 0 ? -rounded : rounded;
}

/** The 16 bits of a number that is a half. */
export function halfBits(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size > largestHalf) return sign | 0x7c00;
  const exponent = exponentOf(size);
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  // The fraction's leading one adds the last unit to the exponent.
  return sign | (((exponent + 14) << 10) + size * 2 ** (10 - exponent));
}

const view = new DataView(new ArrayBuffer(8));

function exponentOf(size: number): number {
  view.setFloat64(0, size);
  return (view.getUint32(0) >>> 20) - 1023;
}
