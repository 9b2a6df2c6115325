// Jobs for looking at the app: pictures and a table at every stage of their life, the same on every run.
import type { JobState, JobView, LedgerLine, NetworkView, SessionView, ShardView, VoteView } from '../../src/protocol/api.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { Size3, View } from '../../src/protocol/job.ts';
import { digestOf } from '../../src/protocol/sha256.ts';
import { countShards, rangeOfShard } from '../../src/protocol/shard.ts';

export interface FakeJob {
  readonly view: JobView;
  /** p v f x d, one a shard. */
  readonly letters: string;
  /** The whole output. */
  readonly bytes: Uint8Array;
}

const HOUR_MS = 3_600_000;
const PICTURE: View = { kind: 'picture', output: 'pixels', square: [8, 8], format: 'rgba8' };
const TABLE: View = {
  kind: 'table',
  output: 'records',
  columns: [
    { name: 'start', type: 'u64' },
    { name: 'steps', type: 'u32' },
    { name: 'unfinished', type: 'u32' },
  ],
};
const WGSL =
  '@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;\n\n@compute @workgroup_size(8, 8)\nfn main() {\n  // …\n}\n';

/** Deterministic, and even enough to look like chance. */
function chance(index: number): number {
  return ((index * 2_654_435_761) >>> 8) / 2 ** 24;
}

/** Squares of rgba8 in the order of workgroups, painted by a function of the plane. */
function paint(grid: Size3, colour: (x: number, y: number) => readonly [number, number, number]): Uint8Array {
  const [columns, rows] = grid;
  const bytes = new Uint8Array(columns * rows * 256);
  for (let workgroup = 0; workgroup < columns * rows; workgroup += 1) {
    for (let pixel = 0; pixel < 64; pixel += 1) {
      const x = (workgroup % columns) * 8 + (pixel % 8);
      const y = Math.floor(workgroup / columns) * 8 + Math.floor(pixel / 8);
      bytes.set([...colour(x / (columns * 8), y / (rows * 8)), 255], workgroup * 256 + pixel * 4);
    }
  }
  return bytes;
}

