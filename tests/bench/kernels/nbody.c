// The C twin of nbody.wgsl: the same operations in the same order.
#include <math.h>
#include <stdint.h>

enum { COUNT = 4096 };

typedef struct {
  float x, y, z, w;
} vec4;

void kernel(void *const *buffers) {
  const vec4 *restrict places = buffers[0];
  vec4 *restrict velocities = buffers[1];
  vec4 *restrict moved = buffers[2];
  for (uint32_t body = 0; body < COUNT; body++) {
    const vec4 me = places[body];
    float px = 0.0f, py = 0.0f, pz = 0.0f;
    for (uint32_t i = 0; i < COUNT; i++) {
      const vec4 other = places[i];
      const float x = other.x - me.x, y = other.y - me.y, z = other.z - me.z;
      const float inverse = 1.0f / sqrtf(x * x + y * y + z * z + 0.01f);
      const float scale = other.w * (inverse * inverse * inverse);
      px += x * scale, py += y * scale, pz += z * scale;
    }
    vec4 velocity = velocities[body];
    velocity.x += px * 0.001f, velocity.y += py * 0.001f, velocity.z += pz * 0.001f;
    velocities[body] = velocity;
    moved[body] = (vec4){me.x + velocity.x * 0.001f, me.y + velocity.y * 0.001f, me.z + velocity.z * 0.001f, me.w};
  }
}
