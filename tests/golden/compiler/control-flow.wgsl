// groups 1 1 1
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
var<private> cursor: u32;
var<private> calls: u32;

fn put(value: u32) { out[cursor] = value; cursor += 1u; }
fn side(value: u32) -> u32 { calls += 1u; return value; }
fn early(x: u32) -> u32 {
  if (x > 10u) { return 1u; }
  for (var i = 0u; i < 10u; i++) {
    if (i == x) { return i + 100u; }
  }
  return 7u;
}
fn nested(x: i32) -> i32 {
  var r = 0;
  loop {
    if (r > 20) { break; }
    switch (r % 4) {
      case 0: { r += 3; continue; }
      case 1, 2: { r += x; }
      default: { r += 1; if (r == 8) { break; } r += 1; }
    }
    continuing { r += 1; break if r == 12; }
  }
  return r;
}
fn switchy(x: i32) -> u32 {
  switch x {
    case -5: { return 1u; }
    case 1000000: { return 2u; }
    case 3, default, 4: { return 3u; }
    case 7: { }
  }
  return 9u;
}

@compute @workgroup_size(1)
fn main() {
  var a = array<u32, 4>(1u, 2u, 3u, 4u);
  a[side(2u)] += 10u;
  put(a[2]); put(calls);
  a[side(1u)]++;
  put(a[1]); put(calls);
  var n = 0u;
  loop {
    n += 1u;
    if (n == 3u) { continue; }
    if (n > 100u) { break; }
    continuing { break if side(n) >= 6u; }
  }
  put(n); put(calls);
  for (var i = 0u; i < 6u; i++) { if (i == 2u) { continue; } if (i == 5u) { break; } put(i); }
  for (var x = 0u; x < 14u; x += 3u) { put(early(x)); }
  for (var x = -3; x < 6; x++) { put(u32(nested(x))); }
  put(switchy(-5)); put(switchy(1000000)); put(switchy(3)); put(switchy(7)); put(switchy(99));
  let lazyAnd = (data[0] == 0u) && (side(1u) == 1u);
  let lazyOr = (data[0] != 0u) || (side(1u) == 1u);
  put(u32(lazyAnd)); put(u32(lazyOr)); put(calls);
  var w = 20u;
  while (w > 3u) { w /= 2u; if (w == 5u) { continue; } w -= 1u; }
  put(w);
  var s = 0u;
  for (var i = 0u; i < 4u; i++) { for (var j = 0u; j < 4u; j++) { if (j > i) { break; } s = s * 3u + i * j; } }
  put(s);
  { let s = 5u; put(s); { let s = 6u; put(s); } put(s); }
  var sum = 0u;
  var k = 0u;
  for (;;) { if (k >= 5u) { break; } sum += k; k++; }
  put(sum);
  switch (side(2u)) { case 0u: { put(0u); } case 2u: { if (sum > 3u) { put(77u); break; } put(78u); } default: { put(79u); } }
  if (sum == 1u) { put(1u); } else if (sum == 10u) { put(2u); } else { put(3u); }
  put(side(1u) + calls * 10u + side(2u) * 100u);
  put(calls);
}
