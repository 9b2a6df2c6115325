// Chance and directions for the JavaScript path tracer.

export interface Vector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export function pcg(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) | 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
  return (word >>> 22) ^ word;
}

export function unit(bits: number): number {
  return (bits >>> 8) * 5.9604645e-8;
}

/** The two coordinates of a point of the R2 sequence. */
export function spreadOne(key: number, sample: number): number {
  return unit((key + Math.imul(sample, 3242174889)) | 0);
}

export function spreadTwo(key: number, sample: number): number {
  return unit((pcg(key) + Math.imul(sample, 2447445414)) | 0);
}

/** Cosine and sine of u turns. */
export function circle(u: number, into: { x: number; y: number }): { readonly x: number; readonly y: number } {
  const quarter = (u - Math.floor(u)) * 4;
  const part = quarter - Math.floor(quarter);
  const c = wave(1 - part);
  const s = wave(part);
  const which = Math.floor(quarter);
  into.x = which === 0 ? c : which === 1 ? -s : which === 2 ? -c : s;
  into.y = which === 0 ? s : which === 1 ? c : which === 2 ? -s : -c;
  return into;
}

function wave(x: number): number {
  const xx = x * x;
  return x * (1.5707903 + xx * (-0.6458929 + xx * (0.0794344 + xx * -0.0043331)));
}

/** Turns (x, y, z), given around +z, so that +z becomes the normal. */
export function aroundNormal(
  x: number,
  y: number,
  z: number,
  normalX: number,
  normalY: number,
  normalZ: number,
  into: { x: number; y: number; z: number },
): void {
  const side = normalZ >= 0 ? 1 : -1;
  const a = -1 / (side + normalZ);
  const b = normalX * normalY * a;
  into.x = x * (1 + side * normalX * normalX * a) + y * b + z * normalX;
  into.y = x * side * b + y * (side + normalY * normalY * a) + z * normalY;
  into.z = x * -side * normalX + y * -normalY + z * normalZ;
}

export function unpackNormal(bits: number, into: { x: number; y: number; z: number }): void {
  const x = (bits << 22) >> 22;
  const y = (bits << 12) >> 22;
  const z = (bits << 2) >> 22;
  const scale = 1 / Math.sqrt(x * x + y * y + z * z);
  into.x = x * scale;
  into.y = y * scale;
  into.z = z * scale;
}

export function smoothstep(low: number, high: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
