// groups 1 1 1
struct S { a: u32, b: vec3u, c: array<u32, 2> }
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32; var<private> pv: i32 = 5; var<private> base: u32;
fn put(value: u32) { if (cursor < 60u) { out[base + cursor] = value; cursor += 1u; } }
fn g(p: ptr<function, array<u32, 6>>, x: u32) -> u32 { let i = x % 6u; (*p)[i] += 3u; if ((x & 1u) == 0u) { return p[(i + 1u) % 6u]; } return x ^ p[i]; }
var<workgroup> wg: array<u32, 4>;
fn f0(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); arr[ix] = min(((vec3u(a, 1853920191u, data[101u]) * a) / vec3u(vec3u(30u, 38u, data[23u]).xy, a)), vec3u(a, 38u, data[93u]))[firstLeadingBit(bitcast<u32>(pv)) % 3u];
 if (true) { return a; } var x0: vec3u = vec3u(arr[ix], m[select(bitcast<u32>(b), min(a, a), !(true)) % 2u][arr[min(a, a) % 6u] % 3u], (arr[ix] ^ (arr[iy] + arr[ix])));
 st.b.z = st.a;
 return extractBits(extractBits(a, u32(true) % 16u, arr[ix] % 16u), arr[ix] % 16u, arr[iy] % 16u); }
fn f1(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); pv ^= b;
  pv ^= (pv % ((clamp(23i, -9i, 1000i) >> (select(28u, a, true) & 31u)) >> (arr[ix] & 31u)));
 pv ^= select(clamp(clamp((26i / b), -9i, 1000i), -9i, 1000i), b, any((min(vec3u(a, 3036322557u, data[82u]), vec3u(a, 39u, data[43u])) * (a << (15u & 31u))) < vec3u(data[42u], arr[iy], a)));
 return arr[ix]; }
