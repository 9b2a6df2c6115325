// groups 1 1 1
struct S { a: u32, b: vec3u, c: array<u32, 2> }
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32; var<private> pv: i32 = 5; var<private> base: u32;
fn put(value: u32) { if (cursor < 60u) { out[base + cursor] = value; cursor += 1u; } }
fn g(p: ptr<function, array<u32, 6>>, x: u32) -> u32 { let i = x % 6u; (*p)[i] += 3u; if ((x & 1u) == 0u) { return p[(i + 1u) % 6u]; } return x ^ p[i]; }
fn f0(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); let x0 = st.a;
  put(st.a);
 pv ^= 30i;
 return min(vec3u(x0, 26u, data[95u]).zyx, vec3u(x0, 3u, data[148u])).xxy[dot(vec3u(vec3u(vec3u(a, 1163450371u, data[50u]).xy, x0).xy, arr[ix + iy % 2u - iy % 2u]), vec3u(30u, 1670764575u, data[20u])) % 3u]; }
fn f1(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); let x1 = arr[select(vec3u(a, data[51u], a), (vec3u(a, 3551501974u, data[89u]) ^ vec3u(a, 3471234980u, data[155u])), ((data[0u] > 7u) && (data[106u] > 7u)))[m[3329449389u % 2u][(arr[ix] ^ (arr[iy] + arr[ix])) % 3u] % 3u] % 6u];
 if (!(((arr[ix + iy % 2u - iy % 2u] >= m[x1 % 2u][a % 3u]) & true))) { return (x1 << (u32(!((true == (data[139u] > 7u)))) & 31u)); } if (true) { let x2 = vec3u((vec3u(vec3u(a, 14u, data[41u]).xy, x1) * min(vec3u(data[176u], 16u, data[9u]), vec3u(39u, 11u, data[24u])))[min(vec3u(x1, 11u, data[3u]), vec3u(a, 15u, data[26u])).z % 3u], extractBits(firstLeadingBit(x1), data[159u] % 16u, arr[ix + iy % 2u - iy % 2u] % 16u), extractBits(~(bitcast<u32>(23i)), vec3u(vec3u(21u, 6u, data[20u]).xy, x1)[33u % 3u] % 16u, 7u % 16u));
var x3: u32 = dot(select((vec3u(x1, 3776144268u, a) * (x2 / x2)), vec3u(min(x2, x2).xy, min(a, x1)), (x1 != firstLeadingBit(a))), vec3u((x2.yzx / x2).xy, bitcast<u32>(bitcast<i32>(x1))));
 } else { pv ^= bitcast<i32>(extractBits(arr[ix + iy % 2u - iy % 2u], m[countTrailingZeros(a) % 2u][a % 3u] % 16u, vec3u(vec3u(a, 11u, data[152u]).xy, a)[(x1 >> (a & 31u)) % 3u] % 16u));
let x4 = 32u;
 }
 ix = x1 % 6u; arr[ix] += arr[iy];
 return 35u; }