function escapeSteps(zx: number, zy: number, cx: number, cy: number): number {
  let [x, y] = [zx, zy];
  for (let step = 0; step < 220; step += 1) {
    const [xx, yy] = [x * x, y * y];
    if (xx + yy > 64) return step + 1 - Math.log2(Math.log2(xx + yy) / 2);
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return -1;
}

function clay(value: number, turn: number): readonly [number, number, number] {
  if (value < 0) return [20, 14, 11];
  const wave = (shift: number) => 0.5 + 0.5 * Math.cos(value * 0.16 + turn + shift);
  return [40 + 200 * wave(0), 24 + 120 * wave(0.7), 18 + 70 * wave(1.5)].map(Math.round) as [number, number, number];
}

function makeLetters(shards: number, finalShare: number): string {
  return Array.from({ length: shards }, (_, index) => {
    const place = index / shards + (chance(index) - 0.5) * 0.5;
    if (place < finalShare - 0.04) return chance(index + 7_000) < 0.03 ? 'd' : 'f';
    if (place < finalShare) return 'v';
    return chance(index + 900) < 0.012 && finalShare > 0 ? 'x' : 'p';
  }).join('');
}

interface Plan {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly template: string | null;
  readonly state: JobState;
  readonly grid: Size3;
  readonly perShard: number;
  readonly view: View;
  readonly bytes: Uint8Array;
  readonly letters: string;
  readonly isMine: boolean;
  readonly by: string;
  readonly ageMs: number;
}

function makeFakeJob(plan: Plan, nowMs: number): FakeJob {
  const { id, title, description, template, state, grid, perShard, view, letters } = plan;
  const shards = countShards(grid, perShard);
  const finalShards = [...letters].filter((letter) => letter === 'f').length;
  const total = BigInt(shards) * 84_000n;
  const paid = BigInt(finalShards) * 84_000n;
  const bytesPerWorkgroup = view.kind === 'table' ? 16 : 256;
  const stage = {
    name: 'main',
    wgsl: WGSL,
    grid,
    workgroupsPerShard: perShard,
    parameters: { samples: 32, bounces: 2 },
    inputs: {},
    outputs: {
      [view.output]: {
        layout: { kind: 'byWorkgroup' as const, bytesPerWorkgroup },
        element: 'u8' as const,
        comparison: { kind: 'exact' as const },
      },
    },
  };
  const spec = {
    title,
    description,
    template,
    stages: [stage],
    rounds: 1,
    redundancy: { quorum: 2, maxCopies: 5 },
    deadlineMs: null,
    visibility: 'public' as const,
    tier: 'voted' as const,
    view,
  };
  const isOver = state !== 'running';
  return {
    letters,
    bytes: plan.bytes,
    view: {
      id: id as JobId,
      title,
      template,
      requester: { account: 7 as AccountId, name: plan.by },
      state,
      shards,
      finalShards,
      failedShards: [...letters].filter((letter) => letter === 'x').length,
      pricePerCopy: '42000',
      createdAtMs: nowMs - plan.ageMs,
      endedAtMs: isOver ? nowMs - plan.ageMs + 94_000 : null,
      view,
      grid,
      description,
      spec,
      escrow: String(total),
      paid: String(paid),
      refunded: isOver ? String(total - paid) : '0',
      reason:
        state === 'failed'
          ? { code: 'program-runs-away', sentence: 'The program did not end within its fuel on two devices, so the job was stopped.' }
          : null,
      workgroupsPerShard: perShard,
      workPerWorkgroup: 1_750_000,
      isMine: plan.isMine,
    },
  };
}

export function makeFakeJobs(nowMs: number): readonly FakeJob[] {
  const square: Size3 = [48, 48, 1];
  const wide: Size3 = [80, 50, 1];
  const julia = paint(square, (x, y) => clay(escapeSteps((x - 0.5) * 2.6, (y - 0.5) * 2.6, -0.78, 0.136), 2.2));
  const zoom = paint(wide, (x, y) => clay(escapeSteps(0, 0, -0.7437 + (x - 0.5) * 0.012, 0.13182 + (y - 0.5) * 0.0075), 0.4));
  const set = paint(wide, (x, y) => clay(escapeSteps(0, 0, -0.6 + (x - 0.5) * 3.4, (y - 0.5) * 2.2), 4));
  const table = new Uint8Array(2048 * 16);
  const data = new DataView(table.buffer);
  for (let row = 0; row < 2048; row += 1) {
    data.setBigUint64(row * 16, BigInt(row * 4096 + Math.floor(chance(row) * 4096)), true);
    data.setUint32(row * 16 + 8, 80 + Math.floor(chance(row + 5) ** 3 * 440), true);
  }
  const plans: readonly Plan[] = [
    {
      id: 41,
      title: 'Path-traced bunny',
      description: 'The Stanford bunny in fired clay under a soft sun, one ray at a time.',
      template: 'bunny',
      state: 'running',
      grid: square,
      perShard: 24,
      view: PICTURE,
      bytes: julia,
      letters: makeLetters(96, 0.64),
      isMine: true,
      by: 'guest 4f2a…91c0',
      ageMs: 48_000,
    },
    {
      id: 40,
      title: 'Collatz records',
      description: 'Which number in a range takes the most steps to reach 1?',
      template: 'collatz',
      state: 'running',
      grid: [2048, 1, 1],
      perShard: 32,
      view: TABLE,
      bytes: table,
      letters: makeLetters(64, 0.5),
      isMine: false,
      by: '0x71C7…976F',
      ageMs: 130_000,
    },
    {
      id: 39,
      title: 'Mandelbrot zoom',
      description: 'A smooth-coloured picture of a place in the Mandelbrot set.',
      template: 'fractal',
      state: 'done',
      grid: wide,
      perShard: 40,
      view: PICTURE,
      bytes: zoom,
      letters: 'f'.repeat(100),
      isMine: false,
      by: 'guest 88d1…03be',
      ageMs: 0.4 * HOUR_MS,
    },
    {
      id: 38,
      title: 'The whole set, for the wall of the reading room in the town library',
      description: '',
      template: 'fractal',
      state: 'cancelled',
      grid: wide,
      perShard: 80,
      view: PICTURE,
      bytes: set,
      letters: makeLetters(50, 0.5),
      isMine: true,
      by: 'guest 4f2a…91c0',
      ageMs: 3 * HOUR_MS,
    },
    {
      id: 37,
      title: 'Endless loop',
      description: 'A program that did not end.',
      template: null,
      state: 'failed',
      grid: wide,
      perShard: 80,
      view: PICTURE,
      bytes: set,
      letters: 'p'.repeat(50),
      isMine: false,
      by: 'guest 1b00…77aa',
      ageMs: 26 * HOUR_MS,
    },
  ];
  return plans.map((plan) => makeFakeJob(plan, nowMs));
}

const VERDICTS = { p: 'pending', v: 'provisional', f: 'final', x: 'failed', d: 'disputed' } as const;

export function makeFakeShard(job: FakeJob, index: number, nowMs: number): ShardView {
  const letter = (job.letters[index] ?? 'p') as keyof typeof VERDICTS;
  const { base, count } = rangeOfShard(job.view.grid, job.view.workgroupsPerShard, index);
  const bytes = shardBytes(job, index);
  const digest = digestOf(bytes);
  const other = digestOf(new Uint8Array([index % 256]));
  const vote = (
    copy: number,
    accountName: string,
    engine: 'gpu' | 'cpu',
    state: VoteView['state'],
    of: Digest,
    paid: string,
  ): VoteView => ({
    account: (20 + copy) as AccountId,
    accountName,
    device: (300 + copy) as DeviceId,
    engine,
    copy,
    digest: of,
    state,
    paid,
    atMs: nowMs - 9_000 + copy * 1_500,
  });
  const settled = [
    vote(0, 'house', 'cpu', 'agreed', digest, '42000'),
    vote(1, '0x71C7…976F', 'gpu', 'outvoted', other, '0'),
    vote(2, 'guest 88d1…03be', 'gpu', 'agreed', digest, '42000'),
    vote(3, 'guest 1b00…77aa', 'cpu', 'late', digest, '0'),
  ];
  const open = [vote(0, 'house', 'cpu', 'waiting', digest, '0'), vote(1, '0x71C7…976F', 'gpu', 'waiting', other, '0')];
  const isFinal = letter === 'f';
  return {
    shard: (job.view.id * 1024 + index) as ShardId,
    index,
    base,
    count,
    verdict: VERDICTS[letter],
    digest: isFinal ? digest : null,
    outputs: isFinal ? [{ name: job.view.view.output, blob: digest, root: digest, bytes: bytes.length }] : [],
    votes: isFinal ? settled : letter === 'p' ? [] : open,
  };
}

export function shardBytes({ view, bytes }: FakeJob, index: number): Uint8Array {
  const perWorkgroup = view.view.kind === 'table' ? 16 : 256;
  const { base, count } = rangeOfShard(view.grid, view.workgroupsPerShard, index);
  return bytes.subarray(base * perWorkgroup, (base + count) * perWorkgroup);
}

export function makeFakeSession(nowMs: number): SessionView {
  const account = {
    id: 7 as AccountId,
    kind: 'guest' as const,
    name: 'guest 4f2a…91c0',
    wallet: null,
    earned: '5502000',
    granted: '100000000',
    verifiedShards: 131,
    cap: '1000000000',
  };
  return { account, device: 12 as DeviceId, expiresAtMs: nowMs + 24 * HOUR_MS };
}

export function makeFakeNetwork(isEmpty: boolean): NetworkView {
  return {
    name: 'Ostraka',
    build: '0.1.0',
    protocol: 1,
    contributors: isEmpty ? 0 : 7,
    devices: [
      { kind: 'gpu', count: 4 },
      { kind: 'cpu', count: 3 },
    ],
    shardsFinal: isEmpty ? 0 : 48_210,
    jobsRunning: isEmpty ? 0 : 2,
    peer: null,
    isLoopbackOnly: true,
  };
}

export function makeFakeLedger(nowMs: number): readonly LedgerLine[] {
  let balance = 0n;
  const line = (id: number, reason: LedgerLine['reason'], credit: LedgerLine['credit'], amount: bigint, job: number | null): LedgerLine => {
    balance += amount;
    return {
      id,
      atMs: nowMs - (20 - id) * 400_000,
      reason,
      credit,
      amount: String(amount),
      balance: String(balance),
      job: job as JobId | null,
      shards: reason === 'pay' ? 6 : null,
    };
  };
  const lines = [
    line(1, 'grant', 'granted', 100_000_000n, null),
    line(2, 'hold', 'granted', -8_400_000n, 38),
    line(3, 'refund', 'granted', 4_200_000n, 38),
    ...Array.from({ length: 9 }, (_, index) => line(4 + index, 'pay', 'earned', 42_000n, 39)),
    line(13, 'hold', 'granted', -8_064_000n, 41),
  ];
  return lines.reverse();
}
