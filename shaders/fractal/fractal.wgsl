// A smooth-coloured picture of the Mandelbrot set. One workgroup paints one square of 8 x 8 pixels.

struct Shard {
  first: vec3u, // first workgroup of this dispatch
  base: u32, // first workgroup of the shard, linear
  count: u32, // workgroups in the shard
  grid: vec3u, // workgroups in the whole stage
}

struct Parameters {
  centre: vec2f, // the point of the plane in the middle of the picture
  scale: f32, // height of the picture in the plane
  maxIterations: u32, // a point that has not escaped by then is painted as inside
  samples: u32, // samples along each side of a pixel; 1 to 8
  palette: u32, // 0 potsherd, 1 ocean, 2 ember, 3 ink
}

@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<uniform> parameters: Parameters;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;

const SIDE = 8u;
const FINEST = 1.5e-6; // from pixel to pixel; below this 32-bit numbers no longer tell neighbours apart, and devices disagree
const NEAR = 0.05; // pixels
const FAR = 1.2;
const INK = vec3f(0.035, 0.024, 0.022); // the set itself
const ESCAPE = 256.0; // squared radius; large, so that the smooth count has no visible steps

struct Escape {
  hasEscaped: bool,
  count: f32, // steps to escape, with a fraction
  distance: f32, // about how far the point is from the set, in pixels
}

// The main cardioid and the circle to its left hold most inside points and are known without iterating.
fn isKnownInside(c: vec2f) -> bool {
  let shifted = c.x - 0.25;
  let q = shifted * shifted + c.y * c.y;
  let left = c.x + 1.0;
  return q * (q + shifted) < 0.25 * c.y * c.y || left * left + c.y * c.y < 0.0625;
}

// Iterates z = z^2 + c and its derivative by c, counted in pixels so that it stays small.
fn escapeFrom(c: vec2f, pitch: f32) -> Escape {
  let inside = Escape(false, 0.0, 0.0);
  if (isKnownInside(c)) {
    return inside;
  }
  var z = vec2f(0.0, 0.0);
  var slope = vec2f(0.0, 0.0);
  for (var step = 0u; step < parameters.maxIterations; step += 1u) {
    let xx = z.x * z.x;
    let yy = z.y * z.y;
    if (xx + yy > ESCAPE) {
      let size = xx + yy;
      let count = max(f32(step) + 4.0 - log2(log2(size)), 0.0);
      let distance = sqrt(size / max(dot(slope, slope), 1.0e-12)) * log(size);
      return Escape(true, count, distance);
    }
    slope = 2.0 * vec2f(z.x * slope.x - z.y * slope.y, z.x * slope.y + z.y * slope.x) + vec2f(pitch, 0.0);
    // A point whose neighbours part this fast is nearer to the set than any picture shows.
    if (abs(slope.x) + abs(slope.y) > 1.0e6) {
      return inside;
    }
    z = vec2f(xx - yy + c.x, 2.0 * z.x * z.y + c.y);
  }
  return inside;
}

// Cosine palettes: offset + swing * cos(2 pi (rate * t + phase)).
fn paletteColour(t: f32) -> vec3f {
  var offset = vec3f(0.55, 0.42, 0.33);
  var swing = vec3f(0.45, 0.38, 0.30);
  var phase = vec3f(0.52, 0.47, 0.40);
  switch parameters.palette {
    case 1u: {
      offset = vec3f(0.38, 0.52, 0.60);
      swing = vec3f(0.38, 0.42, 0.38);
      phase = vec3f(0.62, 0.54, 0.46);
    }
    case 2u: {
      offset = vec3f(0.58, 0.36, 0.26);
      swing = vec3f(0.42, 0.36, 0.26);
      phase = vec3f(0.48, 0.58, 0.66);
    }
    case 3u: {
      offset = vec3f(0.54, 0.54, 0.54);
      swing = vec3f(0.44, 0.44, 0.44);
      phase = vec3f(0.50, 0.50, 0.49);
    }
    default: {}
  }
  return offset + swing * cos(6.2831853 * (t + phase));
}

fn colourOf(escape: Escape) -> vec3f {
  if (!escape.hasEscaped) {
    return INK;
  }
  // The logarithm spreads the colours evenly over shallow and deep zooms.
  let colour = clamp(paletteColour(0.5 * log2(escape.count + 2.0) - 0.5), vec3f(0.0), vec3f(1.0));
  // Within about a pixel of the set the colours change too fast to show, and rounding alone decides them: there the ink takes over.
  let clear = smoothstep(NEAR, FAR, escape.distance);
  return mix(INK, colour, clear);
}

fn packColour(colour: vec3f) -> u32 {
  let byte = vec3u(clamp(colour, vec3f(0.0), vec3f(1.0)) * 255.0 + 0.5);
  return byte.x | (byte.y << 8u) | (byte.z << 16u) | 0xff000000u;
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) workgroupId: vec3u,
  @builtin(local_invocation_id) localId: vec3u,
  @builtin(local_invocation_index) localIndex: u32,
) {
  let workgroup = shard.first + workgroupId;
  let linear = workgroup.x + shard.grid.x * (workgroup.y + shard.grid.y * workgroup.z);
  let slot = linear - shard.base;
  let pixel = workgroup.xy * SIDE + localId.xy;
  let size = vec2f(shard.grid.xy * SIDE);
  let samples = clamp(parameters.samples, 1u, 8u);
  let pitch = max(parameters.scale / size.y, FINEST);

  var sum = vec3f(0.0);
  for (var y = 0u; y < samples; y += 1u) {
    for (var x = 0u; x < samples; x += 1u) {
      let inside = (vec2f(f32(x), f32(y)) + 0.5) / f32(samples);
      let offset = (vec2f(pixel) + inside - 0.5 * size) * pitch;
      sum += colourOf(escapeFrom(parameters.centre + vec2f(offset.x, -offset.y), pitch));
    }
  }
  pixels[slot * SIDE * SIDE + localIndex] = packColour(sum / f32(samples * samples));
}
