// The whole lint: a program is read, and a sample of it runs forwards and backwards.
import { describe, expect, it } from 'vitest';
import { type LintRequest, lintSample } from '../../../../src/engine/cpu/lint-sample.ts';
import type { OutputSpec } from '../../../../src/protocol/job.ts';

const HEAD = `struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
var<workgroup> tile: array<u32, 4>;
var<workgroup> tally: atomic<u32>;
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) i: u32) {
  let at = (shard.first.x + id.x - shard.base) * 4u;
`;
const exact: OutputSpec = { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 16 }, element: 'u32', comparison: { kind: 'exact' } };
const near: OutputSpec = { ...exact, element: 'f32', comparison: { kind: 'tolerance', abs: 1, rel: 0, maxOutlierShare: 0 } };

function lint(body: string, spec: OutputSpec = exact, over: Partial<LintRequest> = {}) {
  const { report, workPerWorkgroup } = lintSample({
    wgsl: `${HEAD}${body}\n}`,
    outputs: { out: spec },
    runs: [
      {
        buffers: new Map([['out', { zeroBytes: 48 }]]),
        shard: { base: 5, count: 3, grid: [16, 1, 1] },
        boxes: [{ first: [5, 0, 0], size: [3, 1, 1] }],
      },
    ],
    fuel: 1_000_000n,
    ...over,
  });
  return { ...report.outputs[0]!, workgroups: report.workgroups, workPerWorkgroup };
}

describe('lintSample', () => {
  it('calls integers exact', () => {
    expect(lint('out[at + i] = i * 3u + shard.base;')).toMatchObject({
      verdict: 'exact',
      suggested: { kind: 'exact' },
      fits: true,
      workgroups: 3,
      workPerWorkgroup: expect.any(Number),
      reasons: [{ lines: [8], sentence: 'Only integers and copies reach it: every device gives the same bytes.' }],
    });
  });

  it('calls floats near, says why, and that an exact comparison does not fit', () => {
    const body = 'out[at + i] = bitcast<u32>(f32(i) * 0.1 + 0.3);';
    expect(lint(body)).toMatchObject({ verdict: 'tolerance', suggested: { kind: 'tolerance', abs: 1, maxOutlierShare: 0 }, fits: false });
    expect(lint(body, near)).toMatchObject({ verdict: 'tolerance', suggested: { abs: 1e-5, rel: 1e-4 }, fits: true });
    expect(lint('if (f32(i) * 0.1 > 0.15) { out[at + i] = 1u; }').suggested).toMatchObject({ maxOutlierShare: 0.01 });
  });

  it('finds a race within a workgroup, and points at the line', () => {
    const race = lint('tile[i] = i;\nout[at + i] = tile[3u - i];');
    expect(race).toMatchObject({ verdict: 'order', fits: false, reasons: [{ lines: [9] }] });
    expect(race.reasons[0]?.sentence).toMatch(/depends on which invocation runs first/);
    expect(lint('tile[i] = i;\nworkgroupBarrier();\nout[at + i] = tile[3u - i];').verdict).toBe('exact');
  });

  it('finds several invocations that write one place', () => {
    expect(lint('out[at] = i;')).toMatchObject({ verdict: 'order', reasons: [{ lines: [8] }] });
    expect(lint('out[at] = 7u;').verdict).toBe('exact');
  });

  it('finds what came first at an atomic, unless no byte shows it', () => {
    expect(lint('let mine = atomicAdd(&tally, 1u);\nout[at + mine] = i;')).toMatchObject({ verdict: 'order', reasons: [{ lines: [8] }] });
    const sorted = lint('let mine = atomicAdd(&tally, 1u);\nout[at + mine] = mine;');
    expect(sorted).toMatchObject({ verdict: 'exact', fits: true });
    expect(sorted.reasons.at(-1)?.sentence).toMatch(/atomicAdd\(\).*same bytes backwards/);
  });

  it('finds workgroups that depend on their neighbours', () => {
    const body = 'out[at + i] = out[(at + 8u) % 12u] + shard.first.x + id.x;';
    expect(lint(body).verdict).toBe('order');
  });

  it('shows nothing of a run that takes too long, and says so', () => {
    const endless = 'let mine = atomicAdd(&tally, 1u);\nloop { if (shard.count == 99u) { break; } }\nout[at + i] = mine;';
    const report = lint(endless);
    expect(report).toMatchObject({ verdict: 'exact', workgroups: 0, workPerWorkgroup: null });
    expect(report.reasons.at(-1)?.sentence).toMatch(/not run here/);
  });
});
