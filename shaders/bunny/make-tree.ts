// The tree of boxes over triangles: split where the expected cost of a ray is least, tried at a few planes a side (binned SAH).

type Vector = readonly [x: number, y: number, z: number];

export interface TreeTriangle {
  /** Which cell of the mesh it is. */
  readonly index: number;
  readonly corners: readonly [Vector, Vector, Vector];
}

export interface Tree {
  /** 64 bytes a node, two children each, the root first; the layout of `Node` in bunny.wgsl. */
  readonly nodes: Uint8Array<ArrayBuffer>;
  /** The triangles in the order that the leaves count in. */
  readonly order: readonly TreeTriangle[];
  readonly depth: number;
}

interface Box {
  readonly low: number[];
  readonly high: number[];
}

interface Item {
  readonly triangle: TreeTriangle;
  readonly low: Vector;
  readonly high: Vector;
  readonly middle: Vector;
}

interface Split {
  readonly axis: number;
  readonly bin: number;
  readonly cost: number;
}

const NODE_BYTES = 64;
const BINS = 16;
const MAX_LEAF = 4;
/** The shader's stack; a walk holds at most one entry for each level. */
const MAX_DEPTH = 32;
/** From here on halves are split by number, so that no mesh can make the tree deeper than MAX_DEPTH. */
const BALANCED_FROM_DEPTH = 12;
/** Looking into a node costs about as much as trying 1.2 triangles (measured on the bunny, one WASM core). */
const NODE_COST = 1.2;

export function makeTree(triangles: readonly TreeTriangle[]): Tree {
  const items = triangles.map(makeItem);
  const nodes: { children: [Child, Child] }[] = [];
  const order: TreeTriangle[] = [];
  let depth = 0;

  function addChild(part: readonly Item[], level: number): Child {
    const box = boxAround(part);
    const halves = part.length > MAX_LEAF || level === 1 ? splitItems(part, level) : splitIfCheaper(part, box, level);
    if (halves === null) {
      const first = order.length;
      order.push(...part.map((item) => item.triangle));
      return { box, target: first, count: part.length };
    }
    return { box, target: addNode(halves, level), count: 0 };
  }

  function addNode(halves: readonly [readonly Item[], readonly Item[]], level: number): number {
    depth = Math.max(depth, level);
    const at = nodes.length;
    const node = { children: [] as unknown as [Child, Child] };
    nodes.push(node);
    node.children = [addChild(halves[0], level + 1), addChild(halves[1], level + 1)];
    return at;
  }

  addNode(splitItems(items, 1) ?? [items, []], 1);
  if (depth > MAX_DEPTH) {
    throw new RangeError(`The mesh makes a tree ${depth} levels deep; the program's stack holds ${MAX_DEPTH}.`);
  }
  return { nodes: packNodes(nodes), order, depth };
}

interface Child {
  readonly box: Box;
  readonly target: number;
  readonly count: number;
}

function makeItem(triangle: TreeTriangle): Item {
  const [a, b, c] = triangle.corners;
  const each = (pick: (...values: number[]) => number): Vector => [pick(a[0], b[0], c[0]), pick(a[1], b[1], c[1]), pick(a[2], b[2], c[2])];
  const low = each(Math.min);
  const high = each(Math.max);
  return { triangle, low, high, middle: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2] };
}

function emptyBox(): Box {
  return { low: [Infinity, Infinity, Infinity], high: [-Infinity, -Infinity, -Infinity] };
}

function grow(box: Box, low: readonly number[], high: readonly number[]): void {
  for (let axis = 0; axis < 3; axis++) {
    box.low[axis] = Math.min(box.low[axis]!, low[axis]!);
    box.high[axis] = Math.max(box.high[axis]!, high[axis]!);
  }
}

function boxAround(items: readonly Item[]): Box {
  const box = emptyBox();
  for (const item of items) {
    grow(box, item.low, item.high);
  }
  return box;
}

function halfArea(box: Box): number {
  const x = box.high[0]! - box.low[0]!;
  const y = box.high[1]! - box.low[1]!;
  const z = box.high[2]! - box.low[2]!;
  return x < 0 ? 0 : x * y + y * z + z * x;
}

function binOf(item: Item, axis: number, low: number, size: number): number {
  return Math.min(BINS - 1, Math.floor(((item.middle[axis]! - low) / size) * BINS));
}

