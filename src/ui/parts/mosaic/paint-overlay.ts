// Draws what the pixels do not say onto the mosaic: every mark has a colour and a pattern, so that colour is never alone.
import { listOutlineEdges } from './list-outline-edges.ts';
import { listShardBoxes, type MosaicLayout, type UnitBox } from './make-mosaic-layout.ts';
import type { ShardMark } from './shard-mark.ts';

export interface OverlayColours {
  readonly tessera: string;
  readonly clay: string;
  /** Of this account. */
  readonly mine: string;
  readonly verified: string;
  readonly disputed: string;
  readonly text: string;
  readonly bg: string;
}

export interface OverlayScene {
  readonly layout: MosaicLayout;
  readonly marks: readonly ShardMark[];
  /** `picture`: a final shard shows its pixels. `marks`: every shard shows its mark. */
  readonly mode: 'picture' | 'marks';
  readonly mine: ReadonlySet<number>;
  readonly painted: ReadonlySet<number>;
  readonly running: ReadonlySet<number>;
  readonly selected: number | null;
}

/** Canvas names of registered colours; `light-dark()` is resolved by the browser. */
export function readOverlayColours(element: Element): OverlayColours {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    tessera: read('--tessera'),
    clay: read('--clay'),
    mine: read('--mine'),
    verified: read('--verified'),
    disputed: read('--disputed'),
    text: read('--text'),
    bg: read('--bg'),
  };
}

const PATTERN_PIXELS = 12;

/** The pattern of a mark as a tile, in device pixels. */
export function makeMarkTile(mark: ShardMark, colours: OverlayColours, scale: number): HTMLCanvasElement {
  const side = Math.round(PATTERN_PIXELS * scale);
  const tile = document.createElement('canvas');
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d')!;
  pen.lineWidth = Math.max(1, 1.5 * scale);
  const fill = (colour: string, alpha: number): void => {
    pen.globalAlpha = alpha;
    pen.fillStyle = colour;
    pen.fillRect(0, 0, side, side);
  };
  switch (mark) {
    case 'pending':
      fill(colours.tessera, 1);
      break;
    case 'provisional':
      fill(colours.tessera, 1);
      fill(colours.clay, 0.35);
      drawDot(pen, colours.clay, side);
      break;
    case 'final':
      fill(colours.verified, 0.82);
      break;
    case 'disputed':
      fill(colours.tessera, 1);
      fill(colours.disputed, 0.3);
      drawDiagonals(pen, colours.disputed, side, 1);
      break;
    case 'failed':
      fill(colours.bg, 1);
      drawDiagonals(pen, colours.text, side, 2);
      break;
  }
  return tile;
}

function drawDot(pen: CanvasRenderingContext2D, colour: string, side: number): void {
  pen.globalAlpha = 0.95;
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(side / 2, side / 2, side / 6, 0, Math.PI * 2);
  pen.fill();
}

function drawDiagonals(pen: CanvasRenderingContext2D, colour: string, side: number, directions: 1 | 2): void {
  pen.globalAlpha = 0.85;
  pen.strokeStyle = colour;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift, side);
    pen.lineTo(shift + side, 0);
    if (directions === 2) {
      pen.moveTo(shift, 0);
      pen.lineTo(shift + side, side);
    }
  }
  pen.stroke();
}

/** Like laid stones: each a little lighter or darker than its neighbour, always the same. */
function shadeOf(index: number): number {
  return ((index * 2_654_435_761) >>> 24) / 255;
}

export function paintOverlay(pen: CanvasRenderingContext2D, scene: OverlayScene, colours: OverlayColours, scale: number): void {
  const { layout, marks, mine, running, selected } = scene;
  const { width, height } = pen.canvas;
  const unit = { x: width / layout.columns, y: height / layout.rows };
  pen.clearRect(0, 0, width, height);
  const patterns = makePatterns(pen, colours, scale);
  const gap = Math.min(unit.x, unit.y) >= 8 * scale ? Math.max(1, Math.round(scale)) : 0;
  for (let index = 0; index < layout.shards; index += 1) {
    const mark = marks[index] ?? 'pending';
    if (isShowingPixels(scene, index, mark)) continue;
    for (const box of listShardBoxes(layout, index)) {
      const [x, y, w, h] = place(box, unit, gap);
      pen.fillStyle = patterns(mark);
      pen.fillRect(x, y, w, h);
      pen.globalAlpha = 0.16 * shadeOf(index);
      pen.fillStyle = colours.clay;
      pen.fillRect(x, y, w, h);
      pen.globalAlpha = 1;
    }
  }
  for (const index of running) strokeShard(pen, layout, index, unit, colours.mine, 2 * scale, [4 * scale, 3 * scale]);
  if (mine.size < layout.shards) strokeMine(pen, scene, unit, colours, scale);
  if (selected !== null) {
    strokeShard(pen, layout, selected, unit, colours.bg, 5 * scale, []);
    strokeShard(pen, layout, selected, unit, colours.text, 2.5 * scale, []);
  }
}

/** Without pixels (a table, or bytes not fetched yet) a final shard shows its mark. */
function isShowingPixels({ mode, painted, mine, layout }: OverlayScene, index: number, mark: ShardMark): boolean {
  if (mode === 'marks' || layout.kind === 'cells') return false;
  return painted.has(index) && (mark === 'final' || mark === 'provisional' || mine.has(index));
}

function makePatterns(pen: CanvasRenderingContext2D, colours: OverlayColours, scale: number): (mark: ShardMark) => CanvasPattern {
  const made = new Map<ShardMark, CanvasPattern>();
  return (mark) => {
    const pattern = made.get(mark) ?? pen.createPattern(makeMarkTile(mark, colours, scale), 'repeat')!;
    made.set(mark, pattern);
    return pattern;
  };
}

interface Unit {
  readonly x: number;
  readonly y: number;
}

function place(box: UnitBox, unit: Unit, gap: number): readonly [x: number, y: number, width: number, height: number] {
  const x = Math.round(box.x * unit.x);
  const y = Math.round(box.y * unit.y);
  return [x, y, Math.round((box.x + box.width) * unit.x) - x - gap, Math.round((box.y + box.height) * unit.y) - y - gap];
}

/** Only where mine ends: lines between two shards of this device would hide what it computed. The dark line below keeps it seen on any pixels. */
function strokeMine(
  pen: CanvasRenderingContext2D,
  { layout, mine }: OverlayScene,
  unit: Unit,
  colours: OverlayColours,
  scale: number,
): void {
  pen.beginPath();
  for (const { from, to } of listOutlineEdges(layout, mine)) {
    pen.moveTo(Math.round(from.x * unit.x), Math.round(from.y * unit.y));
    pen.lineTo(Math.round(to.x * unit.x), Math.round(to.y * unit.y));
  }
  pen.strokeStyle = colours.bg;
  pen.lineWidth = 3.5 * scale;
  pen.stroke();
  pen.strokeStyle = colours.mine;
  pen.lineWidth = 2 * scale;
  pen.stroke();
}

function strokeShard(
  pen: CanvasRenderingContext2D,
  layout: MosaicLayout,
  index: number,
  unit: Unit,
  colour: string,
  thickness: number,
  dash: readonly number[],
): void {
  if (index >= layout.shards) return;
  pen.strokeStyle = colour;
  pen.lineWidth = thickness;
  pen.setLineDash([...dash]);
  for (const box of listShardBoxes(layout, index)) {
    const [x, y, width, height] = place(box, unit, 0);
    const inset = thickness / 2;
    pen.strokeRect(x + inset, y + inset, width - thickness, height - thickness);
  }
  pen.setLineDash([]);
}
