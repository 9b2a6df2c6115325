// Rewrites a template's program the way an honest GPU may compute it: sums and products fused or reordered, or each result one step off.
import type { TemplateId } from '../../shaders/template.ts';

/** `fused`: what contraction and reassociation do. `stepped`: about half of the results are the neighbouring f32. */
export const PERTURBATIONS = ['fused', 'stepped'] as const;
export type Perturbation = (typeof PERTURBATIONS)[number];

type Rewrite = readonly [from: string, to: string];

/** WGSL lets + - * give either neighbour of the exact result; division, square root and cosine may be further off still. */
const STEP = `
fn stepped(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) < 0x00800001u) {
    return x;
  }
  let chance = (bits * 2654435761u) >> 30u;
  return bitcast<f32>(bits + select(0u, 1u, chance == 1u) - select(0u, 1u, chance == 2u));
}
fn stepped2(v: vec2f) -> vec2f { return vec2f(stepped(v.x), stepped(v.y)); }
fn stepped3(v: vec3f) -> vec3f { return vec3f(stepped(v.x), stepped(v.y), stepped(v.z)); }
fn steppedDot(a: vec3f, b: vec3f) -> f32 {
  let p = stepped3(a * b);
  return stepped(stepped(p.x + p.y) + p.z);
}
fn steppedCross(a: vec3f, b: vec3f) -> vec3f {
  return stepped3(stepped3(a.yzx * b.zxy) - stepped3(a.zxy * b.yzx));
}
fn steppedNormalize(v: vec3f) -> vec3f { return stepped3(v / stepped(sqrt(steppedDot(v, v)))); }
`;

const FUSE = `
fn fusedDot(a: vec3f, b: vec3f) -> f32 { return fma(a.z, b.z, fma(a.y, b.y, a.x * b.x)); }
fn fusedCross(a: vec3f, b: vec3f) -> vec3f { return fma(a.yzx, b.zxy, -(a.zxy * b.yzx)); }
fn fusedNormalize(v: vec3f) -> vec3f { return v * inverseSqrt(fusedDot(v, v)); }
`;

const REWRITES: Readonly<Record<TemplateId, Readonly<Record<Perturbation, readonly Rewrite[]>>>> = {
  fractal: {
    fused: [
      ['vec2f(xx - yy + c.x, 2.0 * z.x * z.y + c.y)', 'vec2f(fma(z.x, z.x, c.x - yy), fma(z.x + z.x, z.y, c.y))'],
      ['let yy = z.y * z.y;', 'let yy = z.y * z.y; let both = fma(z.x, z.x, yy);'],
      ['if (xx + yy > ESCAPE)', 'if (both > ESCAPE)'],
      ['z.x * slope.x - z.y * slope.y', 'fma(z.x, slope.x, -z.y * slope.y)'],
      ['(vec2f(pixel) + inside - 0.5 * size) * pitch', 'fma(vec2f(pixel) + inside, vec2f(pitch), -0.5 * size * pitch)'],
    ],
    stepped: [
      ['vec2f(xx - yy + c.x, 2.0 * z.x * z.y + c.y)', 'stepped2(stepped2(vec2f(xx - yy, 2.0 * z.x * z.y)) + c)'],
      ['z.x * slope.x - z.y * slope.y', 'stepped(stepped(z.x * slope.x) - stepped(z.y * slope.y))'],
      ['let xx = z.x * z.x;', 'let xx = stepped(z.x * z.x);'],
      ['let yy = z.y * z.y;', 'let yy = stepped(z.y * z.y);'],
      ['parameters.centre + vec2f(offset.x, -offset.y)', 'stepped2(parameters.centre + stepped2(vec2f(offset.x, -offset.y)))'],
    ],
  },
  collatz: { fused: [], stepped: [] },
  bunny: {
    fused: [
      ['dot(', 'fusedDot('],
      ['cross(', 'fusedCross('],
      ['normalize(', 'fusedNormalize('],
      ['(low - origin) * inverse', 'fma(low, inverse, -(origin * inverse))'],
      ['(high - origin) * inverse', 'fma(high, inverse, -(origin * inverse))'],
      ['origin + direction * hit.distance', 'fma(direction, vec3f(hit.distance), origin)'],
      ['v.x * tangent + v.y * bitangent + v.z * normal', 'fma(vec3f(v.z), normal, fma(vec3f(v.y), bitangent, v.x * tangent))'],
      ['forward * 3.7 + right * plane.x - up * plane.y', 'fma(-up, vec3f(plane.y), fma(right, vec3f(plane.x), forward * 3.7))'],
      ['light += throughput * sunLight(sun, surface, sunPoint)', 'light = fma(throughput, sunLight(sun, surface, sunPoint), light)'],
    ],
    stepped: [
      ['dot(', 'steppedDot('],
      ['cross(', 'steppedCross('],
      ['normalize(', 'steppedNormalize('],
      ['(low - origin) * inverse', 'stepped3(stepped3(low - origin) * inverse)'],
      ['(high - origin) * inverse', 'stepped3(stepped3(high - origin) * inverse)'],
      ['let inverse = 1.0 / determinant;', 'let inverse = stepped(1.0 / determinant);'],
      ['let offset = origin - triangles[index].corner;', 'let offset = stepped3(origin - triangles[index].corner);'],
      ['* inverse;\n  if', '* stepped(inverse);\n  if'],
      ['origin + direction * hit.distance', 'stepped3(origin + stepped3(direction * hit.distance))'],
      ['v.x * tangent + v.y * bitangent + v.z * normal', 'stepped3(v.x * tangent + stepped3(v.y * bitangent + stepped3(v.z * normal)))'],
      ['fract(quarter)', 'stepped(fract(quarter))'],
      ['light += throughput * sunLight(sun, surface, sunPoint)', 'light = stepped3(light + throughput * sunLight(sun, surface, sunPoint))'],
    ],
  },
};

const PRELUDES: Readonly<Record<Perturbation, string>> = { fused: FUSE, stepped: STEP };

/** Throws when the program no longer holds a line that is rewritten, so that the imitation cannot silently turn into the original. */
export function perturbProgram(template: TemplateId, wgsl: string, perturbation: Perturbation): string {
  let text = wgsl;
  for (const [from, to] of REWRITES[template][perturbation]) {
    if (!text.includes(from))
      throw new Error(`${template}.wgsl no longer contains '${from}'; bring tests/support/perturb-program.ts up to date.`);
    text = text.replaceAll(from, to);
  }
  return `${text}\n${PRELUDES[perturbation]}`;
}
