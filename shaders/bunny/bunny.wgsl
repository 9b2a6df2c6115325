// A path-traced picture of a mesh on a plate: a soft sun, the sky, diffuse surfaces. One workgroup paints one square of 8 x 8 pixels.
// The mesh comes as a tree of boxes (prepare.ts): `nodes` holds two children a node, `triangles` what the leaves point to.

struct Shard {
  first: vec3u, // first workgroup of this dispatch
  base: u32, // first workgroup of the shard, linear
  count: u32, // workgroups in the shard
  grid: vec3u, // workgroups in the whole stage
}

struct Parameters {
  samples: u32, // paths a pixel
  bounces: u32, // times a path goes on after the first surface
  seed: u32,
  turn: f32, // where the camera stands, degrees around the mesh
  cameraHeight: f32, // above the ground; the mesh is 1 high
  distance: f32, // from the camera to the mesh
  sunTurn: f32, // degrees around the mesh, counted from the camera
  sunHeight: f32, // degrees above the horizon
  sunSize: f32, // radius of the sun's disc in degrees: larger is softer
  clay: vec3f, // colour of the mesh
}

struct Node {
  leftLow: vec3f,
  left: u32, // a node, or the first triangle if leftCount is not 0
  leftHigh: vec3f,
  leftCount: u32,
  rightLow: vec3f,
  right: u32,
  rightHigh: vec3f,
  rightCount: u32,
}

struct Triangle {
  corner: vec3f,
  normal0: u32, // three signed 10-bit parts
  edge1: vec3f,
  normal1: u32,
  edge2: vec3f,
  normal2: u32,
}

@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<uniform> parameters: Parameters;
@group(0) @binding(2) var<storage, read> nodes: array<Node>;
@group(0) @binding(3) var<storage, read> triangles: array<Triangle>;
@group(0) @binding(4) var<storage, read_write> pixels: array<u32>;

const SIDE = 8u;
const FAR = 1.0e9;
const STACK = 32u; // prepare.ts refuses a deeper tree
const NOTHING = 0xffffffffu;
const GROUND = 0xfffffffeu;
const HORIZON = vec3f(0.66, 0.64, 0.62);
const ZENITH = vec3f(0.17, 0.31, 0.58);
const SUN = vec3f(4.0, 3.15, 2.3);

struct Hit {
  distance: f32,
  triangle: u32, // index, GROUND or NOTHING
  along1: f32,
  along2: f32,
}

struct Surface {
  position: vec3f, // where the next ray starts
  normal: vec3f,
  albedo: vec3f,
}

// One step of PCG: the only source of chance. Integers, so every device draws the same numbers.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn unit(bits: u32) -> f32 {
  return f32(bits >> 8u) * 5.9604645e-8;
}

// The sample's point of the R2 sequence, shifted by `key`: 32 of these cover the square better than 32 random ones.
fn spread(key: u32, sample: u32) -> vec2f {
  return vec2f(unit(key + sample * 3242174889u), unit(pcg(key) + sample * 2447445414u));
}

// Cosine and sine of u turns, by a polynomial: the builtins may be off by 2^-11, which would move the camera.
fn circle(u: f32) -> vec2f {
  let quarter = fract(u) * 4.0;
  let part = fract(quarter);
  let x = vec2f(1.0 - part, part);
  let xx = x * x;
  let s = x * (1.5707903 + xx * (-0.6458929 + xx * (0.0794344 + xx * -0.0043331)));
  switch u32(quarter) {
    case 0u: { return s; }
    case 1u: { return vec2f(-s.y, s.x); }
    case 2u: { return -s; }
    default: { return vec2f(s.y, -s.x); }
  }
}

// Turns a vector given around +z so that +z becomes `normal` (Duff and others, 2017).
fn aroundNormal(v: vec3f, normal: vec3f) -> vec3f {
  let side = select(-1.0, 1.0, normal.z >= 0.0);
  let a = -1.0 / (side + normal.z);
  let b = normal.x * normal.y * a;
  let tangent = vec3f(1.0 + side * normal.x * normal.x * a, side * b, -side * normal.x);
  let bitangent = vec3f(b, side + normal.y * normal.y * a, -normal.y);
  return v.x * tangent + v.y * bitangent + v.z * normal;
}

fn unpackNormal(bits: u32) -> vec3f {
  let part = vec3i(i32(bits << 22u) >> 22u, i32(bits << 12u) >> 22u, i32(bits << 2u) >> 22u);
  return normalize(vec3f(part));
}

// Keeps 1/x finite: WGSL need not know infinity.
fn safeInverse(v: vec3f) -> vec3f {
  let tiny = select(vec3f(-1.0e-9), vec3f(1.0e-9), v >= vec3f(0.0));
  return 1.0 / select(v, tiny, abs(v) < vec3f(1.0e-9));
}

// Where the ray enters the box; FAR if it misses it or enters behind `limit`.
fn enterBox(low: vec3f, high: vec3f, origin: vec3f, inverse: vec3f, limit: f32) -> f32 {
  let a = (low - origin) * inverse;
  let b = (high - origin) * inverse;
  let near = min(a, b);
  let far = max(a, b);
  let enter = max(max(near.x, near.y), max(near.z, 0.0));
  let leave = min(min(far.x, far.y), min(far.z, limit));
  return select(FAR, enter, enter <= leave);
}

