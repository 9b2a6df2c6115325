// Four lanes across the ends of rows of five, and a rest of two.
// groups 1 1 1
// out: 0 1 2 3 4 10 11 12 13 14 20 21 22 23 24 100 101 102 103 104 110 111 112 113 114 120 121 122 123 124
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(5, 3, 2) fn main(@builtin(local_invocation_index) lix: u32, @builtin(local_invocation_id) lid: vec3<u32>) {
  out[lix] = lid.x + lid.y * 10u + lid.z * 100u;
}
