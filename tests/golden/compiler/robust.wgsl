// groups 1 1 1
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
@group(0) @binding(2) var<storage, read_write> small: array<vec3u, 3>;
var<workgroup> shared_: array<u32, 5>;
fn far() -> u32 { return data[0] | 0x80000000u; }
@compute @workgroup_size(1)
fn main() {
  // Out of bounds: WGSL lets a device choose; ours reaches the last element. Written so that the test can say so.
  out[0] = data[far()];
  small[far()].y = 7u;
  var local = array<u32, 4>(1u, 2u, 3u, 4u);
  local[far()] = 9u;
  out[1] = local[3]; out[2] = local[i32(far())];
  shared_[far()] = 6u; out[3] = shared_[4];
  let v = vec3u(10u, 20u, 30u); out[4] = v[far()];
  out[5] = arrayLength(&out);
  let index = -1 + i32(data[0] & 0u);
  out[6] = local[index];
}