// The triangle's distance and place (Möller and Trumbore); `distance` is FAR if the ray misses it.
fn hitTriangle(index: u32, origin: vec3f, direction: vec3f) -> Hit {
  let missed = Hit(FAR, index, 0.0, 0.0);
  let edge1 = triangles[index].edge1;
  let edge2 = triangles[index].edge2;
  let p = cross(direction, edge2);
  let determinant = dot(edge1, p);
  if (abs(determinant) < 1.0e-12) {
    return missed;
  }
  let inverse = 1.0 / determinant;
  let offset = origin - triangles[index].corner;
  let along1 = dot(offset, p) * inverse;
  if (along1 < 0.0 || along1 > 1.0) {
    return missed;
  }
  let q = cross(offset, edge1);
  let along2 = dot(direction, q) * inverse;
  if (along2 < 0.0 || along1 + along2 > 1.0) {
    return missed;
  }
  let distance = dot(edge2, q) * inverse;
  return Hit(select(FAR, distance, distance > 1.0e-5), index, along1, along2);
}

// Walks the tree, nearer child first. With `anyHit` the first hit ends it, which is all a shadow needs.
fn traceMesh(origin: vec3f, direction: vec3f, limit: f32, anyHit: bool) -> Hit {
  let inverse = safeInverse(direction);
  var stack: array<u32, STACK>;
  var depth = 0u;
  var current = 0u;
  var best = Hit(limit, NOTHING, 0.0, 0.0);
  loop {
    let nearLeft = enterBox(nodes[current].leftLow, nodes[current].leftHigh, origin, inverse, best.distance);
    let nearRight = enterBox(nodes[current].rightLow, nodes[current].rightHigh, origin, inverse, best.distance);
    let leftCount = nodes[current].leftCount;
    let rightCount = nodes[current].rightCount;
    let left = nodes[current].left;
    let right = nodes[current].right;
    if (nearLeft < FAR && leftCount > 0u) {
      for (var i = left; i < left + leftCount; i += 1u) {
        let hit = hitTriangle(i, origin, direction);
        if (hit.distance < best.distance) {
          best = hit;
        }
      }
    }
    if (nearRight < FAR && rightCount > 0u) {
      for (var i = right; i < right + rightCount; i += 1u) {
        let hit = hitTriangle(i, origin, direction);
        if (hit.distance < best.distance) {
          best = hit;
        }
      }
    }
    if (anyHit && best.triangle != NOTHING) {
      break;
    }
    let goLeft = nearLeft < best.distance && leftCount == 0u;
    let goRight = nearRight < best.distance && rightCount == 0u;
    if (goLeft && goRight) {
      let isLeftNearer = nearLeft <= nearRight;
      stack[depth] = select(left, right, isLeftNearer);
      depth += 1u;
      current = select(right, left, isLeftNearer);
    } else if (goLeft || goRight) {
      current = select(right, left, goLeft);
    } else {
      if (depth == 0u) {
        break;
      }
      depth -= 1u;
      current = stack[depth];
    }
  }
  return best;
}

fn traceScene(origin: vec3f, direction: vec3f) -> Hit {
  var limit = FAR;
  if (direction.y < -1.0e-6) {
    limit = -origin.y / direction.y;
  }
  let hit = traceMesh(origin, direction, limit, false);
  if (hit.triangle == NOTHING && limit < FAR) {
    return Hit(limit, GROUND, 0.0, 0.0);
  }
  return hit;
}

fn skyColour(direction: vec3f) -> vec3f {
  let height = sqrt(clamp(direction.y, 0.0, 1.0));
  return mix(HORIZON, ZENITH, height);
}

// The plate under the mesh: bands of glaze on pale clay.
fn groundColour(position: vec3f) -> vec3f {
  let radius = length(position.xz);
  let isBand = (radius > 0.93 && radius < 1.0) || (radius > 1.03 && radius < 1.05);
  return select(vec3f(0.66, 0.61, 0.54), vec3f(0.13, 0.07, 0.055), isBand);
}

// Pushes a point out of the flat triangle onto its rounded form, so that shadows have no facets (Hanika, 2021).
fn roundedPosition(flat: vec3f, corner: vec3f, normal: vec3f) -> vec3f {
  return flat - min(dot(flat - corner, normal), 0.0) * normal;
}

