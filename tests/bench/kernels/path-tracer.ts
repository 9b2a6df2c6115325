// The JavaScript twin of the template `bunny`, as it is written by hand: numbers as they come, nothing allocated on the way, results of a walk in variables.
import { type Buffers, floatsOf, wordsOf } from './kernel.ts';
import { aroundNormal, circle, pcg, smoothstep, spreadOne, spreadTwo, unit, unpackNormal, type Vector } from './path-tracer-sampling.ts';
import { far, ground, hit, nothing, openMesh, traceMesh } from './path-tracer-walk.ts';

const side = 8;
const groups = 32;
const size = side * groups;

interface Scene {
  readonly samples: number;
  readonly bounces: number;
  readonly seed: number;
  readonly clay: Vector;
  readonly eye: Vector;
  readonly forward: Vector;
  readonly right: Vector;
  readonly up: Vector;
  readonly sun: Vector;
  readonly sunRadius: number;
  readonly triangles: Float32Array;
  readonly triangleWords: Uint32Array;
}

export function pathTracer(buffers: Buffers): void {
  const scene = readScene(buffers);
  openMesh(buffers);
  const pixels = wordsOf(buffers, 'pixels');
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const group = (x >> 3) + groups * (y >> 3);
      pixels[group * side * side + (y & 7) * side + (x & 7)] = paintPixel(scene, x, y);
    }
  }
}

function normalize(x: number, y: number, z: number): Vector {
  const length = Math.sqrt(x * x + y * y + z * z);
  return { x: x / length, y: y / length, z: z / length };
}

function cross(a: Vector, b: Vector): Vector {
  return { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x };
}

function readScene(buffers: Buffers): Scene {
  const words = wordsOf(buffers, 'parameters');
  const [, , , turn = 0, cameraHeight = 0, distance = 0, sunTurn = 0, sunHeight = 0, sunSize = 0, , , , ...clay] = floatsOf(
    buffers,
    'parameters',
  );
  const stand = circle(turn / 360, { x: 0, y: 0 });
  const eye = { x: stand.y * distance, y: cameraHeight, z: stand.x * distance };
  const forward = normalize(-eye.x, 0.42 - eye.y, -eye.z);
  const sideways = cross(forward, { x: 0, y: 1, z: 0 });
  const right = normalize(sideways.x, sideways.y, sideways.z);
  const aside = circle((turn + sunTurn) / 360, { x: 0, y: 0 });
  const above = circle(sunHeight / 360, { x: 0, y: 0 });
  const spread = circle(sunSize / 360, { x: 0, y: 0 });
  return {
    samples: Math.max(words[0]!, 1),
    bounces: words[1]!,
    seed: words[2]!,
    clay: { x: clay[0]!, y: clay[1]!, z: clay[2]! },
    eye,
    forward,
    right,
    up: cross(right, forward),
    sun: { x: aside.y * above.x, y: above.y, z: aside.x * above.x },
    sunRadius: spread.y / spread.x,
    triangles: floatsOf(buffers, 'triangles'),
    triangleWords: wordsOf(buffers, 'triangles'),
  };
}

/** What a path gathered. */
const light = { x: 0, y: 0, z: 0 };

function paintPixel(scene: Scene, x: number, y: number): number {
  const { forward, right, up, samples } = scene;
  const key = pcg(pcg(x + y * size) ^ scene.seed);
  const shift = pcg(key);
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let sample = 0; sample < samples; sample++) {
    const planeX = (x + spreadOne(shift, sample) - 0.5 * size) * (2 / size);
    const planeY = (y + spreadTwo(shift, sample) - 0.5 * size) * (2 / size);
    const toX = forward.x * 3.7 + right.x * planeX - up.x * planeY;
    const toY = forward.y * 3.7 + right.y * planeX - up.y * planeY;
    const toZ = forward.z * 3.7 + right.z * planeX - up.z * planeY;
    const scale = 1 / Math.sqrt(toX * toX + toY * toY + toZ * toZ);
    tracePath(scene, toX * scale, toY * scale, toZ * scale, key, sample);
    red += Math.min(light.x, 6);
    green += Math.min(light.y, 6);
    blue += Math.min(light.z, 6);
  }
  return (toByte(red / samples) | (toByte(green / samples) << 8) | (toByte(blue / samples) << 16) | 0xff000000) >>> 0;
}

