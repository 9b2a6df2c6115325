// Parts of the language one by one, each with the numbers it must give.
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { runStatements, runWgsl } from './run-wgsl.ts';

const first = (values: Uint32Array | Int32Array | Float32Array, count: number): number[] => [...values.subarray(0, count)];

describe('constants', () => {
  it('evaluates abstract numbers in full precision', () => {
    const r = runStatements(
      'const a = 1 << 40; const b = a >> 38; out[0] = u32(b); out[1] = u32(0.1 + 0.2 == 0.3); const c = 0xffffffff; out[2] = c;',
    );
    expect(first(r.u32('out'), 3)).toEqual([4, 0, 0xffffffff]);
  });
  it('sizes arrays and workgroups by constants and overrides', () => {
    const wgsl = `override N: u32 = 3; const M = N_HALF * 2; const N_HALF = 2;
      @group(0) @binding(0) var<storage, read_write> out: array<u32>;
      var<workgroup> w: array<u32, N + 1>;
      @compute @workgroup_size(M, 1) fn main(@builtin(local_invocation_index) i: u32) { w[i % (N + 1)] = i; workgroupBarrier(); out[i] = w[N] + N * 10; }`;
    expect(first(runWgsl(wgsl, { out: new Uint32Array(4) }).u32('out'), 4)).toEqual([33, 33, 33, 33]);
    expect(first(runWgsl(wgsl, { out: new Uint32Array(4) }, { overrides: { N: 2 } }).u32('out'), 1)).toEqual([22]);
  });
  it('holds const_assert', () => {
    expect(() => runStatements('const_assert 1 + 1 == 3;')).toThrow(/const_assert/);
    runStatements('const_assert 1 + 1 == 2; out[0] = 1u;');
  });
  it('indexes constant tables at run time', () => {
    const r = runStatements('for (var i = 0u; i < arrayLength(&out); i++) { out[i] = T[i % 5u]; }', {
      before: 'const T = array(3u, 1u, 4u, 1u, 5u);',
      count: 7,
    });
    expect(first(r.u32('out'), 7)).toEqual([3, 1, 4, 1, 5, 3, 1]);
  });
  it('parses a--b, templates and shifts apart', () => {
    const r = runStatements(
      'let a = 5i; let b = 2i; out[0] = u32(a--b); let v = vec2<i32>(a,b); out[1] = u32(a<b) + u32(a>b); out[2] = u32(64i>>1u); var q: array<vec2<u32>,2>= array<vec2<u32>,2>(); q[1].y = 8u; out[3]=q[1].y >>1u; out[4] = u32(v.x);',
    );
    expect(first(r.u32('out'), 5)).toEqual([7, 1, 32, 4, 5]);
  });
  it('reads number literals', () => {
    const r = runStatements('out[0] = 0x1p-2; out[1] = 1e3f; out[2] = .5; out[3] = 0X1.8P1; out[4] = 12f; out[5] = 1.e1;', { type: 'f32' });
    expect(first(r.f32('out'), 6)).toEqual([0.25, 1000, 0.5, 3, 12, 10]);
  });
});

describe('order of evaluation', () => {
  const before = 'var<private> n: u32; fn next() -> u32 { n += 1u; return n; } fn two(a: u32, b: u32) -> u32 { return a * 10u + b; }';
  it('goes from left to right and sees effects', () => {
    const r = runStatements(
      'out[0] = two(next(), next()); out[1] = n + next() * 10u; out[2] = next() - n; var a = array<u32, 3>(); a[next() % 3u] = next(); out[3] = a[2]; out[4] = a[1];',
      { before },
    );
    // n: 1, 2 -> 12; 2 + 3 * 10; 4 - 4; a[5 % 3] = 6
    expect(first(r.u32('out'), 5)).toEqual([12, 32, 0, 6, 0]);
  });
  it('evaluates the index of a compound assignment once', () => {
    const r = runStatements('var a = array<u32, 8>(); a[next()] += 5u; a[next()]++; out[0] = n; out[1] = a[1]; out[2] = a[2];', { before });
    expect(first(r.u32('out'), 3)).toEqual([2, 5, 1]);
  });
  it('skips the right side of && and ||', () => {
    const r = runStatements(
      'let f = n == 1u && next() == 1u; let t = n == 0u || next() == 1u; out[0] = n; if (n == 0u && next() == 1u) { out[1] = n; } out[2] = u32(f) + u32(t);',
      { before },
    );
    expect(first(r.u32('out'), 3)).toEqual([0, 1, 1]);
  });
});

