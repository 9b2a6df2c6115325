// groups 1 1 1
struct S { a: u32, b: vec3u, c: array<u32, 2> }
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32; var<private> pv: i32 = 5; var<private> base: u32;
fn put(value: u32) { if (cursor < 60u) { out[base + cursor] = value; cursor += 1u; } }
fn g(p: ptr<function, array<u32, 6>>, x: u32) -> u32 { let i = x % 6u; (*p)[i] += 3u; if ((x & 1u) == 0u) { return p[(i + 1u) % 6u]; } return x ^ p[i]; }
var<workgroup> wg: array<u32, 4>;
fn f0(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); m[((vec3u(27u, data[71u], a) & vec3u(a, 31u, data[182u]).yzx) * min(select(a, a, (data[0u] > 7u)), arr[ix]))[dot(vec3u(st.b.y, a, (12u << (2255993896u & 31u))), vec3u(1995245543u, 21u, data[29u])) % 3u] % 2u][arr[u32(!(any(vec3u(3161762044u, 12u, data[40u]) < vec3u(a, 25u, data[11u])))) % 6u] % 3u] = a;
 if (any(((min(vec3u(data[62u], 28u, data[138u]), vec3u(a, 2460625461u, data[121u])) * arr[ix]) - vec3u(a, 35u, data[64u]).zyx) < vec3u(a, 36u, data[179u]))) { return (st.b.y >> (((vec3u(a, 7u, data[80u]).xxy.y) & (u32(any(vec3u(a, 414367394u, data[65u]) < vec3u(33u, 33u, data[27u]))))) & 31u)); } for (var k0 = 2u; k0 < 5u; k0 += 1u) { put(arr[arr[iy] % 6u]);
for (var k1 = 1u; k1 < 4u; k1 += 1u) { if ((data[181u] > 7u)) { put(arr[iy]);
st.b = (min(min(vec3u(k0, 1243636417u, data[109u]).yzx, vec3u(k1, 822936758u, data[74u])), select(vec3u(k1, 26u, data[134u]), vec3u(a, 16u, data[115u]), (data[158u] > 7u)).xxy) * arr[ix]);
 } else { put(select(a, u32((max(k0, a) > st.b.y)), !(!(any(vec3u(data[46u], 6u, data[199u]) < vec3u(data[40u], 26u, data[105u]))))));
let x2 = (vec3u(k1, arr[dot(vec3u(data[85u], 4039140102u, data[157u]), vec3u(k0, 17u, data[63u])) % 6u], (st.a >> (bitcast<u32>(b) & 31u))) * dot(vec3u(data[74u], a, a).xxy, vec3u(13u, 8u, data[190u])));
 }
var x3: bool = (10i < pv);
for (var k4 = 1u; k4 < 4u; k4 += 2u) { var x5: i32 = 18i;
var x6: vec3u = vec3u(vec3u(arr[iy], arr[ix + iy % 2u - iy % 2u], k0).xy, data[63u]);
put(max(u32(any((x6 * k1) < (x6 + vec3u(a, 9u, data[142u])))), arr[iy]));
 }
 }
let x7 = (arr[ix] ^ (arr[iy] + arr[ix]));
 }
 let x8 = vec3u(arr[vec3u(vec3u(a, 16u, data[93u]).xy, a).y % 6u], u32((a != min(a, a))), 31u);
 return vec3u(vec3u(arr[a % 6u], a, select(7u, 8u, true)).xy, select(extractBits(20u, a % 16u, 29u % 16u), m[a % 2u][19u % 3u], ((data[163u] > 7u) || true))).z; }
fn f1(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); pv ^= clamp((b - -(b)), -9i, 1000i);
  put(a);
 { var w9 = 0u; loop { w9 += 1u; if ((a > select((arr[ix] ^ (arr[iy] + arr[ix])), a, ((true != (data[71u] > 7u)) == ((data[48u] > 7u) != true))))) { continue; } { { var w10 = 0u; loop { w10 += 1u;  { let x11 = -((b << (arr[iy] & 31u)));
for (var k12 = data[3] % 3u; k12 < 3u + st.a % 4u; k12 += 1u) { let x13 = (data[143u] > 7u);
pv ^= x11;
m[countTrailingZeros(((5u) + (max(a, extractBits(a, k12 % 16u, a % 16u))))) % 2u][bitcast<u32>(b) % 3u] = a;
 }
 } continuing {  break if w10 > 4u || true; } } }
pv ^= -(clamp(bitcast<i32>(vec3u(a, 36u, data[184u])[data[60u] % 3u]), -9i, 1000i));
 } continuing {  break if w9 > 4u || true; } } }
 return bitcast<u32>(clamp(-(select(b, b, (data[115u] > 7u))), -9i, 1000i)); }