function bestSplitAlong(items: readonly Item[], axis: number, low: number, size: number): Split | null {
  const boxes = Array.from({ length: BINS }, emptyBox);
  const counts = new Array<number>(BINS).fill(0);
  for (const item of items) {
    const bin = binOf(item, axis, low, size);
    counts[bin] = counts[bin]! + 1;
    grow(boxes[bin]!, item.low, item.high);
  }
  const costsRight = new Array<number>(BINS).fill(Infinity);
  const right = emptyBox();
  for (let bin = BINS - 1, count = 0; bin > 0; bin--) {
    count += counts[bin]!;
    grow(right, boxes[bin]!.low, boxes[bin]!.high);
    costsRight[bin] = count > 0 ? count * halfArea(right) : Infinity;
  }
  let best: Split | null = null;
  const left = emptyBox();
  for (let bin = 0, count = 0; bin < BINS - 1; bin++) {
    count += counts[bin]!;
    grow(left, boxes[bin]!.low, boxes[bin]!.high);
    const cost = count > 0 ? count * halfArea(left) + costsRight[bin + 1]! : Infinity;
    if (cost < (best?.cost ?? Infinity)) {
      best = { axis, bin, cost };
    }
  }
  return best;
}

function middlesBox(items: readonly Item[]): Box {
  const box = emptyBox();
  for (const item of items) {
    grow(box, item.middle, item.middle);
  }
  return box;
}

function bestSplit(items: readonly Item[], middles: Box): Split | null {
  let best: Split | null = null;
  for (let axis = 0; axis < 3; axis++) {
    const size = middles.high[axis]! - middles.low[axis]!;
    const split = size > 0 ? bestSplitAlong(items, axis, middles.low[axis]!, size) : null;
    if (split !== null && split.cost < (best?.cost ?? Infinity)) {
      best = split;
    }
  }
  return best;
}

function splitAt(items: readonly Item[], split: Split, middles: Box): [Item[], Item[]] {
  const low = middles.low[split.axis]!;
  const size = middles.high[split.axis]! - low;
  const isLeft = (item: Item): boolean => binOf(item, split.axis, low, size) <= split.bin;
  return [items.filter(isLeft), items.filter((item) => !isLeft(item))];
}

/** Halves by number along the longest side; equal middles keep their order, so the result is the same everywhere. */
function splitInHalf(items: readonly Item[], middles: Box): [Item[], Item[]] {
  const sizes = [0, 1, 2].map((axis) => middles.high[axis]! - middles.low[axis]!);
  const axis = sizes.indexOf(Math.max(...sizes));
  const sorted = [...items].sort((a, b) => a.middle[axis]! - b.middle[axis]! || a.triangle.index - b.triangle.index);
  const half = sorted.length >> 1;
  return [sorted.slice(0, half), sorted.slice(half)];
}

function splitItems(items: readonly Item[], level: number): [Item[], Item[]] | null {
  if (items.length < 2) {
    return null;
  }
  const middles = middlesBox(items);
  const split = level >= BALANCED_FROM_DEPTH ? null : bestSplit(items, middles);
  return split === null ? splitInHalf(items, middles) : splitAt(items, split, middles);
}

function splitIfCheaper(items: readonly Item[], box: Box, level: number): [Item[], Item[]] | null {
  const middles = middlesBox(items);
  const split = level >= BALANCED_FROM_DEPTH ? null : bestSplit(items, middles);
  const area = halfArea(box);
  return split !== null && split.cost + NODE_COST * area < items.length * area ? splitAt(items, split, middles) : null;
}

function packNodes(nodes: readonly { readonly children: readonly [Child, Child] }[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(nodes.length * NODE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, node] of nodes.entries()) {
    for (const [side, child] of node.children.entries()) {
      const at = index * NODE_BYTES + side * 32;
      // A side with nothing in it gets a box that no ray can enter.
      const isEmpty = child.box.low[0] === Infinity;
      for (let axis = 0; axis < 3; axis++) {
        view.setFloat32(at + axis * 4, isEmpty ? 1e30 : child.box.low[axis]!, true);
        view.setFloat32(at + 16 + axis * 4, isEmpty ? 1e30 : child.box.high[axis]!, true);
      }
      view.setUint32(at + 12, child.target, true);
      view.setUint32(at + 28, child.count, true);
    }
  }
  return bytes;
}