function toByte(value: number): number {
  const x = value * 0.5;
  const mapped = Math.min(1, Math.max(0, (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)));
  return Math.floor(mapped ** (1 / 2.2) * 255 + 0.5);
}

const surface = { x: 0, y: 0, z: 0, normalX: 0, normalY: 0, normalZ: 0, red: 0, green: 0, blue: 0 };
const throughput = { red: 0, green: 0, blue: 0 };
const turned = { x: 0, y: 0, z: 0 };
const disc = { x: 0, y: 0 };

function tracePath(scene: Scene, startX: number, startY: number, startZ: number, key: number, sample: number): void {
  let [originX, originY, originZ] = [scene.eye.x, scene.eye.y, scene.eye.z];
  let [x, y, z] = [startX, startY, startZ];
  light.x = light.y = light.z = 0;
  throughput.red = throughput.green = throughput.blue = 1;
  let chance = pcg(key ^ pcg(sample));
  for (let bounce = 0; bounce <= scene.bounces; bounce++) {
    traceScene(originX, originY, originZ, x, y, z);
    if (hit.triangle === nothing) return addSky(y);
    findSurface(scene, originX, originZ, x, z);
    if (hit.triangle === ground && fadeGround() > 0.999) return;
    let [sunU, sunV, bounceU, bounceV] = [0, 0, 0, 0];
    if (bounce === 0) {
      const sunKey = key ^ 0x9e3779b9;
      const sunSample = sample ^ (pcg(key) & 31);
      sunU = spreadOne(sunKey, sunSample);
      sunV = spreadTwo(sunKey, sunSample);
      bounceU = spreadOne(key, sample);
      bounceV = spreadTwo(key, sample);
    } else {
      chance = pcg(chance);
      sunU = unit(chance);
      chance = pcg(chance);
      sunV = unit(chance);
      chance = pcg(chance);
      bounceU = unit(chance);
      chance = pcg(chance);
      bounceV = unit(chance);
    }
    throughput.red *= surface.red;
    throughput.green *= surface.green;
    throughput.blue *= surface.blue;
    addSun(scene, sunU, sunV);
    circle(bounceU, disc);
    const radius = Math.sqrt(bounceV);
    aroundNormal(disc.x * radius, disc.y * radius, Math.sqrt(1 - bounceV), surface.normalX, surface.normalY, surface.normalZ, turned);
    [x, y, z] = [turned.x, turned.y, turned.z];
    [originX, originY, originZ] = [surface.x, surface.y, surface.z];
  }
}

function traceScene(originX: number, originY: number, originZ: number, x: number, y: number, z: number): void {
  const limit = y < -1e-6 ? -originY / y : far;
  traceMesh(originX, originY, originZ, x, y, z, limit, false);
  if (hit.triangle === nothing && limit < far) {
    hit.triangle = ground;
    hit.distance = limit;
  }
}

function addSky(y: number): void {
  const height = Math.sqrt(Math.min(1, Math.max(0, y)));
  light.x += throughput.red * (0.66 * (1 - height) + 0.17 * height);
  light.y += throughput.green * (0.64 * (1 - height) + 0.31 * height);
  light.z += throughput.blue * (0.62 * (1 - height) + 0.58 * height);
}

function fadeGround(): number {
  const fade = smoothstep(2.5, 9, Math.sqrt(surface.x * surface.x + surface.z * surface.z));
  light.x += throughput.red * fade * 0.66;
  light.y += throughput.green * fade * 0.64;
  light.z += throughput.blue * fade * 0.62;
  throughput.red *= 1 - fade;
  throughput.green *= 1 - fade;
  throughput.blue *= 1 - fade;
  return fade;
}

