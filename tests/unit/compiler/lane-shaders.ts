// Shaders whose invocations part ways in every manner there is, for vectorize.test.ts. `me` is the invocation, `x` a number of its own.

export interface LaneShader {
  readonly before?: string;
  readonly body: string;
}

export const laneShaders: Readonly<Record<string, LaneShader>> = {
  'straight arithmetic': {
    body: `let f = f32(x & 1023u) * 0.5 + floats[me % 200u]; out[me] = (x * 3u + (x >> 5u)) ^ (x << 3u);
      out[me + 256u] = bitcast<u32>(sqrt(abs(f)) + floor(f) * ceil(f * 0.25) - trunc(f) + round(f));
      out[me + 512u] = bitcast<u32>(min(f, 3.5) + max(f, -2.0) + clamp(f, -1.0, 1.0) + sign(f) + f / 3.0);
      out[me + 768u] = u32(i32(f)) + u32(f) + u32(f32(i32(x))) + u32(select(f, -f, x > 77u) > 1.0);`,
  },
  'per lane integers': {
    body: `let d = data[(me + 3u) % 251u] & 15u; let s = i32(x); let t = i32(d) - 7;
      out[me] = x / d + x % d; out[me + 256u] = u32(s / t) + u32(s % t) + x / 8u + x % 32u + x / 7u;
      out[me + 512u] = countLeadingZeros(x) + countTrailingZeros(d) * 64u + countOneBits(x) * 4096u + firstLeadingBit(d);
      out[me + 768u] = (x << d) + (x >> d) + u32(s >> d) + extractBits(x, d, 5u) + insertBits(x, d, 3u, 9u) + reverseBits(x);`,
  },
  'bools in vectors and locals': {
    body: `var p = x > 1000000000u; let q = (me & 1u) == 1u; if (p && !q) { p = me > 5u; } let r = p || (q && x < 3000000000u);
      let b = vec4<bool>(p, q, r, p != q); out[me] = select(1u, 2u, p) + select(4u, 8u, q) * 2u + u32(r) * 64u + u32(any(b)) * 128u + u32(all(b)) * 256u;
      out[me + 256u] = u32(p == q) + u32(p & q) + u32(p | r);`,
  },
  'if and else': {
    body: `var a = x; var b = me; if ((x & 3u) == 0u) { a = a * 7u; b += a; } else if ((x & 3u) == 1u) { let t = a; a = b; b = t; } else { a ^= b; }
      out[me] = a; out[me + 256u] = b; if (group.x == 1u) { out[me + 512u] = a + b; } else { out[me + 512u] = a - b; }`,
  },
  'stores under a condition': {
    body: `if ((x & 1u) == 0u) { out[me] = x; out[me * 3u % 256u + 256u] = me; } else { out[me] = me; } if (me % 3u == 0u) { out[900u] = 17u; }`,
  },
  'loads under a condition': {
    body: `var s = 1u; if ((x & 2u) == 0u) { s += data[x % 250u]; s += data[me]; s += data[5u]; } else { s = data[me * 2u % 250u]; } out[me] = s;`,
  },
  'a loop all leave together': {
    body: `var s = 0u; for (var i = 0u; i < 17u + group.x; i++) { s = s * 3u + data[i + group.x] + x; } out[me] = s;`,
  },
  'a loop each leaves on its own': {
    body: `var n = 0u; var v = x; while (v > 1000u) { v = v / 2u + (v & 1u); n += 1u; if (n > 40u) { break; } } out[me] = n; out[me + 256u] = v;`,
  },
  'break, continue and continuing': {
    body: `var s = 0u; var i = 0u; loop { if (i >= (x & 31u)) { break; } if ((i & 3u) == (x & 3u)) { s += 100u; continue; } s += i * x; if (s > 4000000000u) { break; }
      continuing { i += 1u; s += 1u; break if i == 29u; } } out[me] = s; out[me + 256u] = i;`,
  },
  'loops in loops': {
    body: `var s = 0u; for (var i = 0u; i < (x & 7u); i++) { for (var j = i; j < 9u; j++) { if (j == (me & 7u)) { break; } if (((i + j) & 1u) == 1u) { continue; } s += i * 10u + j; }
      if (s > 300u) { break; } s += 1u; } out[me] = s;`,
  },
  'a uniform loop in a divergent one': {
    body: `var s = 1u; var n = 0u; while (s < (x & 65535u)) { for (var k = 0u; k < 4u; k++) { s += data[k] & 255u; } n++; } out[me] = s + n * 65536u;`,
  },
  'a counter carried from loop to loop': {
    body: `var k = 0u; var s = 0u; for (var i = 0u; i < 5u; i++) { loop { k += 1u; s += k; if ((k + x) % 3u == 0u) { break; } } s += 10u; } out[me] = s; out[me + 256u] = k;`,
  },
  'a counter read behind its loop': {
    body: `var i = 0u; for (; i < 50u; i++) { if (i * i > (x & 1023u)) { break; } } out[me] = i; var j = 3u; if ((x & 1u) == 1u) { j = 5u; for (; j < 9u; j++) { out[me + 256u] += j; } } out[me + 512u] = j;`,
  },
  'returns early': {
    body: `out[me] = 1u; if ((x & 3u) == 0u) { return; } out[me] = 2u; for (var i = 0u; i < 10u; i++) { if (i == (x & 15u)) { return; } out[me] += i; } out[me + 256u] = x;`,
  },
  'all return': { body: `if (group.x == 1u) { return; } out[me] = x; if (x >= 0u) { return; } out[me] = 7u;` },
  switches: {
    body: `var s = 0u; for (var i = 0u; i < 6u; i++) { switch ((x >> i) & 7u) { case 0u, 3u { s += 1u; } case 1u { if ((x & 64u) == 0u) { break; } s += 5u; continue; } case 6u { s *= 3u; } default { s ^= x; } } s += 2u; }
      switch (group.x) { case 0u { s += 1u; } case 1u { s += me; } default { if (x > 99u) { break; } s = 0u; } } out[me] = s;`,
  },
  'a switch in a loop that breaks out of both': {
    body: `var s = x; loop { switch (s & 3u) { case 0u { s = s / 2u + 1u; continue; } case 1u { s -= 1u; } default { s = s / 3u; } } if (s < 10u) { break; } } out[me] = s;`,
  },
  'functions with many returns': {
    before: `fn pick(x: u32, y: u32) -> u32 { if (x % 3u == 0u) { return y; } for (var i = 0u; i < 8u; i++) { if (((x >> i) & 1u) == 1u) { if (y > i) { return i; } y2 += i; } } return x + y2; }
      var<private> y2: u32;`,
    body: `out[me] = pick(x, me & 7u); out[me + 256u] = pick(me, x & 3u) + y2;`,
  },
  'arrays of each invocation': {
    body: `var a: array<u32, 20>; for (var i = 0u; i < 20u; i++) { a[i] = x * i; } a[x % 20u] += 5u; if ((x & 1u) == 1u) { a[3] = 1u; a[me % 20u] = 2u; }
      var s = 0u; for (var i = 0u; i < 20u; i++) { s = s * 31u + a[i]; } let b = a; out[me] = s + b[x % 20u] + b[(x / 5u) % 20u];`,
  },
  'an array of a divergent loop': {
    body: `var s = 0u; for (var i = 0u; i < (x & 7u); i++) { var a: array<u32, 40>; a[i] = x; a[(x + i) % 40u] += 3u; for (var k = 0u; k < 40u; k++) { s += a[k] * k; } } out[me] = s;`,
  },
  'private variables': {
    before: `var<private> p: array<u32, 8> = array<u32, 8>(1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u); var<private> q: vec3u; struct S { a: u32, b: array<f32, 3>, c: vec2u } var<private> st: S;`,
    body: `p[x & 7u] += x; q[me % 3u] = x; st.b[me % 3u] = f32(me); st.c = vec2u(me, x); if ((me & 1u) == 0u) { st.a = 7u; let t = st; st.b = t.b; q.x += t.c.y; }
      out[me] = p[0] + p[me & 7u] * 3u + q.x + q.y * 5u + q.z; out[me + 256u] = st.a + u32(st.b[2]) + st.c.x;`,
  },
  'atomics at one place': {
    body: `atomicAdd(&sums[1], x); atomicSub(&sums[2], me); atomicMax(&sums[3], x); atomicMin(&sums[4], x); atomicOr(&sums[5], x); atomicXor(&sums[6], x); if ((x & 1u) == 1u) { atomicAdd(&sums[7], 1u); atomicAnd(&sums[8], x); atomicXor(&sums[9], me); }`,
  },
  'atomics of many groups': {
    body: `out[me] = 5u; let ticket = atomicAdd(&sums[14], 1u); for (var i = 0u; i < 3u; i++) { out[me + 256u] += data[i] * x; atomicAdd(&sums[13], i); }`,
  },
  'ids of every axis': {
    body: `out[me] = local.x + local.y * 16u + local.z * 256u + (id.x << 12u) + (id.y << 20u); out[me + 256u] = data[local.y * 7u + local.x]; if (local.x == 1u) { out[me + 512u] = id.z + index; }`,
  },
  'sums that groups share': {
    before: `var<workgroup> w: array<array<f32, 16>, 16>;`,
    body: `w[index / 16u % 16u][index % 16u] = f32(x & 255u); workgroupBarrier(); var s = 0.0; for (var k = 0u; k < 16u; k++) { s += w[local.y][k] * w[k][local.x & 15u]; if (k == group.x) { s *= 2.0; } } out[me] = bitcast<u32>(s);`,
  },
  'groups that part in a shared loop': {
    before: `var<workgroup> w: array<f32, 64>;`,
    body: `w[index % 64u] = f32(x & 255u); workgroupBarrier(); var s = 0.0; var t = 0.0; for (var k = 0u; k < 16u; k++) { let f = w[k]; s += f * w[63u - (local.x & 31u)]; if (local.x > 9u) { let at = 7u + local.x - local.y; t += f * w[at & 63u]; } } out[me] = bitcast<u32>(s); out[me + 256u] = bitcast<u32>(t);`,
  },
  'an index that only its condition keeps inside': {
    before: `var<workgroup> w: array<u32, 64>;`,
    body: `w[index % 64u] = x; workgroupBarrier(); let at = select(x, index, (x & 1u) == 0u); if (at < 64u) { out[me] = w[at] + 1u; } out[me + 256u] = at;`,
  },
  'only the first invocations': {
    before: `var<workgroup> w: array<u32, 64>;`,
    body: `w[index % 64u] = x; workgroupBarrier(); if (index < 6u) { w[index] += w[index + 1u] * 3u; } workgroupBarrier(); if (index < group.x * 3u) { atomicAdd(&sums[2], w[index]); out[me + 256u] = x; } workgroupBarrier(); if (index == 0u) { out[me] = w[3]; } workgroupBarrier(); out[me + 512u] = w[index % 9u];`,
  },
  'atomics that give an order': {
    body: `let at = atomicAdd(&sums[1], 1u); out[at] = x; if ((x & 1u) == 0u) { let old = atomicExchange(&sums[2], x); out[me + 256u] = old; }
      let r = atomicCompareExchangeWeak(&sums[3], 0u, me + 1u); out[me + 512u] = r.old_value + u32(r.exchanged) * 1000u; atomicAdd(&sums[4 + (x & 7u)], me);`,
  },
  'workgroup memory and barriers': {
    before: `var<workgroup> w: array<u32, 64>; var<workgroup> total: atomic<u32>;`,
    body: `w[index] = x; var keep = x * 3u; let f = f32(x) * 0.5; workgroupBarrier(); var s = 0u; for (var i = 0u; i < 64u; i++) { s += w[i] * (i + 1u); } keep += w[(index + 1u) % 64u];
      workgroupBarrier(); w[index] = s + keep; atomicAdd(&total, keep); workgroupBarrier(); out[me] = w[(index * 7u) % 64u] + keep + bitcast<u32>(f) + atomicLoad(&total);`,
  },
  'barriers in a loop': {
    before: `var<workgroup> w: array<u32, 64>;`,
    body: `w[index] = x; var a: array<u32, 12>; a[index % 12u] = x; workgroupBarrier(); for (var half = 32u; half > 0u; half /= 2u) { if (index < half) { w[index] += w[index + half]; a[half % 12u] += 1u; } workgroupBarrier(); }
      out[me] = w[0] + a[index % 12u] + a[4];`,
  },
  'indices past the end': {
    body: `out[me + 1020u] = 5u; let i = i32(me) - 3; out[me] += data[i] + data[me * 4u] + data[1000000u + me]; if (me < 100000u) { out[me + 256u] = data[me + 250u]; }`,
  },
  'strides and vectors': {
    body: `let v = vec4f(floats[me % 200u], floats[(me + 1u) % 200u], 2.0, f32(me)); let m = mat2x2f(v.x, v.y, v.z, v.w); let r = m * v.xy + normalize(v.zw) * dot(v, v);
      out[me] = bitcast<u32>(r.x); out[me * 2u % 256u + 256u] = bitcast<u32>(r.y); out[1023u - me] = bitcast<u32>(length(v.xyz) + distance(v.xy, v.zw));`,
  },
  'mathematics of f64': {
    body: `let f = floats[me % 200u]; out[me] = bitcast<u32>(sin(f) + exp(f * 0.1)); if ((x & 1u) == 0u) { out[me + 256u] = bitcast<u32>(pow(abs(f), 1.5) + log(abs(f) + 1.0)); }
      out[me + 512u] = bitcast<u32>(atan2(f, 3.0)) + pack2x16float(vec2f(f, f * 2.0)) + bitcast<u32>(ldexp(f, i32(x & 7u))) + pack4x8snorm(vec4f(f, 0.5, -0.5, f * 0.01));`,
  },
  'values that choose a side': {
    body: `var s = 0u; for (var i = 0u; i < 40u; i++) { if ((i < (x & 63u) && data[i + (x & 15u)] > 2000000000u) || ((x & 256u) == 0u && data[x % 100u + i] < 3000000000u)) { s += i; } } out[me] = s;`,
  },
  'a large function called twice': {
    before: `fn mix3(a: u32, b: u32) -> vec3u { var v = vec3u(a, b, a ^ b); for (var i = 0u; i < 5u; i++) { v.x = v.x * 1664525u + 1013904223u; v.y ^= v.x >> 3u; v.z += v.y * v.x; if (v.z % 5u == 0u) { v.z += 1u; continue; } v.x ^= v.z << 2u; v = v.yzx; v.x += countOneBits(v.y); v.y += v.x / (v.z | 1u);
      v.z -= v.x % (v.y | 3u); if (v.x == v.y) { return v; } v.x += 1u; v.y += v.x * 3u; v.z ^= v.y; v.x += 1u; v.y += v.x * 3u; v.z ^= v.y; v.x += 1u; v.y += v.x * 3u; v.z ^= v.y; v.x += 1u; v.y += v.x * 3u; v.z ^= v.y; v.x += 1u; v.y += v.x * 3u; v.z ^= v.y; v.x += 1u; v.y += v.x * 3u; v.z ^= v.y; } return v; }`,
    body: `let a = mix3(x, me); var b = vec3u(1u); if ((x & 1u) == 1u) { b = mix3(a.x, a.y); } let c = mix3(group.x, 7u); out[me] = a.x + b.y + c.z; out[me + 256u] = a.z ^ b.x ^ c.y;`,
  },
};
