// Turns of z = z * z + c until it leaves the disc of radius 2: 1024 x 1024 points, at most 256 turns each.

@group(0) @binding(0) var<storage, read_write> turns: array<u32>;

const SIDE = 1024u;
const LIMIT = 256u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let cx = -2.0 + f32(id.x) * (2.5 / 1024.0);
  let cy = -1.25 + f32(id.y) * (2.5 / 1024.0);
  var x = 0.0;
  var y = 0.0;
  var n = 0u;
  loop {
    let xx = x * x;
    let yy = y * y;
    if (n >= LIMIT || xx + yy > 4.0) {
      break;
    }
    y = 2.0 * x * y + cy;
    x = xx - yy + cx;
    n += 1u;
  }
  turns[id.y * SIDE + id.x] = n;
}
