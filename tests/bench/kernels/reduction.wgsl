// The sum of 262,144 numbers: a workgroup adds its 1,024 up in a tree with barriers, then its first invocation adds that to the total.

@group(0) @binding(0) var<storage, read> numbers: array<u32>;
@group(0) @binding(1) var<storage, read_write> total: atomic<u32>;

const SIDE = 256u;
const EACH = 4u;

var<workgroup> sums: array<u32, SIDE>;

@compute @workgroup_size(SIDE)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  var sum = 0u;
  for (var i = 0u; i < EACH; i += 1u) {
    sum += numbers[(group.x * EACH + i) * SIDE + local];
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var half = SIDE / 2u; half > 0u; half /= 2u) {
    if (local < half) {
      sums[local] += sums[local + half];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    atomicAdd(&total, sums[0]);
  }
}
