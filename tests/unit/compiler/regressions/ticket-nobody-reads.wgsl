// Every lane takes its ticket, whether anyone looks at it or not.
// groups 2 1 1
// out: 5x32
// count: 0x14 32 0
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read_write> count: array<atomic<u32>, 16>;
@compute @workgroup_size(8, 2) fn main(@builtin(local_invocation_index) lix: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  out[wid.x * 16u + lix] = 5u;
  let ticket = atomicAdd(&count[14], 1u);
}