fn surfaceAt(hit: Hit, origin: vec3f, direction: vec3f) -> Surface {
  let point = origin + direction * hit.distance;
  if (hit.triangle == GROUND) {
    let position = vec3f(point.x, 1.0e-4, point.z);
    return Surface(position, vec3f(0.0, 1.0, 0.0), groundColour(position));
  }
  let triangle = triangles[hit.triangle];
  let along0 = 1.0 - hit.along1 - hit.along2;
  let normal0 = unpackNormal(triangle.normal0);
  let normal1 = unpackNormal(triangle.normal1);
  let normal2 = unpackNormal(triangle.normal2);
  let flat = triangle.corner + hit.along1 * triangle.edge1 + hit.along2 * triangle.edge2;
  let position = along0 * roundedPosition(flat, triangle.corner, normal0)
    + hit.along1 * roundedPosition(flat, triangle.corner + triangle.edge1, normal1)
    + hit.along2 * roundedPosition(flat, triangle.corner + triangle.edge2, normal2);
  let normal = normalize(along0 * normal0 + hit.along1 * normal1 + hit.along2 * normal2);
  return Surface(position + normal * 1.0e-4, normal, parameters.clay);
}

struct Sun {
  direction: vec3f,
  tangentRadius: f32,
}

fn sunLight(sun: Sun, surface: Surface, point: vec2f) -> vec3f {
  let disc = circle(point.x) * sqrt(point.y) * sun.tangentRadius;
  let direction = normalize(aroundNormal(vec3f(disc, 1.0), sun.direction));
  let facing = dot(direction, surface.normal);
  if (facing <= 0.0 || direction.y <= 0.0) {
    return vec3f(0.0);
  }
  let blocker = traceMesh(surface.position, direction, FAR, true);
  return select(vec3f(0.0), SUN * facing, blocker.triangle == NOTHING);
}

// One path from the camera; gives the light that comes back along it.
fn tracePath(start: vec3f, toward: vec3f, sun: Sun, key: u32, sample: u32) -> vec3f {
  var origin = start;
  var direction = toward;
  var light = vec3f(0.0);
  var throughput = vec3f(1.0);
  var chance = pcg(key ^ pcg(sample));
  for (var bounce = 0u; bounce <= parameters.bounces; bounce += 1u) {
    let hit = traceScene(origin, direction);
    if (hit.triangle == NOTHING) {
      light += throughput * skyColour(direction);
      break;
    }
    let surface = surfaceAt(hit, origin, direction);
    if (hit.triangle == GROUND) {
      // The ground melts into the horizon, as in a photographer's studio.
      let fade = smoothstep(2.5, 9.0, length(surface.position.xz));
      light += throughput * fade * HORIZON;
      throughput *= 1.0 - fade;
      if (fade > 0.999) {
        break;
      }
    }
    var sunPoint: vec2f;
    var bouncePoint: vec2f;
    if (bounce == 0u) {
      // Another order of the samples for the sun, or its points and the sky's would move together.
      sunPoint = spread(key ^ 0x9e3779b9u, sample ^ (pcg(key) & 31u));
      bouncePoint = spread(key, sample);
    } else {
      chance = pcg(chance);
      sunPoint.x = unit(chance);
      chance = pcg(chance);
      sunPoint.y = unit(chance);
      chance = pcg(chance);
      bouncePoint.x = unit(chance);
      chance = pcg(chance);
      bouncePoint.y = unit(chance);
    }
    throughput *= surface.albedo;
    light += throughput * sunLight(sun, surface, sunPoint);
    let disc = circle(bouncePoint.x) * sqrt(bouncePoint.y);
    direction = aroundNormal(vec3f(disc, sqrt(1.0 - bouncePoint.y)), surface.normal);
    origin = surface.position;
  }
  return light;
}

// A filmic curve (Narkowicz's fit of ACES), then gamma.
fn toneMap(light: vec3f) -> vec3f {
  let x = light * 0.5;
  let mapped = clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), vec3f(0.0), vec3f(1.0));
  return pow(mapped, vec3f(1.0 / 2.2));
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
  let size = shard.grid.xy * SIDE;

  let stand = circle(parameters.turn / 360.0);
  let eye = vec3f(stand.y * parameters.distance, parameters.cameraHeight, stand.x * parameters.distance);
  let forward = normalize(vec3f(0.0, 0.42, 0.0) - eye);
  let right = normalize(cross(forward, vec3f(0.0, 1.0, 0.0)));
  let up = cross(right, forward);
  let aside = circle((parameters.turn + parameters.sunTurn) / 360.0);
  let above = circle(parameters.sunHeight / 360.0);
  let spreadOfSun = circle(parameters.sunSize / 360.0);
  let sun = Sun(vec3f(aside.y * above.x, above.y, aside.x * above.x), spreadOfSun.y / spreadOfSun.x);

  let samples = max(parameters.samples, 1u);
  let key = pcg(pcg(pixel.x + pixel.y * size.x) ^ parameters.seed);
  var sum = vec3f(0.0);
  for (var sample = 0u; sample < samples; sample += 1u) {
    let jitter = spread(pcg(key), sample);
    let plane = (vec2f(pixel) + jitter - 0.5 * vec2f(size)) * (2.0 / f32(size.y));
    let toward = normalize(forward * 3.7 + right * plane.x - up * plane.y);
    // A cap on one path keeps rare bright paths from leaving specks.
    sum += min(tracePath(eye, toward, sun, key, sample), vec3f(6.0));
  }
  pixels[slot * SIDE * SIDE + localIndex] = packColour(toneMap(sum / f32(samples)));
}
