// The C twin of matmul.wgsl: the same tiles, with the barriers turned into loops over the rows and columns of a tile.
#include <stdint.h>
#include <string.h>

enum { N = 512, TILE = 16 };

void kernel(void *const *buffers) {
  const float *restrict a = buffers[0];
  const float *restrict b = buffers[1];
  float *restrict c = buffers[2];
  for (uint32_t top = 0; top < N; top += TILE) {
    for (uint32_t left = 0; left < N; left += TILE) {
      float tileA[TILE][TILE], tileB[TILE][TILE], sum[TILE][TILE];
      memset(sum, 0, sizeof sum);
      for (uint32_t tile = 0; tile < N; tile += TILE) {
        for (uint32_t y = 0; y < TILE; y++) {
          memcpy(tileA[y], a + (top + y) * N + tile, sizeof tileA[y]);
          memcpy(tileB[y], b + (tile + y) * N + left, sizeof tileB[y]);
        }
        for (uint32_t y = 0; y < TILE; y++) {
          for (uint32_t x = 0; x < TILE; x++) {
            float s = sum[y][x];
            for (uint32_t k = 0; k < TILE; k++) s += tileA[y][k] * tileB[k][x];
            sum[y][x] = s;
          }
        }
      }
      for (uint32_t y = 0; y < TILE; y++) memcpy(c + (top + y) * N + left, sum[y], sizeof sum[y]);
    }
  }
}
