// A call that is the same for four lanes runs once, but it is the work of four. (Long, so that it stays a call.)
// groups 2 1 1
// out: 24 25 26 27 28 29 30 31 34 35 36 37 38 39 40 41
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
fn sums(n: u32) -> vec2<u32> {
  var result = vec2<u32>();
  var t = 0u;
  for (var i = 0u; i < n; i++) {
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    t = t * 5u + (i ^ n) - (i & n);
    result += vec2<u32>(i, 1u);
    if (result.x > 100u) { return result ^ vec2<u32>(t); }
  }
  return result;
}
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) lix: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let a = sums(wid.x + 5u);
  let b = sums(wid.x + 4u);
  out[wid.x * 8u + lix] = lix + a.x + a.y + b.x + select(0u, 3u, b.y > 3u);
}
