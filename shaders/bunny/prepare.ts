// Turns a triangle mesh into what bunny.wgsl reads: a tree of boxes over the triangles. Same mesh, same bytes, on every machine:
// only + - * / and the square root are used, which are exact to the last bit everywhere.
import { makeTree, type TreeTriangle } from './make-tree.ts';

export interface Mesh {
  readonly positions: readonly (readonly number[])[];
  /** Corners of each triangle, as indices into `positions`, counter-clockwise seen from outside. */
  readonly cells: readonly (readonly number[])[];
}

export interface PreparedMesh {
  readonly nodes: Uint8Array<ArrayBuffer>;
  readonly triangles: Uint8Array<ArrayBuffer>;
}

type Vector = readonly [x: number, y: number, z: number];

const TRIANGLE_BYTES = 48;
/** Below this share of the mesh's height squared, a triangle has no area that f32 arithmetic could hit. */
const MIN_DOUBLE_AREA = 1e-10;

/** The mesh, 1 high, standing on y = 0 in the middle of x and z. Throws a RangeError on a mesh that cannot be drawn. */
export function prepareMesh(mesh: Mesh): PreparedMesh {
  const positions = standUp(mesh.positions);
  const normals = cornerNormals(positions, mesh.cells);
  const triangles: TreeTriangle[] = [];
  for (const [index, cell] of mesh.cells.entries()) {
    const [a, b, c] = cornersOf(cell, positions);
    if (length(cross(subtract(b, a), subtract(c, a))) > MIN_DOUBLE_AREA) {
      triangles.push({ index, corners: [a, b, c] });
    }
  }
  if (triangles.length === 0) {
    throw new RangeError('The mesh has no triangle with an area; give one with at least one.');
  }
  const tree = makeTree(triangles);
  return { nodes: tree.nodes, triangles: packTriangles(tree.order, mesh.cells, normals) };
}

function standUp(positions: Mesh['positions']): Vector[] {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const position of positions) {
    for (let axis = 0; axis < 3; axis++) {
      const value = position[axis];
      if (value === undefined || !Number.isFinite(value)) {
        throw new RangeError('A position of the mesh is not three finite numbers.');
      }
      low[axis] = Math.min(low[axis]!, value);
      high[axis] = Math.max(high[axis]!, value);
    }
  }
  const height = high[1]! - low[1]!;
  if (!(height > 0)) {
    throw new RangeError('The mesh has no height (y), so it cannot be stood up.');
  }
  const middleX = (low[0]! + high[0]!) / 2;
  const middleZ = (low[2]! + high[2]!) / 2;
  return positions.map((p) => [
    Math.fround((p[0]! - middleX) / height),
    Math.fround((p[1]! - low[1]!) / height),
    Math.fround((p[2]! - middleZ) / height),
  ]);
}

function cornersOf(cell: readonly number[], positions: readonly Vector[]): [Vector, Vector, Vector] {
  const [a, b, c] = [positions[cell[0]!], positions[cell[1]!], positions[cell[2]!]];
  if (!a || !b || !c) {
    throw new RangeError('A triangle of the mesh names a position that is not there.');
  }
  return [a, b, c];
}

/** Each position's normal: the sum of its triangles' normals, weighted by their areas. */
function cornerNormals(positions: readonly Vector[], cells: Mesh['cells']): Vector[] {
  const sums = positions.map(() => [0, 0, 0]);
  for (const cell of cells) {
    const [a, b, c] = cornersOf(cell, positions);
    const face = cross(subtract(b, a), subtract(c, a));
    for (let corner = 0; corner < 3; corner++) {
      const sum = sums[cell[corner]!]!;
      for (let axis = 0; axis < 3; axis++) {
        sum[axis] = sum[axis]! + face[axis]!;
      }
    }
  }
  return sums.map((sum) => {
    const size = length(sum as unknown as Vector);
    return size > 0 ? [sum[0]! / size, sum[1]! / size, sum[2]! / size] : [0, 1, 0];
  });
}

function packTriangles(order: readonly TreeTriangle[], cells: Mesh['cells'], normals: readonly Vector[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(order.length * TRIANGLE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [slot, triangle] of order.entries()) {
    const [a, b, c] = triangle.corners;
    const cell = cells[triangle.index]!;
    for (const [part, vector] of [a, subtract(b, a), subtract(c, a)].entries()) {
      const at = slot * TRIANGLE_BYTES + part * 16;
      for (let axis = 0; axis < 3; axis++) {
        view.setFloat32(at + axis * 4, vector[axis]!, true);
      }
      view.setUint32(at + 12, packNormal(normals[cell[part]!]!), true);
    }
  }
  return bytes;
}

/** Three signed 10-bit parts: finer than the eye sees in a diffuse surface, and a third of the bytes. */
function packNormal(normal: Vector): number {
  let bits = 0;
  for (let axis = 0; axis < 3; axis++) {
    bits |= (Math.round(normal[axis]! * 511) & 0x3ff) << (axis * 10);
  }
  return bits >>> 0;
}

function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function length(v: Vector): number {
  return Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}