fn f2(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); var x14: vec3u = min(select((select(vec3u(a, 26u, data[162u]), vec3u(2623934115u, 601015157u, data[23u]), true) * st.b.y), select(min(vec3u(data[5u], 3362640552u, data[148u]), vec3u(a, 38u, data[41u])), (vec3u(a, 37u, data[86u]) * 3406855491u), !((data[32u] > 7u))), (true | !(true))), vec3u((vec3u(a, a, a) + vec3u(vec3u(21u, 38u, data[50u]).xy, a)).xy, u32((b != b))));
  let x15 = true;
 var x16: i32 = pv;
 return arr[ix + iy % 2u - iy % 2u]; }
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) local: u32) { base = local * 60u;
var ix = 1u; var iy = local; var st = S(1u, vec3u(2u, 3u, 4u), array(5u, 6u)); var m = array<vec3u, 2>(vec3u(1u), vec3u(local)); var arr = array<u32, 6>(local, 1u, 2u, 3u, 4u, 5u);
pv ^= select(13i, bitcast<i32>(data[32u]), any(vec3u(vec3u(local, 16u, data[111u]).xy, local).zyx == vec3u(vec3u(2u, 2411271585u, data[78u]).xy, 3295138012u).yzx));
let x17 = (vec3u(local, 25u, data[90u]) | vec3u(local, 19u, data[44u])).xxy.zyx;
arr[(arr[ix] ^ (arr[iy] + arr[ix])) % 6u] ^= local;
var x18: vec3u = (x17 * local);
wg[local] = (((28u >> ((arr[ix] ^ (arr[iy] + arr[ix])) & 31u)) >> ((x18 % vec3u(local, 13u, data[190u]))[st.a % 3u] & 31u)) << (bitcast<u32>(abs(sign(bitcast<i32>(data[64u])))) & 31u)); workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
{ var w19 = 0u; loop { w19 += 1u;  { for (var k20 = data[3] % 3u; k20 < 5u; k20 += 1u) { switch (arr[iy] % 5u) { case 0u: { st.a += ((local) % (select((firstLeadingBit(data[42u]) >> (local & 31u)), dot(x18, x17.yzx), !(((data[170u] > 7u) & (data[19u] > 7u))))));
put(select((arr[ix] ^ (arr[iy] + arr[ix])), local, any(x17 == min((vec3u(data[190u], 31u, data[37u]) * local), vec3u(local, local, k20)))));
 } case 1u, 3u: { if (!((bitcast<u32>(bitcast<i32>(data[17u])) < arr[(local << (local & 31u)) % 6u]))) { break; } { if (true) { break; }
 } } default: { st.a += data[17u];
 } }
ix = f0(arr[iy], bitcast<i32>((m[data[159u] % 2u][k20 % 3u] >> (34u & 31u)))) % 6u;
switch (20u % 5u) { case 0u: { pv ^= (-(-(clamp(9i, -9i, 1000i))) - -(-(clamp(bitcast<i32>(data[146u]), -9i, 1000i))));
put(local);
 } case 1u, 3u: { if ((2i == (bitcast<i32>(arr[ix]) >> (k20 & 31u)))) { break; } { if (true) { continue; }
 } } default: { let x21 = local;
 } }
 }
pv ^= bitcast<i32>(arr[arr[select(local, local, true) % 6u] % 6u]);
 } continuing { pv += 1i; break if w19 > 4u || (data[195u] == dot(((vec3u(local, 9u, data[199u]) - x18) * m[3u % 2u][12u % 3u]), (vec3u(local, local, local) / x18))); } } }
var x22: vec3u = vec3u(x17.xy, m[select((arr[ix] ^ (arr[iy] + arr[ix])), ((local) / (local)), !(true)) % 2u][f2(st.a, pv) % 3u]);
wg[local] = ((g(&arr, local)) * (local)); workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
put(select(arr[f2(bitcast<u32>(bitcast<i32>(data[60u])), abs(18i)) % 6u], (arr[ix] ^ (arr[iy] + arr[ix])), true));
let x23 = (x18[arr[ix] % 3u] <= ((arr[iy]) + (select(x17, x22, true).x)));
x18[local % 3u] += select(f0(x17.yzx[g(&arr, data[45u]) % 3u], pv), local, (((36i - 32i) > bitcast<i32>(local)) != ((arr[ix] ^ (arr[iy] + arr[ix])) <= 16u)));
switch (bitcast<u32>(-(bitcast<i32>(data[160u]))) % 5u) { case 0u: { var x24: bool = !((x23 & (26i == pv)));
pv ^= bitcast<i32>(data[190u]);
 } case 1u, 3u: { if ((local < arr[dot((x18 * local), vec3u(local, 38u, data[195u]).zyx) % 6u])) { break; } { for (var k25 = 2u; k25 < 3u + st.a % 4u; k25 += 1u) { arr[local % 6u] += firstLeadingBit(firstLeadingBit(u32(any(x17 == vec3u(k25, 1261078633u, data[64u])))));
m[countOneBits((38u << (k25 & 31u))) % 2u] = (vec3u((min(x22, x17) ^ (x17 % x22)).xy, bitcast<u32>(30i)) * arr[st.a % 6u]);
for (var k26 = data[3] % 3u; k26 < 5u; k26 += 1u) { var x27: i32 = bitcast<i32>(data[155u]);
x27 = select(x27, select(clamp(pv, -9i, 1000i), -(firstLeadingBit(39i)), (bitcast<i32>(data[22u]) < bitcast<i32>(k25))), (k26 >= k25));
put(st.a);
 }
 }
 } } default: { let x28 = x23;
 } }
wg[local] = (min(dot(x17.zyx, (x17 | x22)), ((local) % (arr[local % 6u]))) >> (st.a & 31u)); workgroupBarrier(); arr[0] ^= wg[(local + 1u) % 4u]; workgroupBarrier();
put(local);put(x17.x + x17.y * 3u + x17.z * 7u);put(x18.x + x18.y * 3u + x18.z * 7u);put(x22.x + x22.y * 3u + x22.z * 7u);put(u32(x23));for (var z = 0u; z < 6u; z++) { put(arr[z]); } put(st.a); put(st.b.x + st.b.y * 5u + st.b.z * 9u); put(dot(m[0], m[1])); put(bitcast<u32>(pv));
}