describe('loops', () => {
  it('counts short loops out with the same result', () => {
    const body = (to: string): string =>
      `var s = 0u; for (var i = 2u; i < ${to}; i += 3u) { let k = i * i; s = s * 31u + k; var j = s; j += 1u; s ^= j; } out[0] = s;`;
    const unrolled = runStatements(body('17u')).u32('out')[0];
    const looped = runStatements(`let end = 17u + out[15]; ${body('end')}`).u32('out')[0];
    expect(unrolled).toBe(looped);
  });
  it('does not count out a loop that changes its counter', () => {
    const r = runStatements(
      'var turns = 0u; for (var i = 0u; i < 10u; i += 1u) { i += 2u; turns += 1u; } out[0] = turns; var t = 0u; for (var i = 0; i < 9; i++) { let p = &i; *p += 1; t++; } out[1] = t;',
    );
    expect(first(r.u32('out'), 2)).toEqual([4, 5]);
  });
  it('clamps an index that an increment inside the loop pushes out', () => {
    const r = runStatements(
      'var a = array<u32, 4>(1u, 2u, 3u, 4u); let n = 4u + out[9]; for (var i = 0u; i < n; i += 1u) { out[i] = a[i + 1u]; }',
    );
    expect(first(r.u32('out'), 4)).toEqual([2, 3, 4, 4]);
  });
  it('clamps with signed counters that start below zero', () => {
    const r = runStatements(
      'var a = array<u32, 4>(1u, 2u, 3u, 4u); var s = 0u; for (var i = i32(out[9]) - 2; i < 4; i++) { s = s * 10u + a[i]; } out[0] = s;',
    );
    expect(first(r.u32('out'), 1)).toEqual([441234]);
  });
});

