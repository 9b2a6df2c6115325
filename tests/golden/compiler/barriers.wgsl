// groups 3 2 1
const SIDE = 8u;
override SCALE: u32 = 3u;
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>, 8>;
var<workgroup> tile: array<u32, SIDE * SIDE>;
var<workgroup> total: atomic<u32>;
var<workgroup> limit: u32;
var<private> mine: array<u32, 2>;
fn sync(value: u32) -> u32 { workgroupBarrier(); return value + 1u; }
fn remember(value: u32) -> u32 { mine[value & 1u] += value; return mine[0] * 3u + mine[1]; }
fn reduce(local: u32) -> u32 {
  for (var step = SIDE * SIDE / 2u; step > 0u; step >>= 1u) {
    if (local < step) { tile[local] += tile[local + step]; }
    workgroupBarrier();
  }
  return tile[0];
}
@compute @workgroup_size(8, 8)
fn main(@builtin(local_invocation_index) local: u32, @builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u, @builtin(global_invocation_id) gid: vec3u) {
  let slot = wid.x + wid.y * 3u;
  tile[local] = data[local] % 1000u;
  var acc = remember(local);
  workgroupBarrier();
  let mirrored = tile[63u - local];
  let transposed = tile[lid.x * SIDE + lid.y];
  workgroupBarrier();
  tile[local] = mirrored + SCALE * transposed + gid.x;
  acc += remember(mirrored);
  acc = sync(acc);
  if (local == 0u) { limit = 2u + (data[slot] & 3u); }
  let rounds = workgroupUniformLoad(&limit);
  for (var r = 0u; r < rounds; r++) {
    let next = tile[(local + 1u) % 64u];
    workgroupBarrier();
    tile[local] ^= next * (r + 1u);
    if (r == 4u) { break; }
    workgroupBarrier();
  }
  workgroupBarrier();
  acc += reduce(local) + remember(3u);
  atomicAdd(&total, acc);
  workgroupBarrier();
  if (wid.x == 2u) { if (local < 4u) { atomicMax(&counts[local], acc); } storageBarrier(); }
  if (local >= 40u) { return; }
  out[slot * 64u + local] = acc + atomicLoad(&total);
  if (local == 39u) { atomicAdd(&counts[4], 1u); atomicOr(&counts[5], 1u << slot); }
}
