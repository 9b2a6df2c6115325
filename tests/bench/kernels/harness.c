// Runs a C twin on demand: arguments are the files of its buffers; `run N` prints nanoseconds of N runs, `reset` fills the buffers anew,
// `write I PATH` saves buffer I.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void kernel(void *const *buffers);

static int64_t now(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static void *load(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  void *data = aligned_alloc(64, (*bytes + 63) / 64 * 64);
  if (!data || fread(data, 1, *bytes, file) != *bytes) exit(2);
  fclose(file);
  return data;
}

int main(int argc, char **argv) {
  void *initial[16], *buffers[16];
  size_t bytes[16];
  for (int i = 0; i + 1 < argc && i < 16; i++) {
    initial[i] = load(argv[i + 1], &bytes[i]);
    buffers[i] = load(argv[i + 1], &bytes[i]);
  }
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    int count, at;
    char path[4000];
    if (sscanf(line, "run %d", &count) == 1) {
      const int64_t wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
      for (int i = 0; i < count; i++) kernel(buffers);
      printf("%lld %lld\n", (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - cpu), (long long)(now(CLOCK_MONOTONIC) - wall));
    } else if (strncmp(line, "reset", 5) == 0) {
      for (int i = 0; i + 1 < argc && i < 16; i++) memcpy(buffers[i], initial[i], bytes[i]);
      printf("0 0\n");
    } else if (sscanf(line, "write %d %3999s", &at, path) == 2) {
      FILE *file = fopen(path, "wb");
      if (!file || fwrite(buffers[at], 1, bytes[at], file) != bytes[at]) exit(2);
      fclose(file);
      printf("0 0\n");
    }
    fflush(stdout);
  }
  return 0;
}
