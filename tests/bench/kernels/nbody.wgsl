// One step of bodies that attract each other, every pair by itself; xyz is a place or a velocity, w of a place the mass.

@group(0) @binding(0) var<storage, read> places: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> moved: array<vec4f>;

override COUNT: u32 = 1024u;
const SOFTENING = 0.01;
const STEP = 0.001;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= COUNT) {
    return;
  }
  let me = places[id.x];
  var pull = vec3f(0.0);
  for (var i = 0u; i < COUNT; i += 1u) {
    let other = places[i];
    let away = other.xyz - me.xyz;
    let inverse = inverseSqrt(dot(away, away) + SOFTENING);
    pull += away * (other.w * (inverse * inverse * inverse));
  }
  let velocity = velocities[id.x] + vec4f(pull * STEP, 0.0);
  velocities[id.x] = velocity;
  moved[id.x] = me + vec4f(velocity.xyz * STEP, 0.0);
}
