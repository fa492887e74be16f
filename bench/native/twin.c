// Knows: the loops of assembly/workload/generators/pattern in C, and a line protocol.
// Must not know: what is compared. Compiled by bench/twin.ts where a C compiler is found; never shipped.
//
//   twin IMAGE TABLE       IMAGE: a machine's memory as bytes; TABLE: where its region table begins
//   reset                  -> ok                      the memory is the image again
//   run ROW COUNT SEED     -> NANOSECONDS CHECKSUM    one row of assembly/abi Pattern; CPU time of this process
//   turn EVENTS            -> NANOSECONDS 1           events of a simulation (turnover.h); 0: it could not go on
//   dump FILE              -> ok                      the memory as it is now, for a machine to be made of
#include <stdio.h>
#include <time.h>

#include "turnover.h"

static const int USER =
    Gfp_HIGHMEM | Gfp_MOVABLE | Gfp_IO | Gfp_FS | Gfp_HARDWALL | Gfp_KSWAPD_RECLAIM;

// ---- memory/prng: splitmix64

static inline uint32_t random32(uint64_t *state) {
  uint64_t s = *state + 0x9e3779b97f4a7c15u;
  *state = s;
  uint64_t z = (s ^ (s >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (uint32_t)((z ^ (z >> 31)) >> 32);
}
static inline uint32_t randomBelow(uint64_t *state, uint32_t bound) {
  return (uint32_t)(((uint64_t)random32(state) * bound) >> 32);
}

// ---- workload/generators/pattern

#define FIRST_SUM 0x811c9dc5u

static inline uint32_t mix(uint32_t sum, uint32_t link) { return (sum ^ (link >> FRAME_SHIFT)) * 0x01000193u; }

static int highestPopulated(void) {
  int zone = CONFIG[ConfigWord_NR_ZONES] - 1;
  while (zone > 0 && !isPopulated(zone)) zone -= 1;
  return zone;
}

static inline uint32_t take(int order) { return allocatePages(0, order, USER, (uint32_t *)WORKLOAD + WorkloadWord_SLOW); }

static inline uint32_t takeDirect(int order, int zone) {
  uint32_t link = takeFromBuddy(0, zone, order, Migratetype_MOVABLE, AllocFlag_CMA);
  if (link != NONE) setWord(link, pack(FrameKind_ALLOCATED, order, zone));
  return link;
}

static inline void giveDirect(uint32_t link, int order) {
  int zone = zoneOf(wordOf(link));
  setWord(link, FrameKind_BODY);
  freeDirect(0, zone, link, order, false);
}

static uint32_t pairs(int n) {
  uint32_t sum = FIRST_SUM;
  for (int i = 0; i < n; i++) {
    uint32_t link = take(0);
    if (link == NONE) return 0;
    sum = mix(sum, link);
    freePages(0, link, 0);
  }
  return sum;
}

static uint32_t directPairs(int n, int order) {
  int zone = highestPopulated();
  uint32_t sum = FIRST_SUM;
  for (int i = 0; i < n; i++) {
    uint32_t link = takeDirect(order, zone);
    if (link == NONE) return 0;
    sum = mix(sum, link);
    giveDirect(link, order);
  }
  return sum;
}

static uint32_t batches(int n) {
  uint32_t sum = FIRST_SUM;
  for (int done = 0; done < n; done += 256) {
    for (int i = 0; i < 256; i++) {
      uint32_t link = take(0);
      if (link == NONE) return 0;
      sum = mix(sum, link);
      WINDOWS[i] = link;
    }
    for (int i = 0; i < 256; i++) freePages(0, WINDOWS[i], 0);
  }
  return sum;
}

static uint32_t directBatches(int n, int size, int order) {
  int zone = highestPopulated();
  uint32_t sum = FIRST_SUM;
  for (int done = 0; done < n; done += size) {
    for (int i = 0; i < size; i++) {
      uint32_t link = takeDirect(order, zone);
      if (link == NONE) return 0;
      sum = mix(sum, link);
      WINDOWS[i] = link;
    }
    for (int i = 0; i < size; i++) giveDirect(WINDOWS[i], order);
  }
  return sum;
}

static uint32_t randomMix(int n) {
  const uint32_t size = 65536;
  uint64_t *state = (uint64_t *)WORKLOAD;
  uint32_t sum = FIRST_SUM;
  memset(WINDOWS, 0xff, size << 2);
  for (int i = 0; i < n; i++) {
    uint32_t *at = WINDOWS + randomBelow(state, size);
    uint32_t held = *at;
    if (held != NONE) {
      freePages(0, held, orderOf(wordOf(held)));
      *at = NONE;
      continue;
    }
    uint32_t draw = randomBelow(state, 16);
    uint32_t link = take(draw < 12 ? 0 : draw < 14 ? 1 : draw < 15 ? 2 : 3);
    *at = link;
    sum = mix(sum, link);
  }
  for (uint32_t i = 0; i < size; i++) {
    if (WINDOWS[i] != NONE) freePages(0, WINDOWS[i], orderOf(wordOf(WINDOWS[i])));
  }
  return sum;
}

static uint32_t fill(int n) {
  uint32_t sum = FIRST_SUM;
  for (int i = 0; i < n; i++) {
    uint32_t link = take(0);
    if (link == NONE) return 0;
    sum = mix(sum, link);
  }
  return sum;
}

static uint32_t freeRandom(void) {
  uint32_t size = 1;
  while (size < FRAMES) size <<= 1;
  uint32_t sum = FIRST_SUM;
  for (uint32_t i = 0; i < size; i++) {
    uint32_t frame = (i * 0x9e3779b1u) & (size - 1);
    if (frame >= FRAMES) continue;
    uint32_t link = frame << FRAME_SHIFT;
    uint32_t word = wordOf(link);
    if (kindOf(word) != FrameKind_ALLOCATED) continue;
    sum = mix(sum, link);
    freePages(0, link, orderOf(word));
  }
  return sum;
}

static uint32_t pattern(int which, int n) {
  int thp = ((const int32_t *)WORKLOAD)[WorkloadWord_THP_ORDER];
  switch (which) {
    case Pattern_PCP_PAIR: return pairs(n);
    case Pattern_PCP_BATCH: return batches(n);
    case Pattern_BUDDY_PAIR: return directPairs(n, 0);
    case Pattern_BUDDY_BATCH: return directBatches(n, 512, 0);
    case Pattern_THP_PAIR: return directPairs(n, thp);
    case Pattern_THP_BATCH: return directBatches(n, 4096, thp);
    case Pattern_RANDOM_MIX: return randomMix(n);
    case Pattern_FILL: return fill(n);
    case Pattern_FREE_RANDOM: return freeRandom();
    default: return 0;
  }
}

// ---- the line protocol

static uint8_t *readImage(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  uint8_t *image = malloc(*bytes);
  if (image && fread(image, 1, *bytes, file) != *bytes) image = NULL;
  fclose(file);
  return image;
}

static bool dump(const char *path, const uint8_t *memory, size_t bytes) {
  FILE *file = fopen(path, "wb");
  if (!file) return false;
  size_t written = fwrite(memory, 1, bytes, file);
  return fclose(file) == 0 && written == bytes;
}

static bool is612(void) {
  return CONFIG[ConfigWord_RULE_LIST_TYPE] == ListTypeRule_PAGEBLOCK && CONFIG[ConfigWord_RULE_PCP] == PcpRule_AUTO_TUNED &&
         CONFIG[ConfigWord_RULE_FALLBACK] == FallbackRule_CLAIM_STEAL && CONFIG[ConfigWord_RULE_RESERVE] == ReserveRule_FREE_PAGES;
}

static uint64_t cpuNanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void run(int row, int n, uint64_t seed) {
  memcpy(WORKLOAD, &seed, sizeof seed);
  uint64_t before = cpuNanoseconds();
  uint32_t sum = pattern(row, n);
  printf("%llu %u\n", (unsigned long long)(cpuNanoseconds() - before), sum);
}

static void turn(int events) {
  uint64_t before = cpuNanoseconds();
  uint32_t done = turnovers(events);
  printf("%llu %u\n", (unsigned long long)(cpuNanoseconds() - before), done);
}

int main(int argc, char **argv) {
  size_t bytes = 0;
  uint8_t *image = argc == 3 ? readImage(argv[1], &bytes) : NULL;
  uint8_t *memory = image ? malloc(bytes) : NULL;
  if (!memory) {
    fprintf(stderr, "usage: twin IMAGE TABLE\n");
    return 2;
  }
  memcpy(memory, image, bytes);
  bindRegions(memory, (uint32_t)strtoul(argv[2], NULL, 10));
  bindPcp();
  bindAllocate();
  bindTurnover(memory, (uint32_t)strtoul(argv[2], NULL, 10));
  if (!is612()) {
    fprintf(stderr, "the twin knows the rules of Linux 6.12 only\n");
    return 2;
  }
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    int row, n;
    unsigned long long seed;
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "run %d %d %llu", &row, &n, &seed) == 3) {
      run(row, n, seed);
    } else if (sscanf(line, "turn %d", &n) == 1) {
      turn(n);
    } else if (strcmp(line, "reset") == 0) {
      memcpy(memory, image, bytes);
      printf("ok\n");
    } else if (strncmp(line, "dump ", 5) == 0 && dump(line + 5, memory, bytes)) {
      printf("ok\n");
    } else {
      printf("error: %s\n", line);
    }
    fflush(stdout);
  }
  return 0;
}
