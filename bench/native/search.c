// Knows: the plain walk of assembly/cma/search/kernel in C over 64-bit words, and a line protocol.
// Must not know: what is compared. Compiled by bindings/cli/search/twin.ts where a C compiler is found; never shipped.
//
// Written from the rules in words: next clear bit, rounded up to the alignment, accepted if the window has no set
// bit, else on from behind the set bit that was found.
//
//   map BITS PATH                             -> ok                    the map is this file, words LSB first
//   find START COUNT MASK OFFSET TIMES        -> NANOSECONDS ANSWER CHECKSUM    CPU time of this process
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NONE 0xffffffffu

static uint64_t *words;
static uint32_t mapBits;

static inline uint32_t nextIn(const uint64_t *map, uint32_t from, uint32_t end, uint64_t flip) {
  if (from >= end) return end;
  uint32_t at = from >> 6;
  uint64_t word = (map[at] ^ flip) & (~(uint64_t)0 << (from & 63));
  while (word == 0) {
    at += 1;
    if (at << 6 >= end) return end;
    word = map[at] ^ flip;
  }
  uint32_t bit = (at << 6) + (uint32_t)__builtin_ctzll(word);
  return bit < end ? bit : end;
}

__attribute__((noinline)) static uint32_t findRun(const uint64_t *map, uint32_t bits, uint32_t start, uint32_t count,
                                                  uint32_t mask, uint32_t offset) {
  uint32_t at = start;
  for (;;) {
    at = nextIn(map, at, bits, ~(uint64_t)0);
    at = ((at + offset + mask) & ~mask) - offset;
    uint32_t end = at + count;
    if (end > bits) return NONE;
    uint32_t hit = nextIn(map, at, end, 0);
    if (hit >= end) return at;
    at = hit + 1;
  }
}

static uint64_t cpuNanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int readMap(const char *path, uint32_t bits) {
  size_t bytes = ((size_t)bits + 63) / 64 * 8;
  free(words);
  words = calloc(1, bytes);
  mapBits = bits;
  FILE *file = fopen(path, "rb");
  if (!file || !words) return 0;
  size_t got = fread(words, 1, bytes, file);
  fclose(file);
  return got >= ((size_t)bits + 31) / 32 * 4;
}

static void find(uint32_t start, uint32_t count, uint32_t mask, uint32_t offset, uint32_t times) {
  uint64_t before = cpuNanoseconds();
  uint32_t sum = 0;
  for (uint32_t i = 0; i < times; i++) {
    uint32_t got = findRun(words, mapBits, start, count, mask, offset);
    __asm__ volatile("" : "+r"(got), "+r"(start) : : "memory");
    sum = ((sum << 5) | (sum >> 27)) ^ got;
  }
  uint64_t spent = cpuNanoseconds() - before;
  printf("%" PRIu64 " %u %u\n", spent, findRun(words, mapBits, start, count, mask, offset), sum);
}

int main(void) {
  char line[4352];
  char path[4096];
  while (fgets(line, sizeof line, stdin)) {
    uint32_t bits, start, count, mask, offset, times;
    if (sscanf(line, "map %u %4095[^\n]", &bits, path) == 2) printf("%s\n", readMap(path, bits) ? "ok" : "error: no map");
    else if (sscanf(line, "find %u %u %u %u %u", &start, &count, &mask, &offset, &times) == 5)
      find(start, count, mask, offset, times);
    else printf("error: %s", line);
    fflush(stdout);
  }
  return 0;
}
