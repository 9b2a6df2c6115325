// groups 1 1 1
struct S { a: u32, b: vec3u, c: array<u32, 2> }
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32; var<private> pv: i32 = 5; var<private> base: u32;
fn put(value: u32) { if (cursor < 60u) { out[base + cursor] = value; cursor += 1u; } }
fn g(p: ptr<function, array<u32, 6>>, x: u32) -> u32 { let i = x % 6u; (*p)[i] += 3u; if ((x & 1u) == 0u) { return p[(i + 1u) % 6u]; } return x ^ p[i]; }
fn f0(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); var x0: u32 = st.a;
  put(((bitcast<u32>(select((29i << (x0 & 31u)), pv, !((data[186u] > 7u))))) + (a)));
 var x1: u32 = st.a;
 return data[40u]; }
fn f1(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); let x2 = a;
  if (true) { pv ^= (select(bitcast<i32>(max(x2, x2)), select(bitcast<i32>(data[124u]), select(b, 5i, true), (a <= a)), (pv < -(bitcast<i32>(data[61u])))) << ((arr[ix] ^ (arr[iy] + arr[ix])) & 31u));
for (var k3 = data[3] % 3u; k3 < 5u; k3 ++) { put(m[firstLeadingBit(m[((a) / (a)) % 2u][((x2) | (data[107u])) % 3u]) % 2u][a % 3u]);
pv ^= -(pv);
pv ^= bitcast<i32>(dot(vec3u(arr[iy], arr[a % 6u], dot(vec3u(a, 34u, data[16u]), vec3u(data[113u], 7u, data[74u]))), vec3u(a, 345539320u, data[167u])));
 }
 } else { put(m[(((arr[ix] ^ (arr[iy] + arr[ix]))) / (arr[ix])) % 2u][bitcast<u32>(-(pv)) % 3u]);
for (var k4 = 0u; k4 < 3u + st.a % 4u; k4 += 1u) { switch ((((30u >> (arr[ix] & 31u))) % (arr[iy])) % 5u) { case 0u: { iy = (vec3u(min(vec3u(k4, 928776665u, data[177u]), vec3u(data[117u], 3806658831u, data[21u])).xy, k4) * extractBits(a, vec3u(data[113u], 19u, data[110u])[a % 3u] % 16u, 1u % 16u)).z % 6u;
var x5: u32 = extractBits(arr[ix + iy % 2u - iy % 2u], a % 16u, (arr[iy] >> (st.b.y & 31u)) % 16u);
 } case 1u, 3u: { if ((data[67u] > 7u)) { break; } { pv ^= -(-((b - firstLeadingBit(b))));
 } } default: { put(select(vec3u(extractBits(a, k4 % 16u, a % 16u), st.b.y, a).x, (arr[ix] ^ (arr[iy] + arr[ix])), (data[165u] > 7u)));
 } }
var x6: i32 = pv;
let x7 = vec3u(a, 3038327004u, data[48u]);
 }
 }
 if (true) { var x8: vec3u = (vec3u(x2, 13u, data[139u]) * arr[ix]);
st.b = (vec3u(a, min(extractBits(x2, a % 16u, x2 % 16u), x8.z), st.b.y) ^ x8);
 } else { ix = max(arr[iy], min(vec3u(x2, 32u, data[76u]), (vec3u(x2, 6u, data[51u]) * 24u))[m[arr[iy] % 2u][34u % 3u] % 3u]) % 6u; arr[ix] += arr[iy];
m[a % 2u][arr[ix] % 3u] = arr[iy];
 }
 return arr[x2 % 6u]; }
fn f2(a: u32, b: i32) -> u32 { var ix = 2u; var iy = a % 6u; var st: S; var m: array<vec3u, 2>; var arr = array<u32, 6>(1u, a, 3u, 4u, 5u, 6u); st.b = vec3u(vec3u(25u, 34u, data[110u]).xy, m[arr[iy] % 2u][st.b.y % 3u]);
 if (!(any(vec3u(min(vec3u(a, 3507505694u, data[116u]), vec3u(a, 1u, data[28u])).xy, extractBits(a, a % 16u, a % 16u)) < vec3u(a, 3978950866u, data[60u])))) { return st.b.y; } iy = (ix + 1u) % 6u;
 let x9 = !(!((a == extractBits(a, a % 16u, a % 16u))));
 return arr[bitcast<u32>(bitcast<i32>(min(554247418u, a))) % 6u]; }
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) local: u32) { base = local * 60u;
var ix = 1u; var iy = local; var st = S(1u, vec3u(2u, 3u, 4u), array(5u, 6u)); var m = array<vec3u, 2>(vec3u(1u), vec3u(local)); var arr = array<u32, 6>(local, 1u, 2u, 3u, 4u, 5u);
put((arr[ix] ^ (arr[iy] + arr[ix])));
var x10: vec3u = min((vec3u(4179637505u, 3u, data[111u]) * 37u), (vec3u(data[2u], 1493010335u, data[3u]) - vec3u(local, 20u, data[146u]))).yzx.yzx;
pv ^= select(select(sign((5i << (local & 31u))), (bitcast<i32>(data[66u]) << (m[local % 2u][local % 3u] & 31u)), (x10.x <= bitcast<u32>(13i))), select(select(sign(bitcast<i32>(data[119u])), bitcast<i32>(data[104u]), !((data[114u] > 7u))), pv, any(vec3u(x10.xy, local) < vec3u(vec3u(local, 39u, data[157u]).xy, local))), any((x10 * m[local % 2u][local % 3u]) < x10));
pv ^= bitcast<i32>(data[2u]);
let x11 = select(arr[arr[ix] % 6u], select(arr[ix + iy % 2u - iy % 2u], data[44u], !((true & true))), (bitcast<u32>(pv) == arr[iy]));
pv ^= select((bitcast<i32>(x11) >> (st.b.y & 31u)), firstLeadingBit(clamp(select(12i, bitcast<i32>(data[82u]), (data[121u] > 7u)), -9i, 1000i)), !(((x11 > 35u) == ((data[23u] > 7u) & true))));
put(local);
put((dot(vec3u(arr[local % 6u], arr[iy], arr[data[36u] % 6u]), (vec3u(x10.xy, x11) * x10[local % 3u])) >> (local & 31u)));
var x12: i32 = select(bitcast<i32>(data[28u]), (clamp(pv, -9i, 1000i) >> (arr[ix + iy % 2u - iy % 2u] & 31u)), ((data[61u] > 7u) || (st.b.y == arr[x11 % 6u])));
let x13 = data[4u];
put(local);put(x10.x + x10.y * 3u + x10.z * 7u);put(x11);put(bitcast<u32>(x12));put(x13);for (var z = 0u; z < 6u; z++) { put(arr[z]); } put(st.a); put(st.b.x + st.b.y * 5u + st.b.z * 9u); put(dot(m[0], m[1])); put(bitcast<u32>(pv));
}