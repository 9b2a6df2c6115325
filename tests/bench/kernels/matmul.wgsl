// c = a * b for 512 x 512 numbers, by tiles of 16 x 16 in workgroup memory, with two barriers a tile.

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

const N = 512u;
const TILE = 16u;

var<workgroup> tileA: array<array<f32, TILE>, TILE>;
var<workgroup> tileB: array<array<f32, TILE>, TILE>;

@compute @workgroup_size(16, 16)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.y * TILE + local.y;
  let column = group.x * TILE + local.x;
  var sum = 0.0;
  for (var tile = 0u; tile < N / TILE; tile += 1u) {
    tileA[local.y][local.x] = a[row * N + tile * TILE + local.x];
    tileB[local.y][local.x] = b[(tile * TILE + local.y) * N + column];
    workgroupBarrier();
    for (var k = 0u; k < TILE; k += 1u) {
      sum += tileA[local.y][k] * tileB[k][local.x];
    }
    workgroupBarrier();
  }
  c[row * N + column] = sum;
}
