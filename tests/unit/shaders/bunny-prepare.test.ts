// The bunny's tree: the same bytes everywhere, every triangle once, every box around what it holds, never deeper than the shader's stack.
import { createHash } from 'node:crypto';
import mesh from 'bunny';
import { describe, expect, test } from 'vitest';
import { makeTree, type TreeTriangle } from '../../../shaders/bunny/make-tree.ts';
import { type Mesh, prepareMesh } from '../../../shaders/bunny/prepare.ts';

const STACK = 32;
const TETRAHEDRON: Mesh = {
  positions: [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  cells: [
    [0, 2, 1],
    [0, 1, 3],
    [0, 3, 2],
    [1, 2, 3],
  ],
};

interface WalkResult {
  readonly triangles: number[];
  readonly depth: number;
}

/** Walks as the shader does and checks each leaf's triangles against its box. */
function walkTree(nodes: DataView, triangles: DataView, index: number): WalkResult {
  const found: number[] = [];
  let depth = 0;
  for (const side of [0, 32]) {
    const at = index * 64 + side;
    const target = nodes.getUint32(at + 12, true);
    const count = nodes.getUint32(at + 28, true);
    if (nodes.getFloat32(at, true) > 1e29) continue;
    if (count === 0) {
      const below = walkTree(nodes, triangles, target);
      found.push(...below.triangles);
      depth = Math.max(depth, below.depth);
      continue;
    }
    for (let triangle = target; triangle < target + count; triangle++) {
      found.push(triangle);
      expectInside(nodes, at, triangles, triangle);
    }
  }
  return { triangles: found, depth: depth + 1 };
}

function expectInside(nodes: DataView, box: number, triangles: DataView, triangle: number): void {
  for (let axis = 0; axis < 3; axis++) {
    const low = nodes.getFloat32(box + axis * 4, true) - 1e-6;
    const high = nodes.getFloat32(box + 16 + axis * 4, true) + 1e-6;
    const corner = triangles.getFloat32(triangle * 48 + axis * 4, true);
    for (const edge of [
      0,
      triangles.getFloat32(triangle * 48 + 16 + axis * 4, true),
      triangles.getFloat32(triangle * 48 + 32 + axis * 4, true),
    ]) {
      expect(corner + edge).toBeGreaterThanOrEqual(low);
      expect(corner + edge).toBeLessThanOrEqual(high);
    }
  }
}

function walkPrepared(prepared: { nodes: Uint8Array; triangles: Uint8Array }): WalkResult {
  return walkTree(new DataView(prepared.nodes.buffer), new DataView(prepared.triangles.buffer), 0);
}

describe('the bunny', () => {
  const prepared = prepareMesh(mesh);

  test('every triangle is in exactly one leaf, inside its box', () => {
    const { triangles, depth } = walkPrepared(prepared);
    expect(triangles.sort((a, b) => a - b)).toEqual(Array.from({ length: mesh.cells.length }, (_, index) => index));
    expect(prepared.triangles.byteLength).toBe(mesh.cells.length * 48);
    expect(depth).toBeLessThanOrEqual(STACK);
  });

  test('stands on the ground, 1 high', () => {
    const view = new DataView(prepared.triangles.buffer);
    const heights = Array.from({ length: mesh.cells.length }, (_, index) => view.getFloat32(index * 48 + 4, true));
    expect(Math.min(...heights)).toBeCloseTo(0, 6);
    expect(Math.max(...heights)).toBeCloseTo(1, 6);
  });

  test('is the same bytes on every machine', () => {
    const digest = createHash('sha256').update(prepared.nodes).update(prepared.triangles).digest('hex');
    expect(digest).toBe('5955cb4d87ee4c3b32b487494def34edd94e06939dc918b79235f643d7c460c0');
  });
});

test('a small closed mesh makes a tree too', () => {
  expect(walkPrepared(prepareMesh(TETRAHEDRON)).triangles.length).toBe(4);
});

test('a mesh of one triangle makes one node whose other side no ray enters', () => {
  const one = prepareMesh({ ...TETRAHEDRON, cells: [[1, 2, 3]] });
  expect(one.nodes.byteLength).toBe(64);
  expect(walkPrepared(one).triangles).toEqual([0]);
});

test('triangles without an area are left out', () => {
  expect(walkPrepared(prepareMesh({ ...TETRAHEDRON, cells: [...TETRAHEDRON.cells, [1, 1, 2]] })).triangles.length).toBe(4);
});

test('even triangles that no plane can part make no tree deeper than the stack', () => {
  const same: TreeTriangle[] = Array.from({ length: 5000 }, (_, index) => ({
    index,
    corners: [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ],
  }));
  expect(makeTree(same).depth).toBeLessThanOrEqual(STACK);
  // Sizes that halve: the worst case for splitting by planes.
  const shrinking = same.map(({ index }): TreeTriangle => {
    const size = 0.98 ** index;
    return {
      index,
      corners: [
        [size, 0, 0],
        [size * 1.01, size, 0],
        [size, size, size],
      ],
    };
  });
  const tree = makeTree(shrinking);
  expect(tree.depth).toBeLessThanOrEqual(STACK);
  expect(tree.order.length).toBe(5000);
});

test.each([
  ['a position that is not finite', { ...TETRAHEDRON, positions: [[0, Number.NaN, 0]] }, /three finite numbers/],
  ['a position of two numbers', { ...TETRAHEDRON, positions: [[0, 1]] }, /three finite numbers/],
  ['a flat mesh', { positions: TETRAHEDRON.positions.map(([x, , z]) => [x!, 0, z!]), cells: TETRAHEDRON.cells }, /no height/],
  ['a cell beyond the positions', { ...TETRAHEDRON, cells: [[0, 1, 9]] }, /not there/],
  ['no triangle', { ...TETRAHEDRON, cells: [] }, /no triangle with an area/],
  ['no position', { positions: [], cells: [] }, /no height/],
])('%s is refused in one sentence', (_what, bad, sentence) => {
  expect(() => prepareMesh(bad as Mesh)).toThrow(sentence);
});