fn f2(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); for (var k5 = data[3] % 3u; k5 < 4u; k5 += 2u) { var x6: u32 = k5;
let x7 = (firstLeadingBit(pv) < select((b ^ firstLeadingBit((-302098297i))), b, (extractBits(x6, 10u % 16u, a % 16u) != arr[ix])));
if (!((pv != firstLeadingBit(sign(b))))) { break; }
 }
  iy = arr[arr[ix] % 6u] % 6u;
 let x8 = b;
 return arr[data[65u] % 6u]; }
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) local: u32) { base = local * 60u;
var ix = 1u; var iy = local; var st = S(1u, vec3u(2u, 3u, 4u), array(5u, 6u)); var m = array<vec3u, 2>(vec3u(1u), vec3u(local)); var arr = array<u32, 6>(local, 1u, 2u, 3u, 4u, 5u);
{ var w9 = 0u; loop { w9 += 1u;  { let x10 = !(!((select(13i, 22i, (data[175u] > 7u)) < firstLeadingBit(bitcast<i32>(data[31u])))));
{ var w11 = 0u; loop { w11 += 1u;  { let x12 = select(st.b.y, f2((arr[ix] ^ (arr[iy] + arr[ix])), (bitcast<i32>(data[69u]) << (bitcast<u32>(bitcast<i32>(data[155u])) & 31u))), (3i != (-(bitcast<i32>(data[161u])) << (((local) - (local)) & 31u))));
var x13: i32 = bitcast<i32>(data[70u]);
 } continuing { pv += 1i; break if w11 > 4u || any(min(vec3u(f1(local, 38i), vec3u(local, 1545940437u, data[41u])[data[119u] % 3u], m[34u % 2u][local % 3u]), (vec3u(2255198777u, 25u, data[177u]) * 32u).xxy) == vec3u(local, 13u, data[93u])); } } }
 } continuing {  break if w9 > 4u || true; } } }
iy = dot((select(vec3u(local, 18u, data[150u]), vec3u(local, 20u, data[95u]), (data[8u] > 7u)) * ((data[80u]) ^ (local))).xxy, vec3u(local, 2814953278u, data[42u])) % 6u;
var x14: i32 = 19i;
switch (dot(vec3u(30u, 910331363u, data[73u]), vec3u(vec3u(2u, 1350006783u, data[128u]).xy, countTrailingZeros(local)).zyx) % 5u) { case 0u: { for (var k15 = 1u; k15 < 5u; k15 += 1u) { let x16 = ((((29i << (280862746u & 31u)) * (bitcast<i32>(data[142u]) * x14)) > pv) || true);
pv ^= -(select(select(x14, (x14 % x14), (x14 > x14)), x14, (8i < clamp(15i, -9i, 1000i))));
{ var w17 = 0u; loop { w17 += 1u; if ((pv == pv)) { continue; } { put(bitcast<u32>(x14));
if (x16) { continue; }
 } continuing {  break if w17 > 4u || (sign(((x14 ^ x14) >> (u32((data[104u] > 7u)) & 31u))) > 14i); } } }
 }
pv ^= -(((pv << (data[13u] & 31u)) % x14));
 } case 1u, 3u: {  { var x18: u32 = arr[ix];
 } } default: { pv ^= select(x14, select(-((x14 >> (local & 31u))), (sign(x14) ^ x14), ((x14 - x14) < x14)), (data[121u] > 7u));
 } }
switch (arr[iy] % 5u) { case 0u: { let x19 = select(dot((vec3u(local, 15u, data[175u]) + vec3u(local, 983815146u, data[36u])).xxy, (vec3u(local, local, local) / (vec3u(local, 2464816383u, data[161u]) * 36u))), g(&arr, local), !(!(!(true))));
let x20 = clamp(bitcast<i32>(st.a), -9i, 1000i);
 } case 1u, 3u: {  { let x21 = (vec3u((vec3u(local, 2146283526u, data[125u]) * reverseBits(3141275790u)).xy, arr[ix + iy % 2u - iy % 2u]) * arr[ix]);
 } } default: { let x22 = -(firstLeadingBit(x14));
 } }
var x23: vec3u = (vec3u(select(vec3u(local, 20u, data[122u]), vec3u(local, 34u, data[93u]), true).xy, vec3u(2u, 3938425597u, data[127u]).z).yzx | vec3u(local, 178269836u, data[28u]));
put(local);
{ var w24 = 0u; loop { w24 += 1u; if (true) { continue; } { var x25: bool = (local <= g(&arr, local));
for (var k26 = 0u; k26 < 3u + st.a % 4u; k26 += 1u) { x14 = -(x14);
for (var k27 = data[3] % 3u; k27 < 4u; k27 ++) { var x28: u32 = (f2(st.a, pv) << (k27 & 31u));
var x29: i32 = pv;
x25 = (29i == pv);
 }
for (var k30 = 1u; k30 < 5u; k30 ++) { m[k26 % 2u] = (vec3u(vec3u(x23.xy, k26).xy, u32(x25)) * ((f2(k30, 12i)) & (m[local % 2u][k26 % 3u]))).xxy;
put(bitcast<u32>((-1037450630i)));
put(((select((x23 * local).x, arr[ix + iy % 2u - iy % 2u], (local < dot(x23, vec3u(data[194u], 7u, data[109u]))))) & (select(st.b.y, arr[k26 % 6u], (local < u32(x25))))));
 }
 }
 } continuing { pv += 1i; break if w24 > 4u || (local != arr[m[st.b.y % 2u][extractBits(data[5u], local % 16u, data[146u] % 16u) % 3u] % 6u]); } } }
for (var k31 = data[3] % 3u; k31 < 3u + st.a % 4u; k31 += 1u) { pv ^= pv;
var x32: i32 = select(pv, sign(bitcast<i32>(extractBits(10u, k31 % 16u, k31 % 16u))), (-((x14 >> (local & 31u))) == x14));
switch (25u % 5u) { case 0u: { if (((dot(vec3u(local, 34u, k31), min(x23, x23)) >= bitcast<u32>(abs(x32))) == (bitcast<u32>(x14) > data[66u]))) { let x33 = x23;
iy = k31 % 6u;
 } else { put(arr[ix + iy % 2u - iy % 2u]);
ix = ((extractBits(min(x23, vec3u(32u, 2u, data[51u]))[4u % 3u], st.b.y % 16u, data[75u] % 16u)) / (k31)) % 6u;
 }
let x34 = (((clamp(x32, -9i, 1000i) << (15u & 31u)) << (extractBits(local, arr[ix + iy % 2u - iy % 2u] % 16u, u32((data[152u] > 7u)) % 16u) & 31u)) > pv);
 } case 1u, 3u: { if (!(any(vec3u(x23.xy, vec3u(34u, 4196379187u, data[35u]).z) == vec3u(39u, 2470794356u, data[117u])))) { break; } { x32 ^= clamp(bitcast<i32>(min(x23, x23)[((8u) ^ (local)) % 3u]), -9i, 1000i);
 } } default: { for (var k35 = data[3] % 3u; k35 < 3u + st.a % 4u; k35 += 1u) { x32 ^= -(-(clamp(x32, -9i, 1000i)));
st.b = vec3u(data[173u], m[extractBits((856904778u >> (k31 & 31u)), st.a % 16u, bitcast<u32>(8i) % 16u) % 2u][st.b.y % 3u], arr[ix]);
let x36 = (pv < bitcast<i32>(extractBits(k31, arr[ix + iy % 2u - iy % 2u] % 16u, (data[175u] >> (data[171u] & 31u)) % 16u)));
 }
 } }
 }
x23.x = st.a;
put(local);put(bitcast<u32>(x14));put(x23.x + x23.y * 3u + x23.z * 7u);for (var z = 0u; z < 6u; z++) { put(arr[z]); } put(st.a); put(st.b.x + st.b.y * 5u + st.b.z * 9u); put(dot(m[0], m[1])); put(bitcast<u32>(pv));
}