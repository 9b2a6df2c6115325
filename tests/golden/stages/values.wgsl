// Templates, precedence and constants: what is folded, and what is left to do at run time.
alias Pair = array<vec2<i32>, N>;
const N = 1 << 1;
const table = array(1.5, 2, 0x1p-1);
@group(0) @binding(0) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(1)
fn main() {
  let a = i32(out[0]);
  let b = 2;
  const c = 7 % 4 - -2;
  let p = Pair(vec2(a, b), vec2<i32>(a--b, c));
  out[1] = u32(a < b && !(p[1].y > a)) << (out[2] & 31);
  out[u32(table[2] * 4)] = u32(p[0].yx.x / a);
}
