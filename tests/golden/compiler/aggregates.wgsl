// groups 1 1 1
struct Inner { a: vec3f, b: f32, m: mat2x3f, }
struct Outer { first: u32, @align(32) inner: array<Inner, 2>, @size(20) tail: vec2u, last: i32, }
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
@group(0) @binding(2) var<storage, read_write> box: Outer;
var<private> cursor: u32;
var<private> table: array<vec2i, 5>;
fn put(value: u32) { out[cursor] = value; cursor += 1u; }
fn putf(value: f32) { put(bitcast<u32>(value)); }
fn bump(p: ptr<function, vec3f>, by: f32) { (*p).y += by; p.z = p.z * 2.0; }
fn setAt(p: ptr<function, array<u32, 6>>, i: u32, value: u32) { (*p)[i] = value; p[(i + 1u) % 6u] += 1u; }
fn make(x: f32) -> Inner { return Inner(vec3f(x, x + 1.0, x + 2.0), x * 0.5, mat2x3f(1.0, 2.0, 3.0, x, 5.0, 6.0)); }
fn touch(p: ptr<private, vec2i>) -> i32 { p.x = p.x + 1; return p.x * p.y; }
fn sumOf(values: array<u32, 6>) -> u32 { var s = 0u; for (var i = 0; i < 6; i++) { s = s * 7u + values[i]; } return s; }
fn big(seed: u32) -> array<u32, 80> { var r: array<u32, 80>; for (var i = 0u; i < 80u; i++) { r[i] = seed * i; } return r; }
@compute @workgroup_size(1)
fn main() {
  var v = vec3f(1.0, 2.0, 3.0);
  bump(&v, 0.25);
  putf(v.x); putf(v.y); putf(v.z);
  v[data[2] % 3u] = 9.0; putf(v[0]); putf(v[1]); putf(v[2]); putf(v[data[5] % 3u]);
  let w = v.zyx + v.xxy; putf(w.x); putf(w.y); putf(w.z);
  var u = vec4u(1u, 2u, 3u, 4u); u.w = u.x + u.y; u = u.wzyx; put(u.x); put(u.y); put(u.z); put(u.w);
  var arr: array<u32, 6>;
  setAt(&arr, data[1] % 6u, 40u); setAt(&arr, 5u, 2u);
  for (var i = 0u; i < 6u; i++) { put(arr[i]); }
  let copy = arr; arr[0] = 99u; put(copy[0]); put(arr[0]); put(sumOf(arr)); put(sumOf(copy));
  let p = &arr[data[3] % 6u]; *p = 5u; *p += 2u; put(*p); put(sumOf(arr));
  box.first = 3u; box.inner[1] = make(4.0); box.inner[0].a = vec3f(7.0, 8.0, 9.0); box.tail = vec2u(1u, 2u); box.last = -4;
  let i = box.inner[data[4] % 2u]; putf(i.b); putf(i.m[1].x); putf(box.inner[1].m[1][0]);
  var m = box.inner[1].m; m[0] = vec3f(0.5); m[data[0] % 2u][1] = 11.0; putf(m[0].y); putf(m[1].y);
  let t = transpose(m); putf(t[0].x); putf(t[1].y); putf(t[2].x);
  let mv = m * vec2f(2.0, 3.0); putf(mv.x); putf(mv.y); putf(mv.z);
  let vm = vec3f(1.0, 2.0, 3.0) * m; putf(vm.x); putf(vm.y);
  let mm = t * m; putf(mm[0].x); putf(mm[1].x); putf(determinant(mm)); putf((mm * 2.0 - mm)[1].y);
  putf(determinant(mat3x3f(2.0, 1.0, 3.0, 0.0, 4.0, 1.0, 5.0, 2.0, 1.0)));
  putf(determinant(mat4x4f(vec4f(1.0, 2.0, 0.0, 1.0), vec4f(3.0, 1.0, 4.0, 1.0), vec4f(5.0, 9.0, 2.0, 6.0), vec4f(5.0, 3.0, 5.0, 8.0))));
  table[2] = vec2i(3, 4); puti(touch(&table[2])); puti(touch(&table[data[0] % 5u])); puti(table[2].x);
  let large = big(3u); put(large[data[6] % 80u]); var other = large; other[1] = 1234u; put(large[1]); put(other[1]);
  var boxes = array<Inner, 2>(make(1.0), make(2.0)); let which = data[7] % 2u; boxes[which].b = 50.0; boxes[1u - which] = boxes[which]; putf(boxes[0].b); putf(boxes[1].m[1].x);
  let grid = array<array<i32, 3>, 2>(array(1, 2, 3), array(4, 5, 6)); puti(grid[data[1] % 2u][data[2] % 3u]);
  let same = all(vec3f(1.0) == vec3f(1.0)); put(u32(same));
  var flags = vec3<bool>(true, false, true); flags.y = !flags.x; put(u32(flags.y)); put(u32(any(flags)));
  put(arrayLength(&data)); put(arrayLength(&out));
}
fn puti(value: i32) { put(bitcast<u32>(value)); }
