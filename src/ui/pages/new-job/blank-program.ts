// What a blank job starts from: the smallest program that makes a picture, and the shape of its data.

export const BLANK_PROGRAM = `// One workgroup paints one square of 8 x 8 pixels.
struct Shard {
  first: vec3u, // first workgroup of this dispatch
  base: u32,    // first workgroup of the shard, linear
  count: u32,   // workgroups in the shard
  grid: vec3u,  // workgroups in the whole stage
}
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) box: vec3u, @builtin(local_invocation_id) at: vec3u) {
  let square = shard.first + box;
  let linear = square.x + shard.grid.x * (square.y + shard.grid.y * square.z);
  let pixel = square.xy * 8u + at.xy;
  let size = shard.grid.xy * 8u;

  let r = pixel.x * 255u / size.x;
  let g = pixel.y * 255u / size.y;
  let b = ((pixel.x ^ pixel.y) & 31u) * 4u;

  let slot = (linear - shard.base) * 64u + at.y * 8u + at.x;
  pixels[slot] = r | (g << 8u) | (b << 16u) | (255u << 24u);
}
`;

export const BLANK_SHAPE = `{
  "parameters": {},
  "inputs": {},
  "outputs": {
    "pixels": {
      "layout": { "kind": "byWorkgroup", "bytesPerWorkgroup": 256 },
      "element": "u8",
      "comparison": { "kind": "exact" }
    }
  },
  "view": { "kind": "picture", "output": "pixels", "square": [8, 8], "format": "rgba8" }
}`;
