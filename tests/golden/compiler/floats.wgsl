// groups 1 1 1
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32;
const THIRD = 1.0 / 3.0;
const ROOT = sqrt(2.0) * 2.0;
fn put(value: u32) { out[cursor] = value; cursor += 1u; }
fn putf(value: f32) { put(bitcast<u32>(value)); }
@compute @workgroup_size(1)
fn main() {
  putf(THIRD); putf(ROOT * 10); putf(0x1.8p3); putf(1e-3); putf(f32(7 / 2)); putf(7 / 2.0); put(u32(10.0 / 3));
  for (var i = 0u; i < 6u; i++) {
    let x = f32(bitcast<i32>(data[i])) / 65536.0;
    let y = f32(data[i + 3u] >> 20u) / 16.0 + 0.5;
    putf(x + y); putf(x - y); putf(x * y); putf(floor(x)); putf(ceil(x)); putf(trunc(x)); putf(round(y)); putf(fract(x)); putf(abs(x)); putf(sign(x));
    putf(min(x, y)); putf(max(x, y)); putf(clamp(x, -2.0, 2.0)); putf(saturate(x)); putf(step(x, y)); putf(-x); put(u32(x < y)); put(u32(x >= y));
    putf(select(x, y, x > 0.0)); putf(f32(data[i] >> 8u)); putf(ldexp(y, 3)); putf(trunc(x) + 0.5);
    let m = modf(x); putf(m.whole); putf(m.fract); let f = frexp(y); putf(f.fract); put(bitcast<u32>(f.exp));
    let c = cross(vec3f(1.0, 2.0, 3.0), vec3f(4.0, f32(i), 6.0)); putf(c.x); putf(c.y); putf(c.z); putf(dot(vec2f(1.0, 2.0), vec2f(3.0, f32(i))));
    put(pack2x16float(vec2f(y, -0.25))); let h = unpack2x16float(0x3c00c000u + i); putf(h.x); putf(h.y); putf(quantizeToF16(y));
    put(pack4x8unorm(vec4f(0.0, 1.0, 0.5, y))); put(pack4x8snorm(vec4f(0.0, 1.0, -0.6, -y)));
    putf(faceForward(vec2f(1.0), vec2f(y), vec2f(-1.0)).x);
  }
  let bits = bitcast<vec2f>(vec2u(0x3f800000u, 0x40490fdbu)); putf(bits.x + bits.y);
  putf(mix(1.0, 3.0, 0.25)); putf(fma(2.0, 3.0, 4.0));
}
