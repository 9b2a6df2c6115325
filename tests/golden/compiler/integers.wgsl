// groups 1 1 1
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32;
fn put(value: u32) { out[cursor] = value; cursor += 1u; }
fn puti(value: i32) { put(bitcast<u32>(value)); }
const BIG = 0x7fffffff;
const MASKS = array<u32, 4>(1u << 3, 0xffu & 0xf0f0u, ~0u >> 4u, 6 ^ 3);
@compute @workgroup_size(1)
fn main() {
  for (var i = 0u; i < 6u; i++) {
    let a = data[i];
    let b = data[i + 1u] >> (i * 5u);
    let x = bitcast<i32>(a);
    let y = bitcast<i32>(b);
    put(a + b); put(a - b); put(a * b); put(a / b); put(a % b);
    puti(x / y); puti(x % y); puti(x >> (b & 63u)); put(a << (b & 31u)); put(a >> (b & 31u));
    put(a & b); put(a | b); put(a ^ b); put(~a); puti(-x);
    put(u32(a < b)); put(u32(x < y)); put(u32(a >= b)); put(u32(x == y));
    put(min(a, b)); put(max(a, b)); puti(min(x, y)); puti(max(x, y)); puti(abs(x)); puti(sign(x)); put(clamp(a, 100u, 1u << 30u));
    put(countOneBits(a)); put(countLeadingZeros(b)); put(countTrailingZeros(a)); put(reverseBits(a));
    put(firstLeadingBit(b)); puti(firstLeadingBit(x)); put(firstTrailingBit(a)); puti(firstTrailingBit(0));
    put(extractBits(a, i * 3u, 9u)); puti(extractBits(x, i * 3u, 9u)); put(insertBits(a, b, i * 4u, 12u)); put(extractBits(a, 30u + (i & 0u), 10u)); put(insertBits(a, b, 40u + (i & 0u), 2u));
    put(dot4U8Packed(a, b)); puti(dot4I8Packed(a, b));
    let v = unpack4xI8(a); put(pack4xI8(v)); put(pack4xI8Clamp(v * 3)); put(pack4xU8(unpack4xU8(b))); put(pack4xU8Clamp(unpack4xU8(a) * 2u));
    puti(dot(vec3i(x, y, 3), vec3i(7, x, y)));
    put(MASKS[i & 3u]);
  }
  let zero = data[0] & 0u;
  put(5u / zero); put(5u % zero); puti(-5 / i32(zero)); puti(-5 % i32(zero));
  let lowest = i32(0x80000000u + zero);
  puti(lowest / (i32(zero) - 1)); puti(lowest % (i32(zero) - 1)); puti(abs(lowest)); puti(-lowest);
  puti(BIG); put(u32(BIG) * 2u + 1u); puti(i32(4294967295u)); puti(-7 / 2); puti(-7 % 3);
  put(u32(-1.5 + f32(zero))); put(u32(4e9 + f32(zero))); put(u32(5e9 + f32(zero))); puti(i32(-3e9 + f32(zero))); puti(i32(2.99 + f32(zero)));
  put(u32(true)); puti(i32(false)); put(u32(bool(data[3])));
  let vs = vec4u(1u, 2u, 3u, 4u) << vec4u(data[1] & 3u);
  put(vs.x + vs.y * vs.z + vs.w); put(u32(any(vs > vec4u(8u)))); put(u32(all(vs >= vec4u(1u))));
  let sel = select(vec4i(1), vec4i(2, 3, 4, 5), vs > vec4u(4u)); puti(sel.x + sel.y * 10 + sel.z * 100 + sel.w * 1000);
}
