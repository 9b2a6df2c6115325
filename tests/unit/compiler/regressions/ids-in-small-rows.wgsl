// Four lanes in rows of two: each lane has its own id in every axis.
// groups 2 1 1
// out: 0 1 10 11 100 101 110 111 2 3 12 13 102 103 112 113
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(2, 2, 2) fn main(
  @builtin(local_invocation_index) lix: u32,
  @builtin(local_invocation_id) lid: vec3<u32>,
  @builtin(global_invocation_id) gid: vec3<u32>,
  @builtin(workgroup_id) wid: vec3<u32>,
) {
  out[wid.x * 8u + lix] = gid.x + lid.y * 10u + gid.z * 100u;
}