fn f2(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); switch (firstLeadingBit(32u) % 5u) { case 0u: { put(min(bitcast<u32>(select(b, (b << (234159465u & 31u)), (true && true))), 19u));
pv ^= select(b, (bitcast<i32>(countTrailingZeros(a)) << (a & 31u)), any(min(vec3u(a, 1u, data[125u]), vec3u(a, 34u, data[182u])).zyx == select((vec3u(a, 19u, data[118u]) * a), vec3u(vec3u(a, 32u, data[157u]).xy, a), any(vec3u(a, 33u, data[101u]) == vec3u(a, 33u, data[112u])))));
 } case 1u, 3u: { if ((b == (b << (a & 31u)))) { break; } { let x1 = (b == b);
 } } default: { let x2 = vec3u(select((data[114u] >> (m[a % 2u][a % 3u] & 31u)), dot(select(vec3u(a, 35u, data[47u]), vec3u(8u, 5u, data[135u]), (data[124u] > 7u)), vec3u(data[79u], 11u, data[179u]).yzx), !((a <= data[24u]))), dot(vec3u(a, 26u, data[160u]).zyx, vec3u((vec3u(a, 15u, data[117u]) * a).xy, 28u)), min(vec3u(786410568u, 34u, data[173u]), vec3u(a, 2613024016u, data[7u]))[a % 3u]);
 } }
 if ((data[5u] > 7u)) { return m[a % 2u][max(dot(vec3u(8u, 6u, data[17u]).zyx, vec3u(a, 2050901467u, data[15u])), st.a) % 3u]; } { var w3 = 0u; loop { w3 += 1u;  { switch (vec3u(data[85u], 723902763u, data[101u]).y % 5u) { case 0u: { var x4: bool = (firstLeadingBit((sign(b) >> (17u & 31u))) == clamp(b, -9i, 1000i));
var x5: i32 = b;
 } case 1u, 3u: {  { let x6 = vec3u(a, 1449830636u, data[123u]);
 } } default: { pv ^= b;
 } }
{ var w7 = 0u; loop { w7 += 1u; if ((true && true)) { continue; } { if ((((sign(bitcast<i32>(data[91u])) & bitcast<i32>(a)) / bitcast<i32>(29u)) != pv)) { put(st.a);
pv ^= bitcast<i32>(select(vec3u(vec3u(a, 12u, data[155u]).xy, data[176u]), vec3u(vec3u(a, 2023618158u, data[73u]).xy, a), any(vec3u(data[105u], 1442949952u, data[198u]) == vec3u(a, 5u, data[162u]))).z);
 } else { put(arr[ix]);
pv ^= (b * clamp(b, -9i, 1000i));
 }
if (any(vec3u(34u, 14u, data[64u]) < vec3u(a, 1505335271u, data[114u]))) { break; }
 } continuing { pv += 1i; break if w7 > 4u || !((data[112u] > 7u)); } } }
 } continuing { pv += 1i; break if w3 > 4u || (st.b.y == a); } } }
 m[u32(true) % 2u][(arr[ix] ^ (arr[iy] + arr[ix])) % 3u] = 29u;
 return 322584080u; }
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) local: u32) { base = local * 60u;
var ix = 1u; var iy = local; var st = S(1u, vec3u(2u, 3u, 4u), array(5u, 6u)); var m = array<vec3u, 2>(vec3u(1u), vec3u(local)); var arr = array<u32, 6>(local, 1u, 2u, 3u, 4u, 5u);
let x8 = 11i;
var x9: i32 = x8;
wg[local] = local; workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
for (var q1 = 0u; q1 < 2u + (data[9] & 1u); q1++) { { pv ^= select(((select(x9, bitcast<i32>(data[92u]), (data[154u] > 7u)) - firstLeadingBit(x8)) % (bitcast<i32>(local) / sign(28i))), -(abs(bitcast<i32>(data[172u]))), !((x8 < firstLeadingBit(x9))));
 } workgroupBarrier(); wg[local] += arr[iy]; workgroupBarrier(); { for (var k10 = data[3] % 3u; k10 < 5u; k10 += 2u) { for (var k11 = 1u; k11 < 5u; k11 += 1u) { switch (k11 % 5u) { case 0u: { let x12 = (select(vec3u(21u, 8u, data[168u]), vec3u(data[6u], 3735151485u, data[52u]).xxy.yzx, (any(vec3u(local, 18u, data[45u]) == vec3u(local, 1304079956u, data[117u])) & (data[31u] > 7u))) + (((vec3u(local, 20u, data[55u]) * 2228297523u) * g(&arr, data[79u])) * max(firstLeadingBit(local), dot(vec3u(k11, 17u, data[185u]), vec3u(27u, 6u, data[195u])))));
x9 = bitcast<i32>(m[k11 % 2u][k11 % 3u]);
 } case 1u, 3u: { if ((!((-(x8) == x9)) || (pv == ((x8 & x9) & pv)))) { break; } { put(min(arr[iy], u32(!(true))));
 } } default: { var x13: u32 = arr[iy];
 } }
let x14 = k10;
for (var k15 = data[3] % 3u; k15 < 4u; k15 += 1u) { if (((st.b.y < st.a) == (dot(vec3u(x14, k11, k15), vec3u(k11, k11, k15)) >= countTrailingZeros((arr[ix] ^ (arr[iy] + arr[ix])))))) { continue; }
let x16 = firstLeadingBit(select(sign(x9), (-(bitcast<i32>(data[103u])) | select(x9, x9, true)), (u32((data[146u] > 7u)) <= k15)));
pv ^= bitcast<i32>(min(select(f1(x14, bitcast<i32>(data[114u])), select(data[24u], k15, (data[64u] > 7u)), (x14 != x14)), k10));
 }
 }
let x17 = (bitcast<i32>(data[135u]) % (firstLeadingBit(pv) * ((x8 + x9) % (x9 | x8))));
put(f0(arr[ix + iy % 2u - iy % 2u], select((bitcast<i32>(k10) % x8), bitcast<i32>(data[38u]), (!(true) != (x8 < x9)))));
 }
 } arr[q1] += wg[3u - local]; if (q1 == 3u) { break; } workgroupBarrier(); }
let x18 = bitcast<i32>(data[186u]);
wg[local] = local; workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
for (var k19 = 1u; k19 < 3u + st.a % 4u; k19 += 2u) { pv ^= (x8 << (((data[134u]) % (st.a)) & 31u));
var x20: u32 = ((st.a) / (k19));
pv ^= (clamp(pv, -9i, 1000i) >> (arr[ix] & 31u));
 }
let x21 = clamp(pv, -9i, 1000i);
wg[local] = data[56u]; workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
{ var w22 = 0u; loop { w22 += 1u; if ((bitcast<u32>(clamp(x8, -9i, 1000i)) == m[f1(((1362647690u) & (local)), abs(x18)) % 2u][st.b.y % 3u])) { continue; } { st.a += countTrailingZeros(st.a);
if (!(!(((data[73u] > 7u) & ((data[45u] > 7u) || true))))) { continue; }
 } continuing {  break if w22 > 4u || any(vec3u(data[93u], 14u, data[75u]) < vec3u(arr[ix + iy % 2u - iy % 2u], st.a, u32((data[194u] > 7u)))); } } }
wg[local] = vec3u(local, 1u, data[148u]).z; workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
for (var q5 = 0u; q5 < 2u + (data[9] & 1u); q5++) { { { var w23 = 0u; loop { w23 += 1u;  { var x24: u32 = dot(vec3u(2724629448u, 39u, data[122u]).zyx, vec3u(local, 703124667u, data[181u]));
x24 = f2(countTrailingZeros(max(vec3u(local, 21u, data[8u]).z, u32((data[4u] > 7u)))), (pv >> ((select(local, local, (data[111u] > 7u)) >> (g(&arr, data[131u]) & 31u)) & 31u)));
 } continuing {  break if w23 > 4u || true; } } }
 } workgroupBarrier(); wg[local] += ((local) % (max((vec3u(data[34u], 3070422767u, data[6u]).z >> (vec3u(data[95u], 6u, data[180u]).y & 31u)), arr[local % 6u]))); workgroupBarrier(); { pv ^= bitcast<i32>((arr[ix] ^ (arr[iy] + arr[ix])));
 } arr[q5] += wg[3u - local]; if (q5 == 3u) { break; } workgroupBarrier(); }
put(bitcast<u32>((x21 << (select(local, local, ((data[67u] > 7u) & true)) & 31u))));
wg[local] = (vec3u(data[13u], 28u, data[159u]) + select(vec3u(vec3u(local, 2132469347u, data[181u]).xy, local), select(vec3u(15u, 1266039396u, data[175u]), vec3u(local, 2101134259u, data[183u]), (data[187u] > 7u)), !(true))).x; workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
for (var q6 = 0u; q6 < 2u + (data[9] & 1u); q6++) { { ix = extractBits(local, local % 16u, local % 16u) % 6u;
 } workgroupBarrier(); wg[local] += select(u32(true), ((min(vec3u(13u, 8u, data[43u]), vec3u(data[44u], 8u, data[190u]))[firstLeadingBit(1735581705u) % 3u]) - (bitcast<u32>(x21))), true); workgroupBarrier(); { let x25 = (38i != x21);
 } arr[q6] += wg[3u - local]; if (q6 == 3u) { break; } workgroupBarrier(); }
ix = local % 6u;
pv ^= (clamp(clamp((bitcast<i32>(data[161u]) % x9), -9i, 1000i), -9i, 1000i) >> (arr[ix] & 31u));
var x26: i32 = x8;
put(local);put(bitcast<u32>(x8));put(bitcast<u32>(x9));put(bitcast<u32>(x18));put(bitcast<u32>(x21));put(bitcast<u32>(x26));for (var z = 0u; z < 6u; z++) { put(arr[z]); } put(st.a); put(st.b.x + st.b.y * 5u + st.b.z * 9u); put(dot(m[0], m[1])); put(bitcast<u32>(pv));
}