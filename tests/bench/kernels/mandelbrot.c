// The C twin of mandelbrot.wgsl: the same operations in the same order.
#include <stdint.h>

void kernel(void *const *buffers) {
  uint32_t *turns = buffers[0];
  for (uint32_t row = 0; row < 1024; row++) {
    for (uint32_t column = 0; column < 1024; column++) {
      const float cx = -2.0f + (float)column * (2.5f / 1024.0f);
      const float cy = -1.25f + (float)row * (2.5f / 1024.0f);
      float x = 0.0f, y = 0.0f;
      uint32_t n = 0;
      for (;;) {
        const float xx = x * x, yy = y * y;
        if (n >= 256 || xx + yy > 4.0f) break;
        y = 2.0f * x * y + cy;
        x = xx - yy + cx;
        n++;
      }
      turns[row * 1024 + column] = n;
    }
  }
}
