// Numbers that have shown mistakes before: edges of the formats, ties, neighbours of whole numbers, and some of every size.
const signs = (values: readonly number[]): number[] => values.flatMap((value) => [value, -value]);
const { fround } = Math;

const sizes = [
  2 ** -149,
  3 * 2 ** -149,
  2 ** -127,
  fround(2 ** -126 - 2 ** -149),
  2 ** -126,
  fround(1.1 * 2 ** -126),
  2 ** -24,
  2 ** -14,
  fround(1e-10),
  fround(1e-5),
  fround(0.001),
  fround(0.01),
  fround(0.1),
  0.125,
  0.25,
  fround(1 / 3),
  fround(0.4142),
  fround(0.49999997),
  0.5,
  fround(0.6),
  fround(2 / 3),
  fround(Math.SQRT1_2),
  0.75,
  fround(Math.PI / 4),
  fround(0.99999994),
  1,
  fround(1.0000001),
  fround(1.1),
  fround(Math.SQRT2),
  1.5,
  fround(Math.PI / 2),
  2,
  2.5,
  fround(Math.E),
  3,
  fround(Math.PI),
  3.5,
  5,
  fround(2 * Math.PI),
  10,
  fround(15.7),
  31.5,
  100,
  fround(255.5),
  1000,
  65504,
  65536,
  fround(123456.7),
  8388607.5,
  8388608,
  16777216,
  2147483648,
  4294967296,
  fround(1e10),
  fround(1e20),
  2 ** 64,
  2 ** 126,
  fround(1e38),
  fround(3.4028234663852886e38),
];

export const floats: readonly number[] = [0, -0, ...signs(sizes)];

/** For functions of two. */
export const someFloats: readonly number[] = [
  0,
  -0,
  ...signs([
    2 ** -149,
    2 ** -126,
    fround(1e-5),
    fround(0.1),
    0.5,
    fround(0.99999994),
    1,
    1.5,
    2,
    fround(Math.PI),
    fround(10.3),
    8388609,
    fround(1e10),
    2 ** 126,
    fround(3.4028234663852886e38),
  ]),
];

/** For functions of three, and for components of vectors. */
export const fewFloats: readonly number[] = [0, ...signs([fround(1e-5), fround(0.3), 1, 2.5, fround(1000.1), fround(1e20)])];

/** Of ordinary size: for vectors and matrices, where overflow would say nothing. */
export const tameFloats: readonly number[] = signs([0.125, fround(0.3), 1, 1.5, fround(2.7), 10, fround(123.4)]);

const halfSizes = [
  2 ** -24,
  3 * 2 ** -24,
  2 ** -15,
  2 ** -14,
  0.0009765625,
  0.0999755859375,
  0.25,
  0.333251953125,
  0.5,
  0.75,
  0.78515625,
  0.99951171875,
  1,
  1.0009765625,
  1.5,
  1.5703125,
  2,
  2.5,
  3,
  3.140625,
  5,
  10,
  31.5,
  100,
  1000,
  2048,
  30000,
  65504,
];
export const halves: readonly number[] = [0, -0, ...signs(halfSizes)];
export const someHalves: readonly number[] = [
  0,
  -0,
  ...signs([2 ** -24, 2 ** -14, 0.0999755859375, 0.5, 1, 1.5, 3.140625, 100, 2048, 65504]),
];
export const fewHalves: readonly number[] = [0, ...signs([0.0999755859375, 1, 2.5, 100])];

export const ints: readonly number[] = [
  0, 1, -1, 2, -2, 3, -3, 7, 8, -8, 31, 32, 33, 100, -100, 127, 128, -128, 255, 256, 1000, 32767, 65535, 65536, -65536, 16777215, 16777217,
  123456789, -123456789, 1073741823, 1073741824, 2147483646, 2147483647, -2147483647, -2147483648, 0x55555555, -0x55555556, 0x0f0f0f0f,
];
export const someInts: readonly number[] = [
  0, 1, -1, 2, -2, 7, -13, 31, 32, 255, -256, 65537, 46341, -99999, 0x55555555, 2147483647, -2147483648,
];
export const fewInts: readonly number[] = [0, 1, -1, 5, -100, 70000, 2147483647, -2147483648];

export const uints: readonly number[] = ints.map((value) => value >>> 0);
export const someUints: readonly number[] = someInts.map((value) => value >>> 0);
export const fewUints: readonly number[] = fewInts.map((value) => value >>> 0);

export const bools: readonly number[] = [0, 1];
