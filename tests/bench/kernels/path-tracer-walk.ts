// The walk through the tree of boxes for the JavaScript path tracer; what it found stands in `hit`.
import { type Buffers, floatsOf, wordsOf } from './kernel.ts';

export const far = 1e9;
export const nothing = -1;
export const ground = -2;

/** What the last walk found. */
export const hit = { distance: 0, triangle: nothing, along1: 0, along2: 0 };

const stack = new Int32Array(32);
let nodes: Float32Array = new Float32Array(0);
let nodeWords: Uint32Array = new Uint32Array(0);
let triangles: Float32Array = new Float32Array(0);

export function openMesh(buffers: Buffers): void {
  nodes = floatsOf(buffers, 'nodes');
  nodeWords = wordsOf(buffers, 'nodes');
  triangles = floatsOf(buffers, 'triangles');
}

function safeInverse(x: number): number {
  return 1 / (Math.abs(x) < 1e-9 ? (x >= 0 ? 1e-9 : -1e-9) : x);
}

/** Where a ray enters the box whose corners stand at `low` and `low + 4`; `far` if it misses it or enters behind `limit`. */
function enterBox(low: number, x: number, y: number, z: number, overX: number, overY: number, overZ: number, limit: number): number {
  const ax = (nodes[low]! - x) * overX;
  const bx = (nodes[low + 4]! - x) * overX;
  const ay = (nodes[low + 1]! - y) * overY;
  const by = (nodes[low + 5]! - y) * overY;
  const az = (nodes[low + 2]! - z) * overZ;
  const bz = (nodes[low + 6]! - z) * overZ;
  const enter = Math.max(Math.min(ax, bx), Math.min(ay, by), Math.min(az, bz), 0);
  const leave = Math.min(Math.max(ax, bx), Math.max(ay, by), Math.max(az, bz), limit);
  return enter <= leave ? enter : far;
}

function hitTriangles(first: number, count: number, ox: number, oy: number, oz: number, x: number, y: number, z: number): void {
  const t = triangles;
  for (let index = first; index < first + count; index++) {
    const at = index * 12;
    const [e1x, e1y, e1z] = [t[at + 4]!, t[at + 5]!, t[at + 6]!];
    const [e2x, e2y, e2z] = [t[at + 8]!, t[at + 9]!, t[at + 10]!];
    const px = y * e2z - z * e2y;
    const py = z * e2x - x * e2z;
    const pz = x * e2y - y * e2x;
    const determinant = e1x * px + e1y * py + e1z * pz;
    if (Math.abs(determinant) < 1e-12) continue;
    const inverse = 1 / determinant;
    const [dx, dy, dz] = [ox - t[at]!, oy - t[at + 1]!, oz - t[at + 2]!];
    const along1 = (dx * px + dy * py + dz * pz) * inverse;
    if (along1 < 0 || along1 > 1) continue;
    const qx = dy * e1z - dz * e1y;
    const qy = dz * e1x - dx * e1z;
    const qz = dx * e1y - dy * e1x;
    const along2 = (x * qx + y * qy + z * qz) * inverse;
    if (along2 < 0 || along1 + along2 > 1) continue;
    const distance = (e2x * qx + e2y * qy + e2z * qz) * inverse;
    if (distance <= 1e-5 || distance >= hit.distance) continue;
    hit.distance = distance;
    hit.triangle = index;
    hit.along1 = along1;
    hit.along2 = along2;
  }
}

/** Nearer child first; with `anyHit` the first hit ends it. */
export function traceMesh(ox: number, oy: number, oz: number, x: number, y: number, z: number, limit: number, anyHit: boolean): void {
  const overX = safeInverse(x);
  const overY = safeInverse(y);
  const overZ = safeInverse(z);
  hit.distance = limit;
  hit.triangle = nothing;
  hit.along1 = hit.along2 = 0;
  let depth = 0;
  for (let current = 0; ; ) {
    const at = current * 16;
    const nearLeft = enterBox(at, ox, oy, oz, overX, overY, overZ, hit.distance);
    const nearRight = enterBox(at + 8, ox, oy, oz, overX, overY, overZ, hit.distance);
    const left = nodeWords[at + 3]!;
    const right = nodeWords[at + 11]!;
    const leftCount = nodeWords[at + 7]!;
    const rightCount = nodeWords[at + 15]!;
    if (nearLeft < far && leftCount > 0) hitTriangles(left, leftCount, ox, oy, oz, x, y, z);
    if (nearRight < far && rightCount > 0) hitTriangles(right, rightCount, ox, oy, oz, x, y, z);
    if (anyHit && hit.triangle !== nothing) return;
    const goLeft = nearLeft < hit.distance && leftCount === 0;
    const goRight = nearRight < hit.distance && rightCount === 0;
    if (goLeft && goRight) {
      const isLeftNearer = nearLeft <= nearRight;
      stack[depth++] = isLeftNearer ? right : left;
      current = isLeftNearer ? left : right;
    } else if (goLeft || goRight) {
      current = goLeft ? left : right;
    } else {
      if (depth === 0) return;
      current = stack[--depth]!;
    }
  }
}