function addSun(scene: Scene, u: number, v: number): void {
  circle(u, disc);
  const radius = Math.sqrt(v) * scene.sunRadius;
  aroundNormal(disc.x * radius, disc.y * radius, 1, scene.sun.x, scene.sun.y, scene.sun.z, turned);
  const scale = 1 / Math.sqrt(turned.x * turned.x + turned.y * turned.y + turned.z * turned.z);
  const [x, y, z] = [turned.x * scale, turned.y * scale, turned.z * scale];
  const facing = x * surface.normalX + y * surface.normalY + z * surface.normalZ;
  if (facing <= 0 || y <= 0) return;
  traceMesh(surface.x, surface.y, surface.z, x, y, z, far, true);
  if (hit.triangle !== nothing) return;
  light.x += throughput.red * 4 * facing;
  light.y += throughput.green * 3.15 * facing;
  light.z += throughput.blue * 2.3 * facing;
}

function findSurface(scene: Scene, originX: number, originZ: number, x: number, z: number): void {
  const pointX = originX + x * hit.distance;
  const pointZ = originZ + z * hit.distance;
  if (hit.triangle !== ground) return findOnMesh(scene);
  surface.x = pointX;
  surface.y = 1e-4;
  surface.z = pointZ;
  surface.normalX = surface.normalZ = 0;
  surface.normalY = 1;
  const radius = Math.sqrt(pointX * pointX + pointZ * pointZ);
  const isBand = (radius > 0.93 && radius < 1) || (radius > 1.03 && radius < 1.05);
  surface.red = isBand ? 0.13 : 0.66;
  surface.green = isBand ? 0.07 : 0.61;
  surface.blue = isBand ? 0.055 : 0.54;
}

const corners = [
  { x: 0, y: 0, z: 0 },
  { x: 0, y: 0, z: 0 },
  { x: 0, y: 0, z: 0 },
] as const;
const rounded = { x: 0, y: 0, z: 0 };

function findOnMesh({ triangles: t, triangleWords, clay }: Scene): void {
  const at = hit.triangle * 12;
  const along0 = 1 - hit.along1 - hit.along2;
  for (let i = 0; i < 3; i++) unpackNormal(triangleWords[at + 3 + 4 * i]!, corners[i]!);
  const [normal0, normal1, normal2] = corners;
  const flatX = t[at]! + hit.along1 * t[at + 4]! + hit.along2 * t[at + 8]!;
  const flatY = t[at + 1]! + hit.along1 * t[at + 5]! + hit.along2 * t[at + 9]!;
  const flatZ = t[at + 2]! + hit.along1 * t[at + 6]! + hit.along2 * t[at + 10]!;
  rounded.x = rounded.y = rounded.z = 0;
  addRounded(along0, flatX, flatY, flatZ, t[at]!, t[at + 1]!, t[at + 2]!, normal0);
  addRounded(hit.along1, flatX, flatY, flatZ, t[at]! + t[at + 4]!, t[at + 1]! + t[at + 5]!, t[at + 2]! + t[at + 6]!, normal1);
  addRounded(hit.along2, flatX, flatY, flatZ, t[at]! + t[at + 8]!, t[at + 1]! + t[at + 9]!, t[at + 2]! + t[at + 10]!, normal2);
  const x = along0 * normal0.x + hit.along1 * normal1.x + hit.along2 * normal2.x;
  const y = along0 * normal0.y + hit.along1 * normal1.y + hit.along2 * normal2.y;
  const z = along0 * normal0.z + hit.along1 * normal1.z + hit.along2 * normal2.z;
  const scale = 1 / Math.sqrt(x * x + y * y + z * z);
  surface.normalX = x * scale;
  surface.normalY = y * scale;
  surface.normalZ = z * scale;
  surface.x = rounded.x + surface.normalX * 1e-4;
  surface.y = rounded.y + surface.normalY * 1e-4;
  surface.z = rounded.z + surface.normalZ * 1e-4;
  surface.red = clay.x;
  surface.green = clay.y;
  surface.blue = clay.z;
}

function addRounded(
  share: number,
  x: number,
  y: number,
  z: number,
  cornerX: number,
  cornerY: number,
  cornerZ: number,
  normal: Vector,
): void {
  const out = Math.min((x - cornerX) * normal.x + (y - cornerY) * normal.y + (z - cornerZ) * normal.z, 0);
  rounded.x += share * (x - out * normal.x);
  rounded.y += share * (y - out * normal.y);
  rounded.z += share * (z - out * normal.z);
}