describe('memory', () => {
  it('starts workgroup, private and function variables at zero, for each workgroup anew', () => {
    const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>;
      var<workgroup> w: array<u32, 4>; var<private> p = 3u; var<private> q: array<u32, 3>;
      @compute @workgroup_size(2) fn main(@builtin(global_invocation_id) id: vec3u) {
        var f: array<u32, 20>; out[id.x] = w[id.x % 4u] + p + q[1] + f[id.x];
        p += 5u; q[1] = 9u; f[id.x] = 7u; workgroupBarrier(); w[id.x % 4u] = 8u; }`;
    expect(first(runWgsl(wgsl, { out: new Uint32Array(8) }, { groups: [4, 1, 1] }).u32('out'), 8)).toEqual(new Array(8).fill(3));
  });
  it('reads num_workgroups and passes workgroup ids', () => {
    const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>;
      struct In { @builtin(num_workgroups) n: vec3u, @builtin(workgroup_id) w: vec3u }
      @compute @workgroup_size(1) fn main(in: In) { out[in.w.x + in.w.y * in.n.x + in.w.z * in.n.x * in.n.y] = in.w.x + 10 * in.w.y + 100 * in.w.z + 1000 * in.n.x; }`;
    const r = runWgsl(wgsl, { out: new Uint32Array(12) }, { groups: [2, 3, 2] });
    expect(first(r.u32('out'), 12)).toEqual([2000, 2001, 2010, 2011, 2020, 2021, 2100, 2101, 2110, 2111, 2120, 2121]);
    expect(compile(wgsl).reflection.usesNumWorkgroups).toBe(true);
  });
  it('clamps reads and writes of short runtime arrays', () => {
    const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>; @group(0) @binding(1) var<storage, read_write> few: array<u32>;
      @compute @workgroup_size(1) fn main() { few[5] = 3u; few[i32(out[3]) - 1] += 4u; out[0] = arrayLength(&few); out[1] = few[1000000000u]; }`;
    const r = runWgsl(wgsl, { out: new Uint32Array(4), few: new Uint32Array(2) });
    expect([first(r.u32('out'), 2), first(r.u32('few'), 2)]).toEqual([
      [2, 7],
      [0, 7],
    ]);
  });
});

describe('barriers', () => {
  it('multiplies tiled matrices as one long loop does', () => {
    const n = 32;
    const wgsl = `const T = 8u; @group(0) @binding(0) var<storage, read> a: array<f32>; @group(0) @binding(1) var<storage, read> b: array<f32>; @group(0) @binding(2) var<storage, read_write> c: array<f32>;
      var<workgroup> ta: array<array<f32, T>, T>; var<workgroup> tb: array<array<f32, T>, T>;
      @compute @workgroup_size(T, T) fn main(@builtin(local_invocation_id) l: vec3u, @builtin(global_invocation_id) g: vec3u) {
        var acc = 0.0;
        for (var t = 0u; t < ${n}u / T; t++) {
          ta[l.y][l.x] = a[g.y * ${n}u + t * T + l.x]; tb[l.y][l.x] = b[(t * T + l.y) * ${n}u + g.x];
          workgroupBarrier();
          for (var k = 0u; k < T; k++) { acc += ta[l.y][k] * tb[k][l.x]; }
          workgroupBarrier();
        }
        c[g.y * ${n}u + g.x] = acc; }`;
    const a = Float32Array.from({ length: n * n }, (_, i) => ((i * 37) % 101) / 7);
    const b = Float32Array.from({ length: n * n }, (_, i) => ((i * 53) % 97) / 11);
    const got = runWgsl(wgsl, { a, b, c: new Float32Array(n * n) }, { groups: [n / 8, n / 8, 1] }).f32('c');
    const want = Float32Array.from({ length: n * n }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum = Math.fround(sum + Math.fround((a[Math.floor(i / n) * n + k] ?? 0) * (b[k * n + (i % n)] ?? 0)));
      return sum;
    });
    expect(got).toEqual(want);
  });
  it('returns some invocations early after the last barrier', () => {
    const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>; var<workgroup> w: array<u32, 4>;
      fn tail(i: u32) -> u32 { workgroupBarrier(); if (i > 2u) { return 50u; } return w[3u - i]; }
      @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { w[i] = i + 1u; let t = tail(i); workgroupBarrier(); if (i == 1u) { return; } out[i] = t; }`;
    expect(first(runWgsl(wgsl, { out: new Uint32Array(4) }).u32('out'), 4)).toEqual([4, 0, 2, 50]);
  });
  it('leaves lifted loops by break, continue and switch', () => {
    const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>; var<workgroup> w: u32;
      @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
        var n = 0u; var k = i;
        loop { n += 1u; if (n == 3u) { continue; } k += n; workgroupBarrier(); if (i == 0u) { w = n; } workgroupBarrier();
          switch (workgroupUniformLoad(&w)) { case 5u: { k += 100u; break; } case 6u: { workgroupBarrier(); k += 1000u; } default: { k += 1u; } }
          if (n > 6u) { break; } }
        out[i] = k; }`;
    // n runs 1..7, 3 adds nothing: sum 25, four ones (1, 2, 4, 7), 100, 1000.
    expect(first(runWgsl(wgsl, { out: new Uint32Array(4) }).u32('out'), 4)).toEqual([1129, 1130, 1131, 1132]);
  });
});

describe('indices that are clamped once and used again', () => {
  it('are computed anew where the variable has changed', () => {
    const r = runStatements(`var a = array<u32, 5>(1u, 2u, 3u, 4u, 5u); var i = out[9]; var s = a[i];
      for (var k = out[9]; k < 3u; k++) { s = s * 10u + a[i]; if (k == 1u) { i = 3u; } s = s * 10u + a[i]; i += 1u; }
      loop { s = s * 10u + a[i]; if (i > 3u) { i = 0u; continue; } i = 9u; break; continuing { s = s + a[i]; } }
      out[0] = s; out[1] = a[i];`);
    // 1, then 1 1, 2 4, 5 5 by turns; then 5 (clamped to the last) + 1, and 1.
    expect(first(r.u32('out'), 2)).toEqual([111245561, 5]);
  });
});